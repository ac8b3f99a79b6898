// The finder: what a message means. It does what src/mfa_guide/problems/finding.py does, in this browser alone: what is
// pasted is sent nowhere, kept nowhere, and never shown again; a private key does not even stay in the box. The theme swaps pages without loading them anew.
(() => {
  const LONGEST = 1_000_000, MOST = 5, FAR = 160, FEW = 8;
  const ESCAPES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)/g;
  const QUOTED = /^[ \t>|]+/gm;
  const DROPPED = /[\s\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028\u2029\u202f\ufeff"'`´‘’‚‛“”„‟«»]+/g;
  const DASHES = /[-\u2010-\u2015\u2212]+/g;

  const PRIVATE_KEY = /-(?:begin|end)[a-z0-9]{0,20}privatekey-|putty-user-key-file-\d|b3blbnnzac1rzxk/;
  const LITTLE = new Set("a an and at do does i in is it me my of on the there to".split(" "));

  const plain = (text) =>
    text.slice(-LONGEST).replace(ESCAPES, "").replaceAll("\r", "\n").replace(QUOTED, "")
      .replace(DROPPED, "").replaceAll("…", "...").replace(DASHES, "-").toLowerCase();

  const words = (text) => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];

  const occurs = (parts, text) => {
    const [first, ...rest] = parts;
    for (let start = text.indexOf(first); start >= 0; start = text.indexOf(first, start + 1)) {
      let at = start + first.length;
      const near = rest.every((part) => {
        const found = text.slice(at, at + FAR + part.length).indexOf(part);
        at += found + part.length;
        return found >= 0;
      });
      if (near) return true;
    }
    return false;
  };

  const longer = (a, b) => (length(b) > length(a) ? b : a);
  const length = ({ parts }) => parts.join("").length;

  const byWording = (text, known, kind) =>
    known
      .map((entry) => [entry, entry[kind].filter(({ parts }) => occurs(parts, text))])
      .filter(([, said]) => said.length)
      .map(([entry, said]) => [entry, said.reduce(longer)])
      .sort(([a, x], [b, y]) => a.harmless - b.harmless || a.general - b.general || length(y) - length(x))
      .map(([entry, { text: said }]) => ({ entry, said, byHint: kind === "hints" }));

  const byWords = (typed, known) => {
    const sought = typed.filter((word) => !LITTLE.has(word));
    if (!sought.length || sought.length > FEW) return [];
    // How many of them a text has, how soon the first, and how long it is.
    const score = (text) => {
      const places = sought.map((word) => text.findIndex((other) => other.startsWith(word))).filter((at) => at >= 0);
      return [places.length, Math.min(...places), text.length];
    };
    const better = ([m, i, x], [n, j, y]) => n - m || i - j || x - y;
    return known
      .map((entry) => [entry, entry.words.map(score).filter(([n]) => n * 3 >= sought.length * 2).sort(better)[0]])
      .filter(([, best]) => best)
      .sort(([, a], [, b]) => better(a, b))
      .map(([entry]) => ({ entry, said: "" }));
  };

  const find = (text, known) => {
    const tries = [
      () => byWording(plain(text), known, "messages"),
      () => byWording(plain(text), known, "hints"),
      () => byWords(words(text), known),
    ];
    for (const attempt of tries) {
      const found = attempt();
      if (found.length) return found.slice(0, MOST);
    }
    return [];
  };

  // A link within the page makes the theme load it anew, once: what was pasted stays until another page comes.
  let pasted = "";

  const start = () => {
    const finder = document.querySelector(".finder");
    if (!finder) pasted = "";
    if (!finder || !finder.hidden) return;
    const known = JSON.parse(finder.dataset.known);
    const answers = JSON.parse(finder.dataset.answers);
    const [box, count, list] = ["textarea", ".finder__count", ".finder__found"].map((name) => finder.querySelector(name));

    // Only the guide's own text, made when the guide was built; nothing of what was pasted.
    const item = ({ entry, said }) => {
      const shown = document.createElement("li");
      shown.innerHTML = entry.html;
      const title = shown.querySelector("strong");
      if (said && said !== title.textContent) {
        const code = document.createElement("code");
        code.textContent = said;
        title.after(document.createElement("br"), "Here: ", code);
      }
      return shown;
    };

    let warned = false;
    const show = () => {
      // Emptying the box may count as input, too: the warning stays.
      if (warned && !box.value) return;
      const key = PRIVATE_KEY.test(plain(box.value));
      warned = key;
      if (key) box.value = "";
      pasted = box.value;
      const found = find(pasted, known);
      if (key) count.innerHTML = answers.privateKey;
      else if (!pasted.trim()) count.textContent = "";
      else if (!found.length) count.innerHTML = answers.nothing;
      else if (found[0].byHint) count.innerHTML = answers.hinted;
      else count.textContent = found.length === 1 ? "1 entry fits." : `${found.length} entries fit, the best first.`;
      list.replaceChildren(...found.map(item));
    };

    box.addEventListener("input", show);
    finder.hidden = false;
    if (pasted) {
      box.value = pasted;
      show();
    }
    // Most come to paste; not with a finger, whose keyboard would hide the page, nor when an address leads elsewhere.
    if (!location.hash && matchMedia("(pointer: fine)").matches) box.focus({ preventScroll: true });
  };

  document$.subscribe(start);
})();
