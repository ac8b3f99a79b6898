"""Rewriting expected output from what was seen, keeping `…`, samples and typed input where they still hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mfa_guide.instructions.matching import Bindings, Expected, align

if TYPE_CHECKING:
    from collections.abc import Sequence

_TYPED = re.compile(r"«(?P<typed>.*)»$")


def merge(expected: Sequence[Expected], seen: Sequence[str], bound: Bindings) -> list[str]:
    """Return the lines that the snippet should have.

    Args:
        expected: the lines it has.
        seen: what the terminal shows instead.
        bound: what the samples on the page stand for; a value seen again is written as its sample.
    """
    merged: list[str] = []
    for kind, line, shown in align(expected, seen, bound):
        if kind == "same" and line:
            merged.append(line.text)
        else:
            merged += [_line(line.text if line else "", text, bound) for text in shown]
    return merged


def _line(before: str, after: str, bound: Bindings) -> str:
    for sample, value in bound.items():
        after = after.replace(value, sample)
    if typed := _TYPED.search(before):
        prompt = after.removesuffix(typed["typed"])
        # The blank before the input is not seen when nothing is echoed after it.
        gap = " " if before[: typed.start()].endswith(" ") and not prompt.endswith(" ") else ""
        return f"{_words(before[: typed.start()], prompt + gap, bound)}{typed[0]}"
    return _words(before, after, bound)


def _words(before: str, after: str, bound: Bindings) -> str:
    """Keep the words that still match: they may hold `…` or samples."""
    old = [Expected(0, word, (word,)) for word in re.findall(r"\s+|\S+", before)]
    edits = align(old, re.findall(r"\s+|\S+", after), bound)
    return "".join(word.text if kind == "same" and word else "".join(words) for kind, word, words in edits)
