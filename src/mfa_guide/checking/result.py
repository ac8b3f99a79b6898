"""What became of an instruction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from mfa_guide.kinds.kind import Done

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mfa_guide.clients.versions import Client
    from mfa_guide.expecting.failure import Failure
    from mfa_guide.guide.page import Instruction

Outcome = Literal["holds", "fails", "not reached", "not for this version"]


@dataclass(frozen=True)
class Result:
    """What became of an instruction."""

    instruction: Instruction
    outcome: Outcome
    when: datetime
    """When it was over, in UTC."""
    seconds: float = 0.0
    """How long it took."""
    client: Client | None = None
    """What it was carried out with; None when it was not reached, or needs no client."""
    text: str = ""
    """What was carried out: the text of its snippet as it was then."""
    failures: tuple[Failure, ...] = ()
    """Why it does not hold; of one that is to be rewritten, where its text is another one."""
    stopped: bool = False
    """Whether the reader cannot go on after it."""
    done: Done = field(default_factory=Done)
    """What was seen."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """The versions of the clients that were asked for so far, by their names."""

    @property
    def failure(self) -> Failure | None:
        """The first reason; None when there is none."""
        return self.failures[0] if self.failures else None
