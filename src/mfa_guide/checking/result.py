"""What became of an instruction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mfa_guide.clients.versions import Client
    from mfa_guide.expecting.failure import Failure
    from mfa_guide.guide.page import Instruction
    from mfa_guide.kinds.transcript.typist import Seen

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
    sha256: str = ""
    """The hash of the snippet's content; empty when there is none."""
    failure: Failure | None = None
    """Why it does not hold."""
    met: tuple[int, ...] = ()
    """Which of the differences beside its snippet were seen, counted from 1."""
    rewritten: bool = False
    """Whether its snippet was rewritten to what was seen."""
    seen: tuple[Seen, ...] = ()
    """What the terminal showed, where that was as a transcript expects."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """The versions of the clients that were asked for so far, by their names."""
    pictures: Mapping[int, str] = field(default_factory=dict)
    """The pictures of a walkthrough that holds: PNG in base64, by the number of the step, counted from 1."""
