"""What an attempt says about the client's settings: whether a step has passed, and if not, the one thing amiss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from mfa_guide.practice.rules.keys import MOST_REFUSED_KEYS

if TYPE_CHECKING:
    from mfa_guide.by_hand.attempts import Attempt

Step = Literal["login", "certificate", "again", "files"]
"""Log in with the browser; a certificate into the agent; log in by it; open files by it."""
STEPS: tuple[Step, ...] = get_args(Step)
_BY_CERTIFICATE: tuple[Step, ...] = ("again", "files")

Cause = Literal[
    "host-key",
    "wrong-account",
    "page-closed",
    "too-many-keys",
    "old-certificate",
    "no-interactive",
    "gave-up",
    "denied",
    "ran-out",
    "certificate-already",
    "no-agent",
    "not-taken",
    "no-certificate",
    "no-files",
]
"""Why a step has not passed; `programs.toml` has the setting of each program that brings it about."""

SEEN: dict[Cause, str] = {
    "host-key": "The program went away before it named an account: nobody accepted the host key.",
    "wrong-account": "The program named another account.",
    "page-closed": "The program was sent away, for the firewall page is not open.",
    "too-many-keys": "The program offered so many keys that its turn was over.",
    "old-certificate": "The program offered a certificate that does not fit here, or has ended.",
    "no-interactive": "The program did not go on to keyboard-interactive: no link.",
    "gave-up": "The program went away before the link was answered.",
    "denied": "The answer in the browser was No.",
    "ran-out": "Nobody answered the link in time.",
    "certificate-already": "The program was in by a certificate that its agent held before.",
    "no-agent": "The program did not ask to forward an agent.",
    "not-taken": "The program forwarded an agent, but the agent took no certificate.",
    "no-certificate": "The program offered no certificate.",
    "no-files": "The program opened no file transfer.",
}
"""What was seen, in a sentence."""


@dataclass(frozen=True)
class Verdict:
    """What an attempt means for a step."""

    cause: Cause | None = None
    """Why the step has not passed; None when it has."""

    @property
    def passed(self) -> bool:
        """Whether the step has passed."""
        return self.cause is None


def judge(step: Step, attempt: Attempt, account: str) -> Verdict | None:
    """Return what an attempt means for a step; None as long as that cannot be known.

    Args:
        step: which step.
        attempt: what was seen.
        account: the account that the client should name.
    """
    if attempt.by:
        return _in(step, attempt)
    if step in _BY_CERTIFICATE and attempt.link:
        # It waits for an answer that it should not need.
        return Verdict(_without_certificate(attempt))
    return Verdict(_outside(step, attempt, account)) if attempt.ended else None


def _without_certificate(attempt: Attempt) -> Cause:
    return "old-certificate" if attempt.certificate_refused else "no-certificate"


def _outside(step: Step, attempt: Attempt, account: str) -> Cause:
    match attempt:
        case _ if not attempt.account:
            return "host-key"
        case _ if attempt.account != account:
            return "wrong-account"
        case _ if attempt.closed:
            return "page-closed"
        case _ if attempt.link:
            return {"denied": "denied", "expired": "ran-out"}.get(attempt.outcome, "gave-up")  # type: ignore[return-value]
        case _ if attempt.refused >= MOST_REFUSED_KEYS:
            return "too-many-keys"
    return _without_certificate(attempt) if step in _BY_CERTIFICATE else "no-interactive"


_BY_OTHER_MEANS: dict[str, Cause] = {"browser": "no-certificate", "certificate": "certificate-already"}


def _in(step: Step, attempt: Attempt) -> Verdict | None:
    wanted = "certificate" if step in _BY_CERTIFICATE else "browser"
    if attempt.by != wanted:
        return Verdict(_BY_OTHER_MEANS[attempt.by])
    match step:
        case "certificate" if attempt.took is not None:
            return Verdict(None if attempt.took else "not-taken")
        case "certificate" if attempt.ended or (attempt.sessions and not attempt.agent):
            return Verdict("no-agent")
        case "files" if attempt.sessions or attempt.ended:
            return Verdict(None if "files" in attempt.sessions else "no-files")
        case "login" | "again":
            return Verdict()
    return None
