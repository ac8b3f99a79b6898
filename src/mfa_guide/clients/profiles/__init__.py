"""Ready-made configurations of clients: written from the policy, and read back before anyone gets them.

    profile = make("winscp", "vsc98765", "~/.ssh/id_rsa_vsc", load("2024"))
    profile.content      # bytes, as the client wants them
    profile.importing    # what the user does with them, a sentence each

One module for each format. Where an agent offers the key, a profile names no key file, as the guide advises.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mfa_guide.base.errors import GuideError, UsageError
from mfa_guide.clients.profiles import filezilla, mobaxterm, nx, openssh, putty_registry, putty_unix, winscp
from mfa_guide.clients.profiles.settings import Settings, check_account, check_key

if TYPE_CHECKING:
    from mfa_guide.policy import Policy


class Format(Protocol):
    """What a module of this package has."""

    @property
    def IMPORTING(self) -> tuple[str, ...]:
        """What the user does with a profile, a line each, with `{host}` and `{key}` where they belong."""

    @property
    def HOLDS_KEY(self) -> bool:
        """Whether the guide's profile names the key: where the client needs it even beside an agent."""

    @property
    def TAKES_AGENT_ALONG(self) -> bool:
        """Whether the guide's profile forwards the agent."""

    def write(self, settings: Settings, notes: tuple[str, ...]) -> bytes:
        """Return a profile that says `settings`, with `notes` in a comment, a line each, if the format has comments."""

    def read(self, content: bytes) -> Settings:
        """Return what a profile says.

        Raises:
            ValueError: it is none, says too little, or says something that no profile of the guide says.
        """


FORMATS: dict[str, Format] = {
    "openssh": openssh,
    "putty-reg": putty_registry,
    "putty-unix": putty_unix,
    "mobaxterm": mobaxterm,
    "nx": nx,
    "filezilla": filezilla,
    "winscp": winscp,
}
"""The formats, by the name that the command line has for the client."""


@dataclass(frozen=True)
class Profile:
    """A profile, and what to do with it."""

    content: bytes
    importing: tuple[str, ...]


def make(client: str, user: str, key: str, policy: Policy) -> Profile:
    """Return a user's profile for a client.

    Args:
        client: one of `FORMATS`.
        user: the VSC account.
        key: the path of the private key, on the computer that the profile is for.
        policy: has the host and the port.

    Raises:
        UsageError: there is no such client, or what is given cannot stand in a profile.
        GuideError: what was written would not be read as it was meant.
    """
    if client not in FORMATS:
        raise UsageError(f"there is no profile for {client!r}: choose {', '.join(FORMATS)}")
    wanted = FORMATS[client]
    host, port = policy.fact("nx_host" if client == "nx" else "login_host"), policy.fact("ssh_port")
    key = check_key(key, policy)
    settings = Settings(
        host=str(host),
        port=int(str(port)),
        user=check_account(user, policy),
        key=key if wanted.HOLDS_KEY else "",
        takes_agent_along=wanted.TAKES_AGENT_ALONG,
    )
    ended = (f"{host} was in use until {host.until}: {host.note}.",) if host.until else ()
    importing = (*ended, *(line.format(host=host, key=key) for line in wanted.IMPORTING))
    content = wanted.write(settings, importing)
    if wanted.read(content) != settings:
        raise GuideError(f"a profile for {client} cannot hold {key}: use a key with a simpler name")
    return Profile(content, importing)
