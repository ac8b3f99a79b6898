"""The programs that people verify: what to do with each, and which of its settings brings a cause about."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from mfa_guide.base.errors import UsageError
from mfa_guide.base.reading import name_of, read_toml
from mfa_guide.by_hand.findings import Cause, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

OTHER = "other"
"""The program that stands for any other."""


class Program(BaseModel):
    """A program, as `programs.toml` has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    checked: bool
    """Whether the names of its menus and options were carried out on a page of the guide."""
    steps: dict[Step, tuple[str, ...]] = Field(min_length=1)
    settings: dict[Cause, str]

    def setting(self, cause: Cause) -> str:
        """Return the setting that brings a cause about; that of any program where this one's is not known."""
        return self.settings.get(cause) or programs()[OTHER].settings[cause]


@cache
def programs() -> Mapping[str, Program]:
    """Return all programs, by the word that names them on the command line."""
    path = Path(__file__).with_name("programs.toml")
    return read_toml(path, name_of(path), dict[str, Program])


def find(name: str) -> Program:
    """Return the program with that name.

    Raises:
        UsageError: there is none.
    """
    if name not in programs():
        raise UsageError(f"there is no client {name!r}: choose {', '.join(programs())}")
    return programs()[name]
