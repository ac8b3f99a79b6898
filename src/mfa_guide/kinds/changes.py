"""Things that could be wrong in a text: a word that is almost the same, a line that is missing or too early."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from mfa_guide.kinds.kind import Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# What one reads as a word: a name, a number, an address, a path.
_WORD = re.compile(r"\w[\w.:/~+-]*\w|\w")


def words(text: str) -> Iterator[tuple[str, str]]:
    """Yield, for each word of a text, what is changed and the text with another word in its place."""
    for match in _WORD.finditer(text):
        other = other_word(match[0])
        yield f"“{match[0]}” becomes “{other}”", text[: match.start()] + other + text[match.end() :]


def other_word(word: str) -> str:
    """Return a word that is almost the same: another digit if it has one, or else another last letter."""
    if digits := re.search(r"\d", word):
        return word[: digits.start()] + str((int(digits[0]) + 1) % 10) + word[digits.end() :]
    return word[:-1] + ("e" if word[-1] == "x" else "x")


def other_text(value: str) -> str | None:
    """Return a text with its first word changed that is not one of the names in braces; None when it has none."""
    for match in _WORD.finditer(value):
        if value[match.start() - 1 : match.start()] != "{":
            return value[: match.start()] + other_word(match[0]) + value[match.end() :]
    return None


def replaced(lines: Sequence[str], number: int, line: str) -> list[str]:
    """Return lines with another one in the place of one of them, counted from 1."""
    return [*lines[: number - 1], line, *lines[number:]]


def parts(lines: Sequence[str], starts: Sequence[int] | None = None) -> list[range]:
    """Return the parts that begin at these lines, each as far as the next; every line by itself when not given."""
    starts = range(1, len(lines) + 1) if starts is None else starts
    ends = [*starts, len(lines) + 1][1:]
    return [range(start, end) for start, end in zip(starts, ends, strict=True)]


def moved(lines: list[str], parts: Sequence[range], besides: Sequence[int] = ()) -> Iterator[Change]:
    """Drop each part, and swap it with the next; parts that begin at `besides` are dealt with elsewhere."""
    for part, following in zip_longest(parts, parts[1:]):
        if part.start in besides or not lines[part.start - 1].strip():
            continue
        before, itself = lines[: part.start - 1], lines[part.start - 1 : part.stop - 1]
        yield Change(part.start, "dropped", [*before, *lines[part.stop - 1 :]])
        if following and following.start not in besides:
            other = lines[following.start - 1 : following.stop - 1]
            if other != itself and other[0].strip():
                after = lines[following.stop - 1 :]
                yield Change(part.start, "swapped with what follows", [*before, *other, *itself, *after])


def of_text(text: str) -> Iterator[Change]:
    """Yield what could be wrong in a text of which every word and every line counts."""
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        for change, other in words(line):
            yield Change(number, change, replaced(lines, number, other))
    yield from moved(lines, parts(lines))
