"""What a client shows of itself while it connects. Whoever runs the gateway can watch it; nothing of it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mfa_guide.practice.rules.events import Means
    from mfa_guide.practice.rules.logins import Outcome


@dataclass(frozen=True)
class AddressRefused:
    """It is sent away: its address is closed, and nobody who owns the account has the firewall's page open there."""


@dataclass(frozen=True)
class MethodTried:
    """It asks to be let in by a method, which the gateway may have or not."""

    method: str


@dataclass(frozen=True)
class KeyOffered:
    """It offers a key."""

    kind: str
    fits: bool


@dataclass(frozen=True)
class CertificateOffered:
    """It offers a certificate."""

    fits: bool


@dataclass(frozen=True)
class KeyProved:
    """It has proved a key that belongs to the account."""


@dataclass(frozen=True)
class LinkSent:
    """It was sent a link, and waits."""


@dataclass(frozen=True)
class LinkAnswered:
    """It was told what became of the link."""

    outcome: Outcome


@dataclass(frozen=True)
class In:
    """It is in."""

    by: Means


@dataclass(frozen=True)
class SessionOpened:
    """It opens a session."""

    kind: Literal["terminal", "command", "files"]
    agent: bool
    """Whether it forwards an agent."""


@dataclass(frozen=True)
class AgentAnswered:
    """The agent that it forwards was offered a certificate."""

    took: bool


@dataclass(frozen=True)
class Ended:
    """The connection has ended."""


Shown = (
    AddressRefused
    | MethodTried
    | KeyOffered
    | CertificateOffered
    | KeyProved
    | LinkSent
    | LinkAnswered
    | In
    | SessionOpened
    | AgentAnswered
    | Ended
)


@dataclass(frozen=True)
class Sign:
    """One thing that a client has shown."""

    port: int
    """The client's port: it tells the connections of one address apart."""
    client: str
    """By which words the client introduces itself, such as `SSH-2.0-PuTTY_Release_0.78`; empty when it has not yet."""
    account: str
    """The account that it has named; empty when it has not yet."""
    host: str
    """The name of the host that it connected to."""
    shown: Shown
