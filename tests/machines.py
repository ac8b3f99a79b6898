"""A machine for tests that need no lab: this one, with a home of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class LocalMachine:
    """Runs things here, in a home of its own."""

    home: Path

    def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
        return ["env", "-C", str(self.home), f"HOME={self.home}", *command]
