// The finder: what a message means. It does what src/mfa_guide/problems/finding.py does, in this browser alone: what is
// pasted is sent nowhere, kept nowhere, and never shown again. The theme swaps pages without loading them anew.
(() => {
  const LONGEST = 1_000_000, MOST = 5, FAR = 160, FEW = 8;
  const ESCAPES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)/g;
  const QUOTED = /^[ \t>|]+/gm;
  const DROPPED = /[\s\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028\u2029\u202f\ufeff"'`´‘’‚‛“”„‟«»]+/g;
  const DASHES = /[-\u2010-\u2015\u2212]+/g;

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

  const byMessage = (text, known) =>
    known
      .map((entry) => [entry, entry.messages.filter((parts) => occurs(parts, text)).map((parts) => parts.join("").length)])
      .filter(([, said]) => said.length)
      .sort(([a, x], [b, y]) => a.general - b.general || Math.max(...y) - Math.max(...x))
      .map(([entry]) => entry);

  const byWords = (typed, known) => {
    if (!typed.length || typed.length > FEW) return [];
    const fits = (text) => typed.every((word) => text.some((other) => other.startsWith(word)));
    return known
      .map((entry) => [entry, entry.words.filter(fits).map((text) => text.length)])
      .filter(([, lengths]) => lengths.length)
      .sort(([, x], [, y]) => Math.min(...x) - Math.min(...y))
      .map(([entry]) => entry);
  };

  const find = (text, known) => {
    const found = byMessage(plain(text), known);
    return (found.length ? found : byWords(words(text), known)).slice(0, MOST);
  };

  // A link within the page makes the theme load it anew, once: what was pasted stays until another page comes.
  let pasted = "";

  const start = () => {
    const finder = document.querySelector(".finder");
    if (!finder) pasted = "";
    if (!finder || !finder.hidden) return;
    const known = JSON.parse(finder.dataset.known);
    const [box, count, list] = ["textarea", ".finder__count", ".finder__found"].map((name) => finder.querySelector(name));
    const show = () => {
      pasted = box.value;
      const found = find(box.value, known);
      count.textContent = !box.value.trim()
        ? ""
        : found.length
          ? `${found.length} ${found.length === 1 ? "entry fits" : "entries fit, the best first"}.`
          : "Nothing here is known. Paste more of it, best all that ssh -v says.";
      list.replaceChildren(...found.map((entry) => {
        const item = document.createElement("li");
        // The guide's own text, made when the guide was built; nothing of what was pasted.
        item.innerHTML = entry.html;
        return item;
      }));
    };
    box.addEventListener("input", show);
    finder.hidden = false;
    if (pasted) {
      box.value = pasted;
      show();
    }
  };

  document$.subscribe(start);
})();
