"""Finding entries of the catalogue in what somebody pasted: a line, a whole log of `ssh -v`, or words they remember.

The finder of the guide does the same in the browser (docs/assets/finder.js), with `index` from here; one corpus of logs
is tried on both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypedDict

from mfa_guide.problems.catalogue import ANY, entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mfa_guide.problems.catalogue import Chapter, Entry

LONGEST = 1_000_000
"""How much of a text is looked at: its end, in characters. What went wrong stands there."""
MOST = 5
"""How many entries are found at most: more help nobody."""
FAR = 160
"""How long what `…` stands for may be, in characters besides spaces."""
FEW = 8
"""Up to so many words are taken for words that somebody remembers, when they are no message."""

# Colours and titles of terminals.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)")
# What mail programs, PuTTY and those who quote put before a line.
_QUOTED = re.compile(r"^[ \t>|]+", re.MULTILINE)
# A log is wrapped anywhere, a message may have been pasted through a word processor: no spaces, no kind of quote.
_DROPPED = re.compile(r"[\s\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028\u2029\u202f\ufeff\"'`´‘’‚‛“”„‟«»]+")
_DASHES = re.compile(r"[-\u2010-\u2015\u2212]+")
_WORD = re.compile(r"[a-z0-9]+")


class Known(TypedDict):
    """What is known of an entry when it is looked for; the same in Python and in the browser."""

    id: str
    general: bool
    messages: list[list[str]]
    """Each message as the parts of it that do not vary."""
    words: list[list[str]]
    """The words of each message, and of the title."""


def plain(text: str) -> str:
    """Return a text without what differs between terminals, mail programs and word processors."""
    text = _QUOTED.sub("", _ESCAPES.sub("", text[-LONGEST:]).replace("\r", "\n"))
    return _DASHES.sub("-", _DROPPED.sub("", text).replace(ANY, "...")).lower()


def index(all_entries: Iterator[tuple[Chapter, Entry]] | None = None) -> list[Known]:
    """Return what is known of every entry, in order."""
    return [
        Known(
            id=entry.id,
            general=entry.general,
            messages=[[part for part in map(plain, message.text.split(ANY)) if part] for message in entry.messages],
            words=[_words(text) for text in (entry.title, *(message.text for message in entry.messages)) if text],
        )
        for _, entry in all_entries or entries()
    ]


def find(text: str, known: Sequence[Known]) -> list[str]:
    """Return the ids of the entries that a text is about, the best first; none when it is about none.

    An entry whose message says more comes first, and a general one, which says the least, comes last. A few words that
    are no message find the entries that have all of them.
    """
    return (_by_message(plain(text), known) or _by_words(_words(text), known))[:MOST]


def _by_message(text: str, known: Sequence[Known]) -> list[str]:
    scores = {}
    for number, entry in enumerate(known):
        said = [sum(map(len, parts)) for parts in entry["messages"] if _occurs(parts, text)]
        if said:
            scores[entry["id"]] = (entry["general"], -max(said), number)
    return sorted(scores, key=lambda id: scores[id])


def _occurs(parts: Sequence[str], text: str) -> bool:
    """Whether a text has all parts in this order, none of them far from the one before."""
    start = text.find(parts[0])
    while start >= 0:
        at = start + len(parts[0])
        for part in parts[1:]:
            found = text.find(part, at, at + FAR + len(part))
            if found < 0:
                break
            at = found + len(part)
        else:
            return True
        start = text.find(parts[0], start + 1)
    return False


def _by_words(words: Sequence[str], known: Sequence[Known]) -> list[str]:
    if not 0 < len(words) <= FEW:
        return []
    lengths = {}
    for number, entry in enumerate(known):
        texts = [text for text in entry["words"] if all(any(w.startswith(word) for w in text) for word in words)]
        if texts:
            lengths[entry["id"]] = (min(map(len, texts)), number)
    return sorted(lengths, key=lambda id: lengths[id])


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
