"""Rewriting expected output from what was seen, keeping `…`, samples and typed input where they still hold."""

from __future__ import annotations

import random
import re
import string
from itertools import zip_longest
from typing import TYPE_CHECKING

from mfa_guide.expecting.matching import Bindings, Expected, align
from mfa_guide.expecting.shapes import ANY, SHAPES

if TYPE_CHECKING:
    from collections.abc import Sequence

_TYPED = re.compile(r"«(?P<typed>.*)»$")
_VERSION = re.compile(r"(?P<program>\bOpenSSH_|\b(?:[Rr]elease|[Vv]ersion) )\d+\.\d.*$")
"""From where on a line changes with the next update of a program: its version, and what it was built with."""


def merge(expected: Sequence[Expected], seen: Sequence[str], bound: Bindings) -> list[str]:
    """Return the lines that the snippet should have.

    Args:
        expected: the lines it has.
        seen: what the terminal shows instead.
        bound: what the samples on the page stand for; a value seen again is written as its sample.
    """
    known = dict(bound)
    merged: list[str] = []
    for kind, line, shown in align(expected, seen, bound):
        if kind == "same" and line:
            merged.append(line.text)
            known |= line.match(shown[0], bound) or {} if not line.any_lines else {}
        else:
            for text in shown:
                known |= _new_samples(line.text if line else "", text, known)
                told = _line(line.text if line else "", text, known)
                # Of a line that is there already, people have said how much of it counts.
                merged.append(told if line else _VERSION.sub(rf"\g<program>{ANY}", told))
    return merged


def _new_samples(before: str, after: str, known: Bindings) -> dict[str, str]:
    """Return what stands for the fingerprints and tokens of a run that nothing stands for yet.

    That is the sample which the line had in the same place, or else one that is made up: what a run shows is its own.
    """
    new: dict[str, str] = {}
    for shape in (shape for shape in SHAPES if shape.binds):
        values = [value for value in re.findall(shape.sample, after) if value not in known.values()]
        samples = [sample for sample in re.findall(shape.sample, before) if sample not in known]
        for value, sample in zip_longest(dict.fromkeys(values), dict.fromkeys(samples)):
            if value is not None:
                new[sample or _imitation(value, f"{before}{len(known) + len(new)}")] = value
    return new


def _imitation(value: str, seed: str) -> str:
    """Return a text that looks like a value and says nothing of it: a digit for a digit, a letter for a letter."""
    numbers = random.Random(seed)
    hexadecimal = set(value) <= {*"0123456789abcdef:"}
    letters = "abcdef" if hexadecimal else string.ascii_lowercase
    kinds = (string.digits, letters, letters.upper())
    kind_of = {sign: kind for kind in kinds for sign in kind}
    return "".join(numbers.choice(kind_of.get(sign, sign)) for sign in value)


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
    old = [Expected(0, word, (word,), literal=word.isspace()) for word in re.findall(r"\s+|\S+", before)]
    edits = align(old, re.findall(r"\s+|\S+", after), bound)
    return "".join(word.text if kind == "same" and word else "".join(words) for kind, word, words in edits)
