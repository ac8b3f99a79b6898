"""What is told of results: a line for each instruction, and why one does not hold."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from mfa_guide.checking.result import Outcome, Result
    from mfa_guide.expecting.failure import Failure

_STYLES = {"-": "red", "+": "green"}
SIGNS: dict[Outcome, tuple[str, str]] = {
    "holds": ("✓", "green"),
    "fails": ("✗", "red"),
    "not reached": ("–", "yellow"),
    "not for this version": ("·", "dim"),
}
"""The sign of each outcome, and its colour."""


def line(result: Result) -> Text:
    """Return what is told of every result, in one line."""
    sign, style = SIGNS[result.outcome]
    instruction = result.instruction
    label = f"[{instruction.label}]" if instruction.label else ""
    text = Text.assemble(("  " + sign, style), f" {instruction.line:>4}{label}  {instruction.source}")
    if result.outcome in ("holds", "fails"):
        with_what = f"{result.client}, " if result.client else ""
        text.append(f"  {with_what}{result.seconds:.1f} s", "dim")
    if result.outcome == "holds" and result.done.rewrites:
        text.append("  differs", "yellow")
    if result.outcome == "not for this version":
        text.append("  not for this version", "dim")
    return text


def explanation(result: Result) -> Text:
    """Return why an instruction does not hold: each place, the reason, what was seen, and with which client."""
    instruction = result.instruction
    text = Text()
    for failure in result.failures:
        where = f":{failure.line}" if failure.line else ""
        name = instruction.source
        if failure.file:
            name = PurePosixPath(name).with_name(failure.file.name).as_posix()
        text.append(f"{instruction.where} ({name}{where}): {failure.message}\n")
        text.append(_detail(failure))
    if result.client:
        text.append(f"    carried out with {result.client}\n", "dim")
    return text


def notebook_explanation(name: str, failure: Failure) -> Text:
    """Return why a notebook does not hold: its cell, the reason, and what was seen."""
    cell = f": cell {failure.line}" if failure.line else ""
    text = Text(f"{name}{cell}: {failure.message}\n")
    return text.append(_detail(failure))


def difference(name: str, before: str, after: str) -> Text:
    """Return how a file is to change, for people.

    Args:
        name: what the file is called.
        before: its text.
        after: the text that it is to have.
    """
    text = Text()
    for shown in unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm="", n=1):
        text.append(f"{shown}\n", _STYLES.get(shown[:1], ""))
    return text


def _detail(failure: Failure) -> Text:
    lines = [Text(f"    {shown}\n", _STYLES.get(shown[:1], "")) for shown in failure.detail.splitlines()]
    return Text().join(lines)
