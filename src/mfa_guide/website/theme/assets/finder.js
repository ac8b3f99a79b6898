// The finder: what a message means. It does what src/mfa_guide/problems/finding.py does, by the same rules, in this
// browser alone: what is pasted is sent nowhere, kept nowhere, and never shown again; a private key does not even stay in
// the box. The theme swaps pages without loading them anew.
(() => {
  /** Returns what finds entries: problems/plain.py and problems/finding.py, by the rules of problems/rules.py. */
  const makeFinder = (rules, translations, known) => {
    const everywhere = (pattern) => new RegExp(pattern, "gu");
    const anywhere = (pattern) => new RegExp(pattern, "u");
    const whole = (pattern) => new RegExp(`^(?:${pattern})$`, "u");
    const steps = rules.plain.map(([pattern, instead]) => [everywhere(pattern), instead]);
    const inEnglish = translations.map(([squeezed, pattern, english]) => [squeezed, everywhere(pattern), english]);
    const [space, capitals, word, endings] = ["space", "capitals", "word", "endings"].map((name) => everywhere(rules[name]));
    const [foreignWord, privateKey] = [rules.foreign, rules.private_key].map(everywhere);
    const [letter, chatter, trouble, personal, message] = ["letter", "chatter", "trouble", "personal", "message"].map((name) =>
      anywhere(rules[name]),
    );
    const [before, after] = [rules.before, rules.after].map(whole);
    const little = new Set(rules.little);

    const small = (text) => text.replace(capitals, (letters) => letters.toLowerCase());
    const squeezed = (text) => text.replace(space, "");
    const tidy = (text) => small(steps.reduce((changed, [pattern, instead]) => changed.replace(pattern, instead), text));
    const sum = (numbers) => numbers.reduce((all, each) => all + each, 0);
    const unlike = (a, b) => a.findIndex((each, at) => each !== b[at]);
    const compare = (a, b) => (unlike(a, b) < 0 ? 0 : a[unlike(a, b)] - b[unlike(a, b)]);

    /** A text without spaces; where they were is known. */
    const plain = (pasted) => {
      const characters = pasted.length > rules.longest ? [...pasted] : [pasted];
      const cut = characters.slice(0, -rules.longest).join("");
      let spaced = tidy(characters.slice(-rules.longest).join(""));
      const dense = squeezed(spaced);
      for (const [phrase, pattern, english] of inEnglish) {
        if (dense.includes(phrase)) spaced = spaced.replace(pattern, english);
      }
      const lines = spaced.split("\n");
      const [breaks, starts] = [new Set(), []];
      let at = 0;
      for (const line of lines) {
        starts.push(at);
        for (const piece of line.split(space)) {
          breaks.add(at);
          at += piece.length;
        }
      }
      breaks.add(at);
      const text = lines.map(squeezed).join("");

      const isBoundary = (place) =>
        breaks.has(place) || !(letter.test(text.charAt(place - 1)) && letter.test(text.charAt(place)));
      const lineOf = (place) => {
        let [low, high] = [0, starts.length];
        while (low < high) {
          const middle = (low + high) >> 1;
          if (starts[middle] <= place) low = middle + 1;
          else high = middle;
        }
        return low - 1;
      };
      const spans = ({ parts: [first, ...rest], any_before, any_after }, most = rules.often) => {
        const found = [];
        for (let start = text.indexOf(first); start >= 0 && found.length < most; start = text.indexOf(first, start + 1)) {
          let end = start + first.length;
          const near = rest.every((part) => {
            const next = text.slice(end, end + rules.far + part.length).indexOf(part);
            end += next + part.length;
            return next >= 0;
          });
          if (near && (any_before || isBoundary(start)) && (any_after || isBoundary(end))) found.push([start, end]);
        }
        return found;
      };
      return {
        text,
        lines,
        starts,
        cut: tidy(cut).split("\n").length - 1,
        spans,
        has: (parts) => spans({ parts }, 1).length > 0,
        isTold: (start) => personal.test(lines[lineOf(start)]),
        // A line may be endless, and what may stand before is short.
        opens(start) {
          const line = starts[lineOf(start)];
          return start - line <= rules.far && before.test(text.slice(line, start));
        },
        closes: (end) => after.test(text.slice(end, starts[lineOf(end - 1) + 1])),
      };
    };

    const length = ({ parts, beside }) => [...parts, ...(beside[0] ?? [])].join("").length;
    const isBeside = (pasted, { beside, alone }) =>
      (!beside.length || beside.some(pasted.has)) && !alone.some(pasted.has);

    /** The messages of entries that a text has, or their hints, but for those that are parts of others. */
    const sayings = (pasted, hints) => {
      const everything = known.entries
        .map((entry, number) => {
          const ofEntry = entry[hints ? "hints" : "messages"]
            .map((wording) => {
              const fits = ([start, end]) =>
                !(hints || (entry.general && !entry.consequence)) ||
                ((wording.any_before || pasted.opens(start) || (!hints && pasted.isTold(start))) && (!hints || wording.any_after || pasted.closes(end)));
              return { wording, spans: pasted.spans(wording).filter(fits) };
            })
            .filter(({ wording, spans }) => spans.length && isBeside(pasted, wording));
          const wordings = ofEntry.map(({ wording }) => wording);
          const longest = wordings.length && wordings.reduce((a, b) => (length(b) > length(a) ? b : a));
          return { entry, number, wording: longest, spans: ofEntry.flatMap(({ spans }) => spans) };
        })
        .filter(({ wording }) => wording);
      return everything.filter((one) => {
        const others = everything
          .filter((other) => length(other.wording) > length(one.wording))
          .flatMap(({ spans }) => spans);
        return !one.spans.every(([a, b]) => others.some(([start, end]) => start <= a && b <= end));
      });
    };

    const best = (said) => {
      const ordered = said.toSorted(
        (a, b) =>
          a.entry.general - b.entry.general || length(b.wording) - length(a.wording) || a.number - b.number,
      );
      const reasons = ordered.filter(({ entry }) => !entry.consequence);
      // What only follows is told where there is nothing else, and one such thing is enough.
      return (reasons.length ? reasons : ordered.slice(0, 1))
        .slice(0, rules.most)
        .map(({ entry, wording }) => ({ entry, said: wording.text }));
    };

    /** The number of the first line that may tell what went wrong and that none of these has part of; 0 without one. */
    const notKnown = (pasted, spans) =>
      pasted.lines.findIndex((line, number) => {
        if (chatter.test(line) || personal.test(line) || !trouble.test(line)) return false;
        const begin = pasted.starts[number];
        const end = begin + squeezed(line).length;
        return !spans.some(([start, stop]) => start < end && begin < stop);
      }) + 1;

    const wordsOf = (text) => (small(text).match(word) ?? []).map((each) => each.replace(endings, ""));

    const byWords = (text) => {
      const words = wordsOf(text).filter((each) => !little.has(each));
      if (!words.length || words.length > rules.few) return [];
      const [fit, of] = rules.fitting;
      const worth = words.map((each) => {
        const having = known.entries.filter(({ called, words: ofMessages }) =>
          [...called, ...ofMessages].some((other) => other.includes(each)),
        );
        return having.length ? 32 - Math.clz32(Math.floor(known.entries.length / having.length)) : rules.strange;
      });
      return known.entries
        .map((entry, number) => {
          const ofCalled = entry.called.flatMap((other) => {
            const there = sum(worth.filter((_, at) => other.includes(words[at])));
            const own = other.filter((each) => !little.has(each));
            const fits = there * of >= sum(worth) * fit || (own.length > 1 && own.every((each) => words.includes(each)));
            return fits ? [[-there, other.length, number]] : [];
          });
          const ofMessages = entry.words
            .filter((other) => words.length > 1 && words.every((each) => other.includes(each)))
            .map((other) => [-sum(worth), other.length, number]);
          return { entry, said: "", score: [...ofCalled, ...ofMessages].sort(compare)[0] };
        })
        .filter(({ score }) => score)
        .sort((a, b) => compare(a.score, b.score))
        .slice(0, rules.most);
    };

    return {
      hasPrivateKey(text) {
        const pasted = plain(text);
        return [...pasted.text.matchAll(privateKey)].some(({ index }) => pasted.starts.includes(index));
      },
      answer(text) {
        const pasted = plain(text);
        const said = sayings(pasted, false);
        const saysMore = said.filter(({ entry }) => !(entry.general || entry.harmless));
        if (saysMore.length) return { found: best(saysMore) };
        const foreign = sum(pasted.lines.map((line) => (line.match(foreignWord) ?? []).length)) >= rules.many_foreign;
        const noise = known.noise.flatMap((each) => pasted.spans(each));
        const spansOf = (those) => [...noise, ...those.flatMap(({ spans }) => spans)];
        const numberOf = (line) => line && line + pasted.cut;
        let line = notKnown(pasted, spansOf(said));
        if (said.length) {
          if (line) return { found: [], line: numberOf(line), foreign };
          const general = said.filter(({ entry }) => !entry.harmless);
          return { found: best(general.length ? general : said) };
        }
        const hinted = sayings(pasted, true);
        if (hinted.length) {
          line = notKnown(pasted, spansOf(hinted));
          if (!line) return { found: best(hinted), byHint: true, foreign };
        }
        if (pasted.lines.filter((each) => each).length > 1) return { found: [], line: numberOf(line), foreign };
        return { found: message.test(text) ? [] : byWords(text), foreign };
      },
    };
  };

  // A link within the page makes the theme load it anew, once: what was pasted stays until another page comes.
  let pasted = "";

  const start = () => {
    const finder = document.querySelector(".finder");
    if (!finder) pasted = "";
    if (!finder || !finder.hidden) return;
    const [rules, translations, known, answers] = ["rules", "translations", "known", "answers"].map((name) =>
      JSON.parse(finder.dataset[name]),
    );
    const { hasPrivateKey, answer } = makeFinder(rules, translations, known);
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
      const { found, byHint, line, foreign } = answer(pasted);
      const ofLanguage = foreign ? answers.foreign : "";
      if (key) count.innerHTML = answers.privateKey;
      else if (!pasted.trim()) count.textContent = "";
      else if (!found.length) {
        const what = line ? answers.unknownLine.replace("{line}", line) : answers.nothing;
        count.innerHTML = what + ofLanguage + answers.whatElse;
      } else if (byHint) count.innerHTML = answers.hinted + ofLanguage;
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
