"""The programs that people verify: what to do with each, and which of its settings brings a cause about."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from mfa_guide.base.errors import UsageError
from mfa_guide.base.reading import name_of, read_toml
from mfa_guide.by_hand.findings import Cause, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

System = Literal["windows", "unix"]
"""What a person sits at: Windows, or anything else that has terminals as Unix has them."""

OTHER = "other"
"""The program that stands for any other."""


class Elsewise(BaseModel):
    """What is otherwise on one system."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    steps: dict[Step, tuple[str, ...]] = {}
    """All steps; as everywhere when not given."""
    settings: dict[Cause, str] = {}
    """Those that have another name there."""


class Program(BaseModel):
    """A program, as `programs.toml` has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    checked: bool
    """Whether the names of its menus and options were carried out on a page of the guide."""
    only: System | None = None
    """Where it runs; everywhere when not given."""
    steps: dict[Step, tuple[str, ...]] = {}
    """What to do in each step that the practice site judges."""
    looks: dict[str, tuple[str, ...]] = {}
    """What to do where the person judges, who alone sees it; the last line is the question, to which Yes is right."""
    settings: dict[Cause, str] = {}
    windows: Elsewise | None = None
    """What is otherwise on Windows."""

    @model_validator(mode="after")
    def _has_something(self) -> Self:
        if not (self.steps or self.looks):
            raise ValueError("a program needs `steps` or `looks`")
        return self

    def at(self, system: System) -> Program:
        """Return what it is for a person at a system."""
        if system == "unix" or self.windows is None:
            return self
        steps, settings = self.windows.steps or self.steps, {**self.settings, **self.windows.settings}
        return self.model_copy(update={"steps": steps, "settings": settings})

    def setting(self, cause: Cause) -> str:
        """Return the setting that brings a cause about; that of any program where this one's is not known."""
        return self.settings.get(cause) or programs()[OTHER].settings[cause]


@cache
def programs() -> Mapping[str, Program]:
    """Return all programs, by the word that names them on the command line."""
    path = Path(__file__).with_name("programs.toml")
    return read_toml(path, name_of(path), dict[str, Program])


def here() -> System:
    """Return what this computer is."""
    return "windows" if os.name == "nt" else "unix"


def find(name: str, system: System | None = None) -> Program:
    """Return the program with that name.

    Args:
        name: the word for it on the command line.
        system: the system at which it is to be tried; any when not given.

    Raises:
        UsageError: there is none, or not at that system.
    """
    known = [word for word, program in programs().items() if system is None or program.only in (None, system)]
    if name not in programs():
        raise UsageError(f"there is no client {name!r}: choose {', '.join(known)}")
    if name not in known:
        where = "on Windows only" if system == "unix" else "on other systems than Windows"
        raise UsageError(f"{programs()[name].title} is tried {where}: choose {', '.join(known)}")
    return programs()[name] if system is None else programs()[name].at(system)
