"""What can happen on the practice site, one class each: its name and fields are what the audit log keeps.

Names and fields are a promise: the state files of other releases have them, and whoever asks for the log gets them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

Means = Literal["browser", "ride", "certificate"]
"""By which means a login was completed."""


@dataclass(frozen=True)
class Event:
    """Something that has happened."""

    name: ClassVar[str]

    @property
    def details(self) -> dict[str, Any]:
        """Who, from where, with what."""
        return asdict(self)


# -- keys and addresses ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KeyAdded(Event):
    name = "key added"
    account: str
    key: str
    """By its fingerprint, as in all events."""


@dataclass(frozen=True)
class KeyDeleted(Event):
    name = "key deleted"
    account: str
    key: str


@dataclass(frozen=True)
class FirewallPageOpened(Event):
    name = "firewall page opened"
    account: str
    address: str


# -- on SSH ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _OnSsh(Event):
    account: str
    address: str
    """Where the SSH connection comes from."""
    host: str
    """The name of the server that was logged in to."""


@dataclass(frozen=True)
class AddressRefused(_OnSsh):
    name = "address refused"


@dataclass(frozen=True)
class KeyRefused(_OnSsh):
    name = "key refused"
    key: str
    """Outside the lab only its kind: it may be one of the user's own."""


@dataclass(frozen=True)
class CertificateRefused(_OnSsh):
    name = "certificate refused"
    key: str


@dataclass(frozen=True)
class KeyAccepted(_OnSsh):
    name = "key accepted"
    key: str


@dataclass(frozen=True)
class LoggedIn(_OnSsh):
    name = "logged in"
    by: Means
    key: str


@dataclass(frozen=True)
class CertificateGiven(_OnSsh):
    name = "certificate given"
    certificate: str
    """The fingerprint of its key."""


@dataclass(frozen=True)
class CertificateNotTaken(_OnSsh):
    name = "certificate not taken"


@dataclass(frozen=True)
class PortForwarded(_OnSsh):
    name = "port forwarded"
    to: str
    """The name of the server that it leads to."""


# -- links -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _OfLink(_OnSsh):
    link: str
    """The link's name, which does not lead back to its token."""


@dataclass(frozen=True)
class LinkShown(_OfLink):
    name = "link shown"


@dataclass(frozen=True)
class LinkRanOut(_OfLink):
    name = "link ran out"


@dataclass(frozen=True)
class LoginLeft(_OfLink):
    name = "login left"


@dataclass(frozen=True)
class LinkApproved(_OfLink):
    name = "link approved"
    person: str
    """By their id, as in all events."""
    browser: str
    """The browser's address, as in all events."""


@dataclass(frozen=True)
class LinkDenied(_OfLink):
    name = "link denied"
    person: str
    browser: str


@dataclass(frozen=True)
class QuestionRefused(Event):
    name = "question refused"
    account: str
    link: str
    person: str
    browser: str


@dataclass(frozen=True)
class AnswerRefused(Event):
    name = "answer refused"
    account: str
    link: str
    person: str
    browser: str
    reason: str = "not the owner"


# -- on the web --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LoggedInAtInstitution(Event):
    name = "logged in at institution"
    person: str
    institution: str
    site: str
    """The site that sent the browser there."""
    browser: str


@dataclass(frozen=True)
class LogInRefused(Event):
    name = "log-in refused"
    site: str
    browser: str


@dataclass(frozen=True)
class LoggedOut(Event):
    name = "logged out"
    person: str
    browser: str


@dataclass(frozen=True)
class WrongAddress(Event):
    name = "wrong address"
    browser: str


@dataclass(frozen=True)
class FormRefused(Event):
    name = "form refused"
    browser: str
    path: str
