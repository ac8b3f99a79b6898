"""A snippet with what other versions show instead, line by line: one text, of which each version has its lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfa_guide.kinds.transcript.reading import PROMPT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mfa_guide.clients.requirement import Requirement
    from mfa_guide.kinds.transcript.by_version import Difference


@dataclass(frozen=True)
class Row:
    """One line, and for which versions it is; for all when nothing is said."""

    text: str
    only: Requirement | None = None
    """It is only for these versions: the snippet has it not."""
    unless: tuple[Requirement, ...] = ()
    """It is for all but these: the line of the snippet, which they do not show."""


def rows(text: str, differences: Sequence[Difference]) -> list[Row]:
    """Return the lines of a snippet, and of what other versions show, in the order in which they are seen.

    Commands are typed with every version, so a line with a command is in it once, for all.

    Args:
        text: what the snippet says.
        differences: those beside it.
    """
    lines = text.rstrip("\n").split("\n")
    before: list[list[Row]] = [[] for _ in range(len(lines) + 1)]
    behind: list[list[Row]] = [[] for _ in lines]
    unless: list[list[Requirement]] = [[] for _ in lines]
    for difference in differences:
        anchor, shown = difference.anchor, [Row(line, only=difference.requirement) for line in difference.lines]
        for at in (at for at in range(len(lines)) if lines[at : at + len(anchor)] == anchor):
            if difference.after:
                behind[at + len(anchor) - 1] += shown
                continue
            here = at
            for old, new in zip(_between_commands(anchor), _between_commands(difference.lines), strict=True):
                before[here] += [Row(line, only=difference.requirement) for line in new]
                for number in range(here, here + len(old)):
                    unless[number].append(difference.requirement)
                here += len(old) + 1
    made: list[Row] = []
    for number, line in enumerate(lines):
        made += [*before[number], Row(line, unless=tuple(unless[number])), *behind[number]]
    return [*made, *before[len(lines)]]


def _between_commands(lines: Sequence[str]) -> Iterator[list[str]]:
    """Return what stands before, between and behind the commands among some lines."""
    part: list[str] = []
    for line in lines:
        if line.startswith(PROMPT):
            yield part
            part = []
        else:
            part.append(line)
    yield part


def as_shown(every: Sequence[Row], versions: Mapping[str, str]) -> str:
    """Return the text that a reader with these versions sees.

    Args:
        every: the lines, as `rows` returns them.
        versions: the version of each client; none for the wording of the snippet.
    """
    return "".join(
        f"{row.text}\n"
        for row in every
        if (row.only is None or row.only.met_by(versions)) and not any(each.met_by(versions) for each in row.unless)
    )
