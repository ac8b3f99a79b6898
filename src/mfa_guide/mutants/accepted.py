"""Mutants that survive although nothing is amiss: the list snippets/accepted-mutants.yml, each with the reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from mfa_guide.base.reading import read_yaml
from mfa_guide.gate.orphans import ACCEPTED
from mfa_guide.guide.page import SNIPPETS

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_guide.guide.edition import Edition
    from mfa_guide.mutants.making import Mutant

Changes = tuple[str, ...] | Literal["any"]
"""What is changed, in the words of the report."""


@dataclass(frozen=True)
class Accepted:
    """Changes of one line that may survive."""

    file: str
    """Relative to the project; `policy` for facts; `*` stands for any characters."""
    source: str
    """The line as it stands, without blanks around it; for a fact, its name; `*` stands for any characters."""
    changes: Changes
    why: str
    """Why no reader is misled."""

    def covers(self, mutant: Mutant) -> bool:
        """Tell whether a mutant is one of these."""
        same_line = _fits(self.file, mutant.file) and _fits(self.source, mutant.source.strip())
        return same_line and (self.changes == "any" or mutant.change in self.changes)


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None


class _Entry(BaseModel):
    """What the list says of one line, or of several for the same reason."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    source: str | tuple[str, ...]
    changes: Changes
    why: str = Field(min_length=10)

    def lines(self) -> list[Accepted]:
        sources = (self.source,) if isinstance(self.source, str) else self.source
        return [Accepted(self.file, source, self.changes, self.why) for source in sources]


def file_of(edition: Edition) -> Path:
    """Return where the list of an edition is."""
    return edition.layers[0] / SNIPPETS / ACCEPTED


def read(edition: Edition) -> tuple[Accepted, ...]:
    """Return the list of an edition; empty when there is none.

    Raises:
        GuideError: it cannot be read.
    """
    path = file_of(edition)
    entries = read_yaml(path, edition.where(path), tuple[_Entry, ...]) if path.is_file() else ()
    return tuple(line for entry in entries for line in entry.lines())
