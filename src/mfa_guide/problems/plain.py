"""What somebody pasted, made plain: the same for every terminal, mail program and word processor."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mfa_guide.base import reading
from mfa_guide.problems.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PLAIN = [(re.compile(pattern), instead) for pattern, instead in RULES["plain"]]
_SPACE = re.compile(RULES["space"])
_CAPITALS = re.compile(RULES["capitals"])
_LETTER = re.compile(RULES["letter"])
_BEFORE = re.compile(RULES["before"])
_AFTER = re.compile(RULES["after"])
_SYNTAX = re.compile(r"[.*+?^${}()|\[\]\\/]")


@dataclass(frozen=True)
class Plain:
    """A plain text: no spaces, as a log may be wrapped anywhere; where they were is known."""

    lines: tuple[str, ...]
    """Its lines, with their spaces."""
    before: int = 0
    """How many lines stood before these, and are not looked at."""

    @cached_property
    def text(self) -> str:
        """All of it, without any space."""
        return "".join(self._pieces)

    @cached_property
    def _pieces(self) -> list[str]:
        return [piece for line in self.lines for piece in _SPACE.split(line)]

    @cached_property
    def breaks(self) -> frozenset[int]:
        """Where in the text there was a space, or the end of a line."""
        places, at = set(), 0
        for piece in self._pieces:
            places.add(at)
            at += len(piece)
        places.add(at)
        return frozenset(places)

    @cached_property
    def starts(self) -> list[int]:
        """Where in the text each line begins."""
        places, at = [], 0
        for line in self.lines:
            places.append(at)
            at += len(squeezed(line))
        return places

    def has(self, parts: Sequence[str]) -> bool:
        """Whether it has all parts in this order, none of them far from the one before."""
        return next(self._spans(parts), None) is not None

    def spans(
        self, parts: Sequence[str], *, any_before: bool = False, any_after: bool = False
    ) -> list[tuple[int, int]]:
        """Return from where to where it has them; not each time, when that is often.

        Args:
            parts: they are there in this order, none of them far from the one before.
            any_before: whether the first may begin in the middle of a word.
            any_after: whether the last may end there.
        """
        return [*islice(self._spans(parts, any_before=any_before, any_after=any_after), RULES["often"])]

    def _spans(
        self, parts: Sequence[str], *, any_before: bool = False, any_after: bool = False
    ) -> Iterator[tuple[int, int]]:
        first, *rest = parts
        start = self.text.find(first)
        while start >= 0:
            at = start + len(first)
            for part in rest:
                found = self.text.find(part, at, at + RULES["far"] + len(part))
                if found < 0:
                    break
                at = found + len(part)
            else:
                if (any_before or self._is_boundary(start)) and (any_after or self._is_boundary(at)):
                    yield start, at
            start = self.text.find(first, start + 1)

    def _is_boundary(self, at: int) -> bool:
        around = self.text[max(at - 1, 0) : at + 1]
        return at in self.breaks or len(around) < 2 or not all(map(_LETTER.match, around))

    def opens(self, start: int) -> bool:
        """Whether what begins there stands at the beginning of a line, but for a time and the like."""
        line = self.starts[self.line(start)]
        # A line may be endless, and what may stand before is short.
        return start - line <= RULES["far"] and _BEFORE.fullmatch(self.text, line, start) is not None

    def closes(self, end: int) -> bool:
        """Whether nothing follows on its line what ends there."""
        number = self.line(end - 1) + 1
        line_end = self.starts[number] if number < len(self.starts) else len(self.text)
        return _AFTER.fullmatch(self.text, end, line_end) is not None

    def line(self, at: int) -> int:
        """Return the number of the line, from 0, that has what stands there in the text."""
        return bisect_right(self.starts, at) - 1


class Translation(NamedTuple):
    """What a system says in another language."""

    squeezed: str
    """Its words in small letters, without spaces."""
    pattern: str
    """A regular expression that finds them in a text with spaces, for Python and for JavaScript."""
    english: str
    """The same in English."""


def plain(text: str) -> Plain:
    """Make a text plain, and what systems say in other languages English."""
    cut, text = text[: -RULES["longest"]], _tidy(text[-RULES["longest"] :])
    without_spaces = squeezed(text)
    for translation in translations():
        if translation.squeezed in without_spaces:
            text = re.sub(translation.pattern, translation.english, text)
    return Plain(tuple(text.split("\n")), _tidy(cut).count("\n"))


def wording(text: str) -> str:
    """Return a text as it would stand in a plain one."""
    return squeezed(_tidy(text))


def _tidy(text: str) -> str:
    for pattern, instead in _PLAIN:
        text = pattern.sub(instead, text)
    return small(text)


def squeezed(text: str) -> str:
    """Return a text without spaces."""
    return _SPACE.sub("", text)


def small(text: str) -> str:
    """Return a text in small letters."""
    return _CAPITALS.sub(lambda letters: letters[0].lower(), text)


@cache
def translations() -> list[Translation]:
    """Return what is known of other languages.

    Raises:
        GuideError: the file cannot be read.
    """
    file = Path(__file__).with_name("languages.yml")
    in_english = reading.read_yaml(file, "problems/languages.yml", dict[str, list[str]])
    # A longer one may begin with the words of another.
    said = sorted(
        ((text, english) for english, texts in in_english.items() for text in texts), key=lambda s: -len(s[0])
    )
    return [Translation(wording(text), _pattern(_tidy(text)), _tidy(english)) for text, english in said]


def _pattern(text: str) -> str:
    words = [_SYNTAX.sub(r"\\\g<0>", word) for word in _SPACE.split(text)]
    return f"(?<!{RULES['letter']}){RULES['space'].join(words)}(?!{RULES['letter']})"
