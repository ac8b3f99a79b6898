// The reader's own versions: what they show comes first. Everything is on the page already, as it was written, with what
// other versions show folded below; here it is only shown and hidden. The version is kept in this browser, for the next
// page, and goes nowhere else.
(() => {
  const KEPT = "mfa-guide-version-";
  const NUMBER = /^v?(\d{1,3}(?:\.\d{1,3}){1,3})(?:p\d+)?$/;
  /** The versions that the reader told, by client. */
  const told = new Map();

  const compare = (version, other) => {
    const [ours, theirs] = [version, other].map((text) => text.split(".").map(Number));
    for (let at = 0; at < Math.max(ours.length, theirs.length); at += 1) {
      const difference = (ours[at] ?? 0) - (theirs[at] ?? 0);
      if (difference) return difference;
    }
    return 0;
  };

  const HOLDS = {
    ">=": (order) => order >= 0,
    ">": (order) => order > 0,
    "<=": (order) => order <= 0,
    "<": (order) => order < 0,
    "==": (order) => order === 0,
  };

  // As Requirement.met_by has it: `OpenSSH >=10.0,<10.3`. What was not told meets nothing.
  const met = (requirement) => {
    const [client, conditions] = requirement.split(" ");
    return (
      told.has(client) &&
      conditions.split(",").every((condition) => {
        const [, sign, version] = /^([<>=]+)(.+)$/.exec(condition);
        return HOLDS[sign](compare(told.get(client), version));
      })
    );
  };

  const show = () => {
    for (const part of document.querySelectorAll("[data-with]")) part.hidden = !met(part.dataset.with);
    for (const part of document.querySelectorAll("[data-without]")) {
      part.hidden = part.dataset.without.split("; ").some(met);
    }
    for (const block of document.querySelectorAll("[data-only]")) {
      const { only } = block.dataset;
      const not = told.has(only.split(" ")[0]) && !met(only);
      block.open = !not;
      block.querySelector(".only__not").hidden = !not;
    }
  };

  const fields = () => document.querySelectorAll(".version");

  const parts = (field) => ({
    client: field.dataset.client,
    chosen: field.querySelector("select"),
    said: field.querySelector("input"),
    note: field.querySelector(".version__note"),
  });

  const read = (field, text) => (NUMBER.exec(text.trim()) ?? new RegExp(field.dataset.pattern).exec(text))?.[1];

  /** Take a version, or none; `text` is how the reader wrote it, empty when it was chosen from the list. */
  const take = (field, version, text) => {
    const { client, chosen, said: input, note } = parts(field);
    if (version) told.set(client, version);
    else told.delete(client);
    const range = [...chosen.options].find(({ dataset }) => dataset.range && met(dataset.range));
    chosen.value = range?.value ?? "";
    if (input.value.trim() !== text) input.value = text;
    input.removeAttribute("aria-invalid");
    show();
    if (!version) {
      note.textContent = "";
      return;
    }
    const of = (name) => [...document.querySelectorAll(`[data-${name}^="${client} "]`)];
    const differs = of("with").some((part) => met(part.dataset.with));
    const folded = of("only").some((block) => !met(block.dataset.only));
    const said = [];
    if (differs) said.push("this page now shows its words");
    if (folded) said.push("what is not for it is folded");
    note.textContent =
      `${client} ${text ? version : range.text}: ` +
      `${said.join(", and ") || "it is not known to show other words on this page"}.`;
  };

  const keep = (field, version) => {
    const name = KEPT + field.dataset.client;
    if (version) localStorage.setItem(name, version);
    else localStorage.removeItem(name);
  };

  const refuse = (field) => {
    const { said, note } = parts(field);
    said.setAttribute("aria-invalid", "true");
    note.textContent = field.dataset.refusal;
  };

  document.addEventListener("input", ({ target, inputType }) => {
    const field = target.closest(".version");
    if (!field) return;
    const typed = target.matches("input");
    const version = typed ? read(field, target.value) : target.value;
    take(field, version, typed ? target.value.trim() : "");
    keep(field, version);
    // What is pasted is all there is; what is typed may not be complete yet.
    if (inputType === "insertFromPaste" && !version) refuse(field);
  });

  document.addEventListener("change", ({ target }) => {
    const field = target.closest(".version");
    if (!field || !target.matches("input")) return;
    // The version stands at the beginning.
    target.scrollLeft = 0;
    if (target.value.trim() && !read(field, target.value)) refuse(field);
  });

  document$.subscribe(() => {
    for (const field of fields()) {
      const version = NUMBER.exec(localStorage.getItem(KEPT + field.dataset.client) ?? "")?.[1];
      const listed = [...parts(field).chosen.options].some(({ value }) => value === version);
      take(field, version, version && !listed ? version : "");
    }
  });
})();
