"""PuTTY on Linux and macOS: a file of `~/.putty/sessions`, whose name is the session's. It has no comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_guide.clients.profiles import putty
from mfa_guide.clients.profiles.settings import NAME, Traits

if TYPE_CHECKING:
    from mfa_guide.clients.profiles.settings import Settings

TRAITS = Traits(
    importing=(f"Its place is ~/.putty/sessions/{NAME}: PuTTY lists it as {NAME}, and plink -load {NAME} uses it.",),
    key_needed=(putty.KEY_INTO_AGENT,),
    no_key_needed=(putty.EMPTY_AGENT,),
    takes_agent_along=True,
)


def write(settings: Settings, notes: tuple[str, ...]) -> bytes:
    """Return the profile.

    Args:
        settings: what it says.
        notes: left out; PuTTY passes over lines that it does not know, but documents no comments.
    """
    return "".join(f"{name}={value}\n" for name, value in putty.values(settings).items()).encode()


def read(content: bytes) -> Settings:
    """Return what a profile says.

    Raises:
        ValueError: it is none, or says too little.
    """
    return putty.settings(dict(line.split("=", 1) for line in content.decode().splitlines()))
