"""The kinds of fences: all that is known of a kind is in its module or folder here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mfa_guide.guide import edition
from mfa_guide.guide.guide import Guide
from mfa_guide.kinds.file import FILE
from mfa_guide.kinds.kind import Instructed
from mfa_guide.kinds.python import PYTHON
from mfa_guide.kinds.sequence import SEQUENCE
from mfa_guide.kinds.transcript.kind import TRANSCRIPT
from mfa_guide.kinds.unchecked import UNCHECKED
from mfa_guide.kinds.walkthrough.kind import WALKTHROUGH

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_guide.kinds.kind import Kind

KINDS: dict[str, Kind[Any]] = {kind.name: kind for kind in (TRANSCRIPT, WALKTHROUGH, PYTHON, FILE, SEQUENCE, UNCHECKED)}
"""All of them, by their names."""


def open_guide(project: Path, name: str = "") -> Guide:
    """Return an edition of the guide of a project.

    Args:
        project: the folder with `mkdocs.yml`.
        name: which edition; today's when empty.

    Raises:
        UsageError: there is no such edition.
        GuideError: `mkdocs.yml` cannot be read, or there is no such policy as it names.
    """
    return Guide(edition.edition(project, name) if name else edition.todays(project), instructions())


def open_guides(project: Path, name: str = "") -> list[Guide]:
    """Return all editions of the guide of a project, today's first; or the one with a name, alone.

    Raises:
        UsageError: there is no such edition.
        GuideError: `mkdocs.yml` cannot be read, or there is no policy that an edition is called by.
    """
    if name:
        return [open_guide(project, name)]
    return [Guide(each, instructions()) for each in edition.editions(project)]


def instructed(name: str) -> Instructed[Any]:
    """Return a kind of instruction by its name."""
    kind = KINDS[name]
    assert isinstance(kind, Instructed)
    return kind


def instructions() -> frozenset[str]:
    """Return the names of the kinds that are carried out."""
    return frozenset(name for name, kind in KINDS.items() if isinstance(kind, Instructed))
