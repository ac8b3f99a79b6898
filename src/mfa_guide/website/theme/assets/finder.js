// The finder: what a message means. It does what src/mfa_guide/problems/finding.py does, by the same rules, in this
// browser alone: what is pasted is sent nowhere, kept nowhere, and never shown again; a private key does not even stay in
// the box. The theme swaps pages without loading them anew.
(() => {
  /** Returns what finds entries, by the rules of src/mfa_guide/problems/rules.py. */
  const makeFinder = (rules, known) => {
    const steps = rules.plain.map(([pattern, instead]) => [new RegExp(pattern, "gu"), instead]);
    const word = new RegExp(rules.word, "gu");
    const privateKey = new RegExp(rules.private_key, "u");
    const little = new Set(rules.little);

    const capitals = new RegExp(rules.capitals, "gu");
    const small = (text) => text.replace(capitals, (letters) => letters.toLowerCase());

    const end = (text) => (text.length > rules.longest ? [...text].slice(-rules.longest).join("") : text);

    const plain = (text) =>
      small(steps.reduce((changed, [pattern, instead]) => changed.replace(pattern, instead), end(text)));

    const occurs = (parts, text) => {
      const [first, ...rest] = parts;
      for (let start = text.indexOf(first); start >= 0; start = text.indexOf(first, start + 1)) {
        let at = start + first.length;
        const near = rest.every((part) => {
          const found = text.slice(at, at + rules.far + part.length).indexOf(part);
          at += found + part.length;
          return found >= 0;
        });
        if (near) return true;
      }
      return false;
    };

    const length = ({ parts }) => parts.join("").length;
    const longer = (a, b) => (length(b) > length(a) ? b : a);

    const byWording = (text, kind) =>
      known
        .map((entry) => [entry, entry[kind].filter(({ parts }) => occurs(parts, text))])
        .filter(([, said]) => said.length)
        .map(([entry, said]) => [entry, said.reduce(longer)])
        .sort(([a, x], [b, y]) => a.harmless - b.harmless || a.general - b.general || length(y) - length(x))
        .map(([entry, { text: said }]) => ({ entry, said, byHint: kind === "hints" }));

    const byWords = (text) => {
      const sought = (small(text).match(word) ?? []).filter((each) => !little.has(each));
      if (!sought.length || sought.length > rules.few) return [];
      // How many of them a text has, how soon the first, and how long it is.
      const score = (words) => {
        const places = sought.map((each) => words.findIndex((other) => other.startsWith(each))).filter((at) => at >= 0);
        return [places.length, Math.min(...places), words.length];
      };
      const better = ([m, i, x], [n, j, y]) => n - m || i - j || x - y;
      const [fit, of] = rules.fitting;
      const fits = ([n]) => n * of >= sought.length * fit;
      return known
        .map((entry) => [entry, entry.words.map(score).filter(fits).sort(better)[0]])
        .filter(([, best]) => best)
        .sort(([, a], [, b]) => better(a, b))
        .map(([entry]) => ({ entry, said: "" }));
    };

    return {
      hasPrivateKey: (text) => privateKey.test(plain(text)),
      find(text) {
        for (const kind of ["messages", "hints"]) {
          const found = byWording(plain(text), kind);
          if (found.length) return found.slice(0, rules.most);
        }
        return byWords(text).slice(0, rules.most);
      },
    };
  };

  // A link within the page makes the theme load it anew, once: what was pasted stays until another page comes.
  let pasted = "";

  const start = () => {
    const finder = document.querySelector(".finder");
    if (!finder) pasted = "";
    if (!finder || !finder.hidden) return;
    const [rules, known, answers] = ["rules", "known", "answers"].map((name) => JSON.parse(finder.dataset[name]));
    const { hasPrivateKey, find } = makeFinder(rules, known);
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
      const key = hasPrivateKey(box.value);
      warned = key;
      if (key) box.value = "";
      pasted = box.value;
      const found = find(pasted);
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
