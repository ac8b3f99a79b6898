"""Other programs in the place of those that the reader's machines have from this computer.

They are laid over the files of the computer's own, in the machines alone: so a newer or an older client has its usual
name and place, and everything that starts it finds it there.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

EXCHANGED = "exchanged.json"
"""Where the lab's process finds, in its folder, what is exchanged."""


class Exchanged(BaseModel):
    """What takes the place of what."""

    model_config = ConfigDict(frozen=True)

    programs: dict[str, Path]
    """The programs, each by the path of the one whose place it takes."""

    def arguments(self) -> list[str]:
        """Return the arguments by which bubblewrap lays them over a machine's own; of the rest there is none here."""
        there = [(str(program), place) for place, program in self.programs.items() if Path(place).exists()]
        return [word for pair in there for word in ("--ro-bind", *pair)]
