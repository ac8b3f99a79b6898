"""The kinds of fences: all that is known of a kind is in its module or folder here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mfa_guide.guide.guide import Guide
from mfa_guide.kinds.file import FILE
from mfa_guide.kinds.kind import Instructed
from mfa_guide.kinds.python import PYTHON
from mfa_guide.kinds.sequence import SEQUENCE
from mfa_guide.kinds.transcript.kind import TRANSCRIPT
from mfa_guide.kinds.unchecked import UNCHECKED
from mfa_guide.kinds.walkthrough.kind import WALKTHROUGH
from mfa_guide.policy import of_project

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_guide.kinds.kind import Kind

KINDS: dict[str, Kind[Any]] = {kind.name: kind for kind in (TRANSCRIPT, WALKTHROUGH, PYTHON, FILE, SEQUENCE, UNCHECKED)}
"""All of them, by their names."""


def open_guide(project: Path) -> Guide:
    """Return the guide of a project, by the policy that its `mkdocs.yml` names: the newest when it names none.

    Args:
        project: the folder with `mkdocs.yml`.

    Raises:
        GuideError: `mkdocs.yml` cannot be read, or there is no such policy.
    """
    return Guide(project, of_project(project), instructions())


def instructed(name: str) -> Instructed[Any]:
    """Return a kind of instruction by its name."""
    kind = KINDS[name]
    assert isinstance(kind, Instructed)
    return kind


def instructions() -> frozenset[str]:
    """Return the names of the kinds that are carried out."""
    return frozenset(name for name, kind in KINDS.items() if isinstance(kind, Instructed))
