"""Machines for tests: this one, with a home of its own, and any whose windows are not waited for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfa_guide.kinds.walkthrough.walker import OPEN_DESKTOP, OPEN_WINE_DESKTOP

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mfa_guide.clients.machine import Machine


@dataclass(frozen=True)
class LocalMachine:
    """Runs things here, in a home of its own."""

    home: Path

    def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
        return ["env", "-C", str(self.home), f"HOME={self.home}", *command]


_PATIENCE = ("camera.TIMEOUT", "waiting.TIMEOUT", "waiting.SEES_WITHIN")


@dataclass(frozen=True)
class Impatient:
    """A machine whose desktop waits for a second only: what is looked for is there, or never comes."""

    machine: Machine

    def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
        return self.machine.argv([_hurried(word) for word in command], tty=tty)


def _hurried(word: str) -> str:
    if word not in (OPEN_DESKTOP, OPEN_WINE_DESKTOP):
        return word
    start, main = word.split("from ", 1)
    limits = "; ".join(f"{limit} = min(1, {limit})" for limit in _PATIENCE)
    return f"{start}from mfa_guide.clients.windows import camera, waiting; {limits}; from {main}"
