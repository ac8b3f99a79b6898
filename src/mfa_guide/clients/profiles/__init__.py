"""Ready-made configurations of clients: written from the policy, and read back before anyone gets them.

    profile = make("winscp", "vsc98765", None, load("2026"))
    profile.content      # bytes, as the client wants them
    profile.importing    # what the user does with them, a sentence each

One module for each format. Where an agent offers the key, a profile names no key file, as the guide advises; where no
key is needed, only OpenSSH's does, and only for whoever asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mfa_guide.base.errors import GuideError, UsageError
from mfa_guide.clients.profiles import filezilla, mobaxterm, nx, openssh, putty_registry, putty_unix, winscp
from mfa_guide.clients.profiles.settings import Settings, Traits, check_account, check_key

if TYPE_CHECKING:
    from mfa_guide.policy import Policy


class Format(Protocol):
    """What a module of this package has."""

    @property
    def TRAITS(self) -> Traits:
        """What a profile in this format is like."""

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


_PAGE_FIRST = "Unless KU Leuven manages your computer, open https://{firewall} in your browser before you connect."


@dataclass(frozen=True)
class Profile:
    """A profile, and what to do with it."""

    content: bytes
    importing: tuple[str, ...]


def make(client: str, user: str, key: str | None, policy: Policy) -> Profile:
    """Return a user's profile for a client.

    Args:
        client: one of `FORMATS`.
        user: the VSC account.
        key: the path of the private key, on the computer that the profile is for; None without one.
        policy: has the host and the port, and says whether a key is needed.

    Raises:
        UsageError: there is no such client, or no machine for it, a key is needed and not there, or what is given
            cannot stand in a profile.
        GuideError: what was written would not be read as it was meant.
    """
    if client not in FORMATS:
        raise UsageError(f"there is no profile for {client!r}: choose {', '.join(FORMATS)}")
    wanted, traits = FORMATS[client], FORMATS[client].TRAITS
    if traits.host not in policy.facts:
        raise UsageError(f"{client} has ended: open {policy.text('ondemand')} in your browser instead")
    if key is None and policy.needs_key:
        raise UsageError(
            f"by the rules of {policy.version} a login takes a key: name it with --key, like {policy.text('key_file')}"
        )
    host, port, firewall = policy.fact(traits.host), policy.fact("ssh_port"), policy.text("firewall_host")
    key = "" if key is None else check_key(key, policy)
    if key and not policy.needs_key and not traits.holds_key:
        raise UsageError(f"a profile for {client} names no key, and a login takes none: leave out --key")
    # Without a key no login needs the agent: it is taken to the one machine that is there to fill it.
    apart = traits.has_part_for_firewall and not policy.needs_key
    settings = Settings(
        host=str(host),
        port=int(str(port)),
        user=check_account(user, policy),
        key=key if traits.holds_key else "",
        takes_agent_along=traits.takes_agent_along and not apart,
        firewall=firewall if apart else "",
    )
    ended = (f"{host} was in use until {host.until}: {host.note}.",) if host.until else ()
    advice = (
        *traits.importing,
        *(traits.key_needed if policy.needs_key else traits.no_key_needed),
        *((_PAGE_FIRST,) if "home" in policy.address.closed else ()),
    )
    importing = (*ended, *(line.format(host=host, key=key, firewall=firewall) for line in advice))
    content = wanted.write(settings, importing)
    if wanted.read(content) != settings:
        raise GuideError(f"a profile for {client} cannot hold {key}: use a key with a simpler name")
    return Profile(content, importing)
