/* Between the search box of the theme and its search, in a worker of its own (website/searching.py).

   The documents and the theme's search are loaded when somebody types, not with the page. What is typed is asked with
   other forms of its words, and with words that mean the same; what says more of it comes first. */
"use strict";

const [SETUP, READY, QUERY, RESULT] = [0, 1, 2, 3];
// How much a word counts as it was typed, in another form or by another word, and where it may be half typed.
const [TYPED, MEANT, BEGUN] = [8, 5, 1];
// How much of a question a word is that says little, beside one that says something.
const LITTLE = 0.15;
// How much more a page counts than a section of it.
const PAGE = 2;
// How much more counts what has a title, or answers a question, with all the words that were typed, and with no others.
const NEAR = 4;
// How many times as much counts what has the very same.
const SAME = 2;
// How many pages are shown at most.
const MOST = 20;

let config, options, loading;
let known = new Set();

addEventListener("message", async ({ data: message }) => {
  if (message.type === SETUP) {
    ({ config, options } = message.data);
    postMessage({ type: READY });
  } else if (message.type === QUERY) {
    postMessage({ type: RESULT, data: { items: await search(message.data) } });
  }
});

async function search(typed) {
  if (!split(typed).length) return [];
  loading ??= load().catch(() => (loading = undefined));
  const theme = await loading;
  if (!theme) return [];
  const words = read(typed);
  const { data } = await theme({ type: QUERY, data: query(words) });
  const groups = data.items.map((group) =>
    group.map((item) => judged(item, words)).sort((one, other) => other.score - one.score),
  );
  return groups.sort(([one], [other]) => other.score - one.score).slice(0, MOST);
}

// Returns what asks the theme's search: one question after another, in their order.
async function load() {
  const docs = await (await fetch(new URL("../search/documents.json", location))).json();
  known = new Set(docs.flatMap(({ title, text, tags = [] }) => split([title, text, ...tags].join(" "))));
  const worker = new Worker(new URL(`javascripts/workers/${location.search.slice(1)}`, location));
  const waiting = [];
  worker.onmessage = ({ data }) => waiting.shift()(data);
  const ask = (message) =>
    new Promise((resolve) => {
      waiting.push(resolve);
      worker.postMessage(message);
    });
  await ask({ type: SETUP, data: { config, docs, options } });
  return ask;
}

// Returns the words that were typed, each with what else stands for it.
function read(typed) {
  const words = split(typed);
  const begun = /[\p{L}\p{N}]$/u.test(typed);
  return words.map((word, number) => {
    const little = weight([word]) < 1;
    const same = config.words.same.filter((group) => group.some((each) => forms(each).has(word))).flat();
    return {
      word,
      little,
      meant: little ? new Set() : new Set([word, ...same].flatMap((each) => [...forms(each)])),
      begun: begun && number === words.length - 1,
    };
  });
}

// Returns the words of HTML, in small letters, as the theme sees them.
function split(html) {
  const text = html.replace(/<[/]?mark>/g, "").replace(/<[^>]*>/g, " ").toLowerCase();
  return text.split(new RegExp(`(?:${config.separator})|[*~^]+`)).filter(Boolean);
}

// Returns the forms of an English word, and some that there are not: those are found nowhere.
function forms(word) {
  const stem = word.replace(/ie[sd]$/, "y").replace(/ss$|(?:ing|ed|es|s|e)$/, (end) => (end === "ss" ? end : ""));
  if (stem.length < 3 || !/[aeiouy]/.test(stem)) return new Set([word]);
  const stems = [stem, stem.replace(/(.)\1$/, "$1"), stem + stem.at(-1)];
  const of_y = stem.endsWith("y") ? [stem.replace(/y$/, "ies"), stem.replace(/y$/, "ied")] : [];
  const regular = stems.flatMap((each) => ["", "s", "e", "es", "ed", "ing"].map((end) => each + end));
  return new Set([word, ...regular, ...of_y]);
}

function query(words) {
  return words
    .flatMap(({ word, little, meant, begun }) => [
      `${word}^${little ? 1 : TYPED}`,
      ...[...meant].filter((each) => each !== word && known.has(each)).map((each) => `${each}^${MEANT}`),
      ...(begun ? [`${word}*^${BEGUN}`] : []),
    ])
    .join(" ");
}

// Returns something found with how much it says of the question, and which words of that it lacks.
function judged(item, words) {
  if (!item.score) return item;
  const terms = Object.keys(item.terms);
  const matched = terms.filter((term) => item.terms[term]);
  // What the theme has made of the score: it does not know that several words ask for one.
  const raw = item.score / (1 + (Number(!item.parent) + matched.length / terms.length) ** 2);
  const [there, lacking] = [[], []];
  for (const each of words) {
    (matched.some((term) => term === each.word || each.meant.has(term)) ? there : lacking).push(each.word);
  }
  const asked = words.map(({ word }) => word);
  const questions = [item.title, ...(item.tags ?? [])];
  const near = Math.max(...questions.map((text) => likeness(text, asked)));
  const same = questions.some((text) => split(text).join(" ") === asked.join(" "));
  const worth = (1 + NEAR * near ** 2) * (same ? SAME : 1) * (item.parent ? 1 : PAGE);
  const score = raw * (weight(there) / weight(asked)) ** 2 * worth;
  const shown = [...matched.map((term) => [term, true]), ...lacking.map((word) => [word, false])];
  return { ...item, score, terms: Object.fromEntries(shown.filter(([word]) => weight([word]) === 1)) };
}

// Returns how much of a title, or of a question that is answered, was asked for, and how much else was: from 0 to 1.
function likeness(text, asked) {
  const marks = [...text.matchAll(/<mark>(.*?)<\/mark>/g)].map(([, word]) => word);
  return Math.min(1, weight(marks) / Math.max(weight(split(text)), weight(asked)));
}

function weight(words) {
  return words.reduce((sum, word) => sum + (config.words.little.includes(word.toLowerCase()) ? LITTLE : 1), 0);
}
