"""One attempt to log in, as the gateway saw it: what the client has shown from its first word to the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mfa_guide.practice.ssh import signs

if TYPE_CHECKING:
    from mfa_guide.practice.ssh.signs import Sign


@dataclass
class Attempt:
    """One connection of a client."""

    client: str = ""
    """By which words the client introduced itself."""
    account: str = ""
    methods: list[str] = field(default_factory=list)
    """The methods that it tried, once each."""
    closed: bool = False
    """Whether it was sent away because no firewall page was open."""
    refused: int = 0
    """How many keys and certificates it offered in vain."""
    certificate_refused: bool = False
    link: bool = False
    """Whether it was sent a link."""
    outcome: str = ""
    """What became of the link: approved, denied, expired or gone; empty while it waits."""
    by: str = ""
    """By which means it is in: browser or certificate; empty when it is not."""
    sessions: set[str] = field(default_factory=set)
    """What it has opened: terminal, command, files."""
    agent: bool = False
    """Whether it has forwarded an agent."""
    took: bool | None = None
    """Whether the agent took a certificate; None when it was not asked."""
    ended: bool = False

    def see(self, sign: Sign) -> None:
        """Take note of a sign."""
        self.client, self.account = sign.client or self.client, sign.account
        match sign.shown:
            case signs.MethodTried(method) if method not in self.methods:
                self.methods.append(method)
            case signs.AddressRefused():
                self.closed = True
            case signs.KeyOffered(fits=False):
                self.refused += 1
            case signs.CertificateOffered(fits=False):
                self.refused += 1
                self.certificate_refused = True
            case signs.LinkSent():
                self.link, self.outcome = True, ""
            case signs.LinkAnswered(outcome):
                self.outcome = outcome.value
            case signs.In(means):
                self.by = means
            case signs.SessionOpened(kind, agent):
                self.sessions.add(kind)
                self.agent |= agent
            case signs.AgentAnswered(took):
                self.took = took
            case signs.Ended():
                self.ended = True
