"""Finding entries of the catalogue in what somebody pasted: a line, a whole log of `ssh -v`, or words they remember.

The finder of the guide does the same in the browser (website/theme/assets/finder.js), with the same rules, and `index`
from here.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from mfa_guide.base import reading
from mfa_guide.problems.catalogue import ANY
from mfa_guide.problems.plain import plain, small, squeezed, wording
from mfa_guide.problems.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mfa_guide.problems.catalogue import Chapter, Entry, Message
    from mfa_guide.problems.plain import Plain

_WORD = re.compile(RULES["word"])
_ENDINGS = re.compile(RULES["endings"])
_CHATTER = re.compile(RULES["chatter"])
_TROUBLE = re.compile(RULES["trouble"])
_PERSONAL = re.compile(RULES["personal"])
_FOREIGN = re.compile(RULES["foreign"])
_MESSAGE = re.compile(RULES["message"])
_PRIVATE_KEY = re.compile(RULES["private_key"])

PRIVATE_KEY = """\
**This is a private key: paste it nowhere.**
If you pasted it anywhere else, or sent it to somebody, replace it today:
see [Replace your key](unexpected-question.md#replace-your-key).
Then paste the message again, without the key.
"""
"""What is said to somebody who pasted one: Markdown."""
WHAT_ELSE = """\
Does nothing happen, it only waits? See [No link, and it just waits](link.md#no-link).
With `ssh`, paste all that `ssh -v` says; with PuTTY, its Event Log, which is in the menu of its window.
Or choose from [all messages](index.md#all-messages), or ask the VSC's helpdesk.
"""
"""What to do when nothing is found: Markdown."""
NOTHING = "Nothing in it is known here."
"""What is said when nothing is found, before `WHAT_ELSE`."""
UNKNOWN_LINE = """\
Line {line} of it may be the reason, and is not known here.
What is known in the other lines only follows from a reason, so nothing is guessed.
"""
"""What is said when only what says little is found, before `WHAT_ELSE`."""
HINTED = "Only a part of the message is known here."
"""What is said when hints found the entries."""
FOREIGN = """\
It is in another language than English.
On Linux and macOS, type `LC_ALL=C` and a space before the command, and paste what it says then.
"""
"""What is said of a text that is known in part or not at all, and in another language: Markdown."""
ANSWERING = "This is about the login of {edition}."
"""What is said first: by the rules of which edition of the guide the answers are."""


class Wording(TypedDict):
    """A message of the catalogue."""

    text: str
    parts: list[str]
    """What does not vary in it, made plain."""
    any_before: bool
    """Whether anything may stand before it."""
    any_after: bool
    """Whether anything may follow."""
    beside: list[list[str]]
    """The parts of what may be said beside it: something of this must be, when there is any."""
    alone: list[list[str]]
    """The parts of what must not be said beside it."""


class Known(TypedDict):
    """What is known of an entry when it is looked for; the same in Python and in the browser."""

    id: str
    general: bool
    consequence: bool
    harmless: bool
    messages: list[Wording]
    hints: list[Wording]
    called: list[list[str]]
    """The words of the title, and of each thing that people call it."""
    words: list[list[str]]
    """The words of each message."""


class Index(TypedDict):
    """All that is known."""

    entries: list[Known]
    noise: list[Wording]
    """What says nothing."""


class Found(NamedTuple):
    """An entry that a text is about."""

    id: str
    said: str = ""
    """The message or hint that stands in the text, as the catalogue has it; empty when it was found by words."""


class Answer(NamedTuple):
    """What is known of a text."""

    found: Sequence[Found] = ()
    """The entries that it is about, the best first; none when it is about none."""
    by_hint: bool = False
    """Whether a hint found them."""
    line: int = 0
    """The number of the line that may be the reason and is not known, when therefore nothing is found; else 0."""
    foreign: bool = False
    """Whether the text is in another language than English."""

    @property
    def preface(self) -> str:
        """What is said before the entries, or instead of them: Markdown; empty when there is nothing to say."""
        of_language = f"\n{FOREIGN}" if self.foreign else ""
        if self.found:
            return f"{HINTED}{of_language}" if self.by_hint else ""
        what = UNKNOWN_LINE.format(line=self.line) if self.line else f"{NOTHING}\n"
        return f"{what}{of_language}{WHAT_ELSE}"


def has_private_key(text: str) -> bool:
    """Whether a private key stands in a text, or a piece of one that can be told; not whether one is spoken of."""
    pasted = plain(text)
    starts = {*pasted.starts}
    return any(match.start() in starts for match in _PRIVATE_KEY.finditer(pasted.text))


def index(entries: Iterable[tuple[Chapter, Entry]]) -> Index:
    """Return what is known of entries, in order, and of what says nothing."""
    return Index(
        entries=[
            Known(
                id=entry.id,
                general=entry.general or entry.consequence,
                consequence=entry.consequence,
                harmless=entry.harmless,
                messages=[_wording(message) for message in entry.messages],
                hints=[_wording(message) for message in entry.hints],
                called=[_words(text) for text in (entry.title, *entry.called) if text],
                words=[_words(message.text) for message in entry.messages],
            )
            for _, entry in entries
        ],
        noise=[_wording_of(text) for text in _noise()],
    )


@cache
def _noise() -> list[str]:
    return reading.read_yaml(Path(__file__).with_name("noise.yml"), "problems/noise.yml", list[str])


def find(text: str, known: Index) -> list[Found]:
    """Return the entries that a text is about, the best first; none when it is about none."""
    return [*answer(text, known).found]


def answer(text: str, known: Index) -> Answer:
    """Return what is known of a text.

    An entry whose message says more comes first; one whose message is but a part of another's is not found. A general
    entry, which says little, is found when no other is, and nothing else in the text may be the reason; a harmless one
    likewise. What only follows from something else is found alone. Where there is no message, a hint that is a whole
    line points to its entries. A few words that are no message find the entries that have most of them.
    """
    pasted = plain(text)
    said = [*_said(pasted, known["entries"])]
    says_more = [each for each in said if not (each.entry["general"] or each.entry["harmless"])]
    if says_more:
        return Answer(_best(says_more))
    foreign = _is_foreign(pasted)
    noise = [span for each in _there(pasted, known["noise"]) for span in _spans(pasted, each)]
    line = _not_known(pasted, [*noise, *(span for each in said for span in each.spans)])
    if said:
        if line:
            return Answer(line=line, foreign=foreign)
        general = [each for each in said if not each.entry["harmless"]]
        return Answer(_best(general or said))
    hinted = [*_said(pasted, known["entries"], hints=True)]
    spans = [*noise, *(span for each in hinted for span in each.spans)]
    if hinted and not (line := _not_known(pasted, spans)):
        return Answer(_best(hinted), by_hint=True, foreign=foreign)
    if sum(bool(each) for each in pasted.lines) > 1:
        return Answer(line=line, foreign=foreign)
    found = [] if _MESSAGE.search(text) else _by_words(_words(text), known["entries"])
    return Answer(found, foreign=foreign)


class _Said(NamedTuple):
    """A message of an entry, where a text has it."""

    entry: Known
    number: int
    """That of the entry, in order."""
    wording: Wording
    """The longest of its messages that the text has."""
    spans: list[tuple[int, int]]
    """From where to where the text has any of them."""


def _said(pasted: Plain, known: Sequence[Known], *, hints: bool = False) -> Iterator[_Said]:
    """Yield the messages of entries that a text has, or their hints, but for those that are parts of others."""
    everything = []
    for number, entry in enumerate(known):
        of_entry = []
        for each in _there(pasted, entry["hints"] if hints else entry["messages"]):
            spans = [
                (start, end)
                for start, end in _spans(pasted, each)
                if not (hints or (entry["general"] and not entry["consequence"]))
                or (
                    (each["any_before"] or pasted.opens(start) or (not hints and _is_told(pasted, start)))
                    and (not hints or each["any_after"] or pasted.closes(end))
                )
            ]
            if spans and _is_beside(pasted, each):
                of_entry.append((each, spans))
        if of_entry:
            longest = max((each for each, _ in of_entry), key=_length)
            everything.append(_Said(entry, number, longest, [span for _, spans in of_entry for span in spans]))
    for one in everything:
        others = [
            span
            for other in everything
            if other is not one and _length(other.wording) > _length(one.wording)
            for span in other.spans
        ]
        if not all(any(start <= a and b <= end for start, end in others) for a, b in one.spans):
            yield one


def _there(pasted: Plain, wordings: Sequence[Wording]) -> list[Wording]:
    """Return those of which a text has the beginning: few of many, found fast."""
    text = pasted.text
    return [each for each in wordings if each["parts"][0] in text]


def _is_told(pasted: Plain, start: int) -> bool:
    """Whether what begins there is told by somebody, in a sentence."""
    return _PERSONAL.search(pasted.lines[pasted.line(start)]) is not None


def _best(said: Sequence[_Said]) -> list[Found]:
    ordered = sorted(said, key=lambda each: (each.entry["general"], -_length(each.wording), each.number))
    reasons = [each for each in ordered if not each.entry["consequence"]]
    # What only follows is told where there is nothing else, and one such thing is enough.
    return [Found(each.entry["id"], each.wording["text"]) for each in (reasons or ordered[:1])[: RULES["most"]]]


def _not_known(pasted: Plain, spans: Sequence[tuple[int, int]]) -> int:
    """Return the number of the first line, from 1, that may tell what went wrong and that none of these has part of.

    Returns:
        0 when there is none.
    """
    for number, line in enumerate(pasted.lines):
        if _CHATTER.search(line) or _PERSONAL.search(line) or not _TROUBLE.search(line):
            continue
        begin = pasted.starts[number]
        end = begin + len(squeezed(line))
        if not any(start < end and begin < stop for start, stop in spans):
            return pasted.before + number + 1
    return 0


def _is_foreign(pasted: Plain) -> bool:
    return sum(len(_FOREIGN.findall(line)) for line in pasted.lines) >= RULES["many_foreign"]


def _wording(message: Message) -> Wording:
    return _wording_of(message.text, message.beside, message.alone)


def _wording_of(text: str, beside: Sequence[str] = (), alone: Sequence[str] = ()) -> Wording:
    return Wording(
        text=text,
        parts=_parts(text),
        # A quote beside it counts for nothing.
        any_before=not wording(text.split(ANY)[0]),
        any_after=not wording(text.split(ANY)[-1]),
        beside=[*map(_parts, beside)],
        alone=[*map(_parts, alone)],
    )


def _parts(text: str) -> list[str]:
    # Who tells of a message leaves its full stop out.
    return [part for part in map(wording, text.rstrip(".").split(ANY)) if part]


def _is_beside(pasted: Plain, wording: Wording) -> bool:
    """Whether a text has what must stand beside a message, and nothing that must not."""
    beside, alone = wording["beside"], wording["alone"]
    return (not beside or any(map(pasted.has, beside))) and not any(map(pasted.has, alone))


def _length(wording: Wording) -> int:
    return sum(map(len, (*wording["parts"], *(part for parts in wording["beside"][:1] for part in parts))))


def _spans(pasted: Plain, wording: Wording) -> list[tuple[int, int]]:
    return pasted.spans(wording["parts"], any_before=wording["any_before"], any_after=wording["any_after"])


def _by_words(typed: Sequence[str], known: Sequence[Known]) -> list[Found]:
    words = [word for word in typed if word not in RULES["little"]]
    if not 0 < len(words) <= RULES["few"]:
        return []
    fit, of = RULES["fitting"]
    having = [sum(any(word in text for text in (*each["called"], *each["words"])) for each in known) for word in words]
    # The fewer entries have a word, the more it says.
    worth = [(len(known) // count).bit_length() if count else RULES["strange"] for count in having]
    scores = {}
    for number, entry in enumerate(known):
        fits = []
        for text in entry["called"]:
            there = [weight for word, weight in zip(words, worth, strict=True) if word in text]
            own = [word for word in text if word not in RULES["little"]]
            # All that people call it, among other words, or most of the words.
            if sum(there) * of >= sum(worth) * fit or (len(own) > 1 and all(word in words for word in own)):
                fits.append((-sum(there), len(text), number))
        for text in entry["words"]:
            if len(words) > 1 and all(word in text for word in words):
                fits.append((-sum(worth), len(text), number))
        if fits:
            scores[Found(entry["id"])] = min(fits)
    return sorted(scores, key=lambda found: scores[found])[: RULES["most"]]


def _words(text: str) -> list[str]:
    return [_ENDINGS.sub("", word) for word in _WORD.findall(small(text))]
