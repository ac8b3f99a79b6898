"""Comparing what a page shows with what is really there, and telling people where the two part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mfa_guide.expecting.failure import Failure
from mfa_guide.expecting.shapes import ANY, pieces

Bindings = Mapping[str, str]
"""What the samples on a page stand for: sample to value."""


@dataclass(frozen=True)
class Expected:
    """A line that should be seen."""

    number: int
    """Its line in the snippet."""
    text: str
    """The line as the snippet has it."""
    variants: tuple[str, ...]
    """What the screen may show for it; two when it is not known whether typed input is echoed."""
    literal: bool = False
    """Whether `…` and shapes mean nothing special in it: a command line."""

    @property
    def any_lines(self) -> bool:
        """Whether it stands for one or more lines of any kind."""
        return self.text.strip() == ANY

    def match(self, seen: str, bound: Bindings) -> Bindings | None:
        """Return the bindings with those of this line; None when it does not match."""
        if self.literal:
            return bound if self.text == seen.rstrip() else None
        matches = (match_text(variant, seen, bound) for variant in self.variants)
        return next((match for match in matches if match is not None), None)


def match_text(text: str, seen: str, bound: Bindings) -> Bindings | None:
    """Compare one line.

    Args:
        text: what the snippet says, with `…` and samples.
        seen: what is there.
        bound: what samples already stand for.

    Returns:
        `bound` with the samples of this line added, or None when the line differs.
    """
    groups: dict[str, str] = {}
    pattern = ""
    for piece in pieces(text.expandtabs().rstrip()):
        if not (piece.shape and piece.shape.binds):
            pattern += piece.pattern
        elif piece.text in bound:
            pattern += re.escape(bound[piece.text])
        elif piece.text in groups:
            pattern += f"(?P={groups[piece.text]})"
        else:
            groups[piece.text] = f"sample{len(groups)}"
            pattern += f"(?P<{groups[piece.text]}>{piece.pattern})"
    match = re.fullmatch(pattern, seen.rstrip())
    if match is None:
        return None
    new = {sample: match[group] for sample, group in groups.items()}
    values = [*bound.values(), *new.values()]
    # A different sample stands for a different value.
    return {**bound, **new} if len(set(values)) == len(values) else None


def follow(expected: Sequence[Expected], seen: Sequence[str], bound: Bindings) -> dict[int, Bindings]:
    """Return how many expected lines `seen` may be the beginning of, each with its bindings.

    Empty when `seen` is not what `expected` begins with; has the key `len(expected)` when it is all of it.
    """
    reached: dict[int, Bindings] = {0: bound}
    for line in seen:
        reached = _step(expected, line, reached)
    return reached


def _step(expected: Sequence[Expected], line: str, reached: dict[int, Bindings]) -> dict[int, Bindings]:
    further: dict[int, Bindings] = {}
    for index, bound in reached.items():
        # The line before, when it stands for any lines, may go on.
        if index and expected[index - 1].any_lines:
            further.setdefault(index, bound)
        if index < len(expected):
            match = bound if expected[index].any_lines else expected[index].match(line, bound)
            if match is not None:
                further.setdefault(index + 1, match)
    return further


def compare(expected: Sequence[Expected], seen: Sequence[str], bound: Bindings) -> Bindings:
    """Compare all lines.

    Returns:
        `bound` with the samples of these lines added.

    Raises:
        Failure: they differ; it names the first line that does and shows all differences.
    """
    reached: dict[int, Bindings] = {0: bound}
    differing: str | None = None
    for line in seen:
        further = _step(expected, line, reached)
        if not further:
            differing = line
            break
        reached = further
    else:
        if len(expected) in reached:
            return reached[len(expected)]
    index = max(reached)
    detail = "\n".join(difference(expected, seen, bound))
    if differing is None:
        raise Failure("this line is missing: the output ends before it", expected[index].number, detail)
    if index == len(expected):
        number = expected[-1].number if expected else 1
        raise Failure(f"the output goes on after this line: {differing}", number, detail)
    raise Failure(_difference_in(expected[index], differing, reached[index]), expected[index].number, detail)


def _difference_in(line: Expected, seen: str, bound: Bindings) -> str:
    if line.match(seen, {}) is None:
        return f"expected “{line.text}”, saw “{seen}”"
    samples = [piece.text for piece in pieces(line.text) if piece.text in bound]
    if samples:
        return f"“{samples[0]}” stood for “{bound[samples[0]]}” earlier on this page, but not in “{seen}”"
    return f"two different samples on this page stand for the same value in “{seen}”"


Edit = tuple[Literal["same", "changed", "missing", "extra"], Expected | None, tuple[str, ...]]
"""What became of a line: the expected one, if any, and the lines seen for it."""


def align(expected: Sequence[Expected], seen: Sequence[str], bound: Bindings) -> list[Edit]:
    """Pair expected lines with seen ones so that as few as possible are left over."""
    # best[i][j]: fewest left over from expected[i:] and seen[j:], and the edit with which they begin.
    rows, columns = len(expected), len(seen)
    best: list[list[tuple[int, Edit | None]]] = [[(0, None)] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows, -1, -1):
        for j in range(columns, -1, -1):
            choices: list[tuple[int, Edit]] = []
            if i < rows:
                line = expected[i]
                if line.any_lines:
                    choices += [
                        (best[i + 1][end][0], ("same", line, tuple(seen[j:end]))) for end in range(j + 1, columns + 1)
                    ]
                elif j < columns and line.match(seen[j], bound) is not None:
                    choices.append((best[i + 1][j + 1][0], ("same", line, (seen[j],))))
                if j < columns:
                    choices.append((best[i + 1][j + 1][0] + 1, ("changed", line, (seen[j],))))
                choices.append((best[i + 1][j][0] + 1, ("missing", line, ())))
            if j < columns:
                choices.append((best[i][j + 1][0] + 1, ("extra", None, (seen[j],))))
            if choices:
                best[i][j] = min(choices, key=lambda choice: choice[0])
    edits: list[Edit] = []
    i = j = 0
    while (edit := best[i][j][1]) is not None:
        edits.append(edit)
        i += edit[1] is not None
        j += len(edit[2])
    return edits


def differing(expected: Sequence[Expected], seen: Sequence[str], bound: Bindings) -> list[Failure]:
    """Return a failure for every expected line that is not seen as it should be, or behind which there is more.

    The first shows all differences.
    """
    try:
        compare(expected, seen, bound)
    except Failure as failure:
        found = {failure.line: failure}
    else:
        return []
    last = expected[0].number if expected else 1
    for kind, line, shown in align(expected, seen, bound):
        last = line.number if line else last
        match kind:
            case "changed" if line:
                found.setdefault(last, Failure(_difference_in(line, shown[0], bound), last))
            case "missing":
                found.setdefault(last, Failure("this line is missing", last))
            case "extra":
                found.setdefault(last, Failure(f"the output goes on after this line: {shown[0]}", last))
    return list(found.values())


def difference(expected: Sequence[Expected], seen: Sequence[str], bound: Bindings) -> list[str]:
    """Return a difference for people: `-` only the page has the line, `+` only the screen has it."""
    lines: list[str] = []
    for kind, line, shown in align(expected, seen, bound):
        if line:
            lines.append(f"{' ' if kind == 'same' else '-'} {line.text}")
        if kind != "same":
            lines += [f"+ {text}" for text in shown]
    return lines
