"""Finding entries of the catalogue in what somebody pasted: a line, a whole log of `ssh -v`, or words they remember.

The finder of the guide does the same in the browser (website/theme/assets/finder.js), with the same rules, and `index`
from here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from mfa_guide.problems.catalogue import ANY
from mfa_guide.problems.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mfa_guide.problems.catalogue import Chapter, Entry, Message

_PLAIN = [(re.compile(pattern), instead) for pattern, instead in RULES["plain"]]
_CAPITALS = re.compile(RULES["capitals"])
_WORD = re.compile(RULES["word"])
_PRIVATE_KEY = re.compile(RULES["private_key"])

PRIVATE_KEY = """\
**This is a private key: paste it nowhere.**
If you pasted it anywhere else, or sent it to somebody, replace it today:
see [Replace your key](unexpected-question.md#replace-your-key).
Then paste the message again, without the key.
"""
"""What is said to somebody who pasted one: Markdown."""
NOTHING = """\
Nothing in it is known here.
Is it in another language than English?
On Linux and macOS, type `LC_ALL=C` and a space before the command, and paste what it says then.
With `ssh`, paste all that `ssh -v` says; with PuTTY, its Event Log, which is in the menu of its window.
Or choose from [all messages](index.md#all-messages), see [No link, and it just waits](link.md#no-link),
or ask the VSC's helpdesk.
"""
"""What is said when nothing is found: Markdown."""
HINTED = """\
Only a part of the message is known here.
If the rest is in another language than English, on Linux and macOS, type `LC_ALL=C` and a space before the command,
and paste what it says then.
"""
"""What is said when hints found the entries: Markdown."""


ANSWERING = "This is about the login of {edition}."
"""What is said first: by the rules of which edition of the guide the answers are."""


class Wording(TypedDict):
    """A message of the catalogue."""

    text: str
    parts: list[str]
    """What does not vary in it, made plain."""


class Known(TypedDict):
    """What is known of an entry when it is looked for; the same in Python and in the browser."""

    id: str
    general: bool
    harmless: bool
    messages: list[Wording]
    hints: list[Wording]
    words: list[list[str]]
    """The words of each message, of the title, and of what people call it."""


class Found(NamedTuple):
    """An entry that a text is about."""

    id: str
    said: str = ""
    """The message or hint that stands in the text, as the catalogue has it; empty when it was found by words."""
    by_hint: bool = False


def plain(text: str) -> str:
    """Return a text without what differs between terminals, mail programs and word processors."""
    text = text[-RULES["longest"] :]
    for pattern, instead in _PLAIN:
        text = pattern.sub(instead, text)
    return _small(text)


def _small(text: str) -> str:
    return _CAPITALS.sub(lambda letters: letters[0].lower(), text)


def has_private_key(text: str) -> bool:
    """Whether a private key stands in a text, or a piece of one that can be told."""
    return _PRIVATE_KEY.search(plain(text)) is not None


def index(entries: Iterable[tuple[Chapter, Entry]]) -> list[Known]:
    """Return what is known of entries, in order."""
    return [
        Known(
            id=entry.id,
            general=entry.general,
            harmless=entry.harmless,
            messages=[_wording(message) for message in entry.messages],
            hints=[_wording(message) for message in entry.hints],
            words=[
                _words(text)
                for text in (entry.title, *(message.text for message in entry.messages), *entry.called)
                if text
            ],
        )
        for _, entry in entries
    ]


def find(text: str, known: Sequence[Known]) -> list[Found]:
    """Return the entries that a text is about, the best first; none when it is about none.

    An entry whose message says more comes first, and a general one, which says the least, comes later, and a harmless
    one last. Where there is no message, a hint points to its entries. A few words that are neither find the entries
    that have most of them.
    """
    pasted = plain(text)
    found = (
        _by_wording(pasted, [(entry, entry["messages"]) for entry in known])
        or [each._replace(by_hint=True) for each in _by_wording(pasted, [(entry, entry["hints"]) for entry in known])]
        or _by_words(_words(text), known)
    )
    return found[: RULES["most"]]


def _wording(message: Message) -> Wording:
    return Wording(text=message.text, parts=[part for part in map(plain, message.text.split(ANY)) if part])


def _by_wording(text: str, known: Sequence[tuple[Known, Sequence[Wording]]]) -> list[Found]:
    scores = {}
    for number, (entry, wordings) in enumerate(known):
        said = [wording for wording in wordings if _occurs(wording["parts"], text)]
        if said:
            longest = max(said, key=_length)
            scores[Found(entry["id"], longest["text"])] = (
                entry["harmless"],
                entry["general"],
                -_length(longest),
                number,
            )
    return sorted(scores, key=lambda found: scores[found])


def _length(wording: Wording) -> int:
    return sum(map(len, wording["parts"]))


def _occurs(parts: Sequence[str], text: str) -> bool:
    """Whether a text has all parts in this order, none of them far from the one before."""
    start = text.find(parts[0])
    while start >= 0:
        at = start + len(parts[0])
        for part in parts[1:]:
            found = text.find(part, at, at + RULES["far"] + len(part))
            if found < 0:
                break
            at = found + len(part)
        else:
            return True
        start = text.find(parts[0], start + 1)
    return False


def _by_words(typed: Sequence[str], known: Sequence[Known]) -> list[Found]:
    words = [word for word in typed if word not in RULES["little"]]
    if not 0 < len(words) <= RULES["few"]:
        return []
    fit, of = RULES["fitting"]
    scores = {}
    for number, entry in enumerate(known):
        # Where each word stands in a text; the sooner, the more the text is about it.
        places = [([n for word in words if (n := _place(word, text)) >= 0], len(text)) for text in entry["words"]]
        enough = [(-len(at), min(at), length, number) for at, length in places if len(at) * of >= len(words) * fit]
        if enough:
            scores[Found(entry["id"])] = min(enough)
    return sorted(scores, key=lambda found: scores[found])


def _place(beginning: str, words: Sequence[str]) -> int:
    """Return where the first word with that beginning is; -1 when there is none."""
    return next((number for number, word in enumerate(words) if word.startswith(beginning)), -1)


def _words(text: str) -> list[str]:
    return _WORD.findall(_small(text))
