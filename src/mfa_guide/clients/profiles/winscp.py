"""WinSCP: a site in an INI file, with PuTTY's names and escapes (source/core/SessionData.cpp of WinSCP 6)."""

from __future__ import annotations

import configparser
from typing import TYPE_CHECKING

from mfa_guide.clients.profiles import putty
from mfa_guide.clients.profiles.settings import NAME, Traits

if TYPE_CHECKING:
    from mfa_guide.clients.profiles.settings import Settings

TRAITS = Traits(
    importing=("In WinSCP's Login window, choose Tools > Import Sites, import from: INI file, and choose this file.",),
    key_needed=(putty.KEY_INTO_AGENT,),
    no_key_needed=("To answer once a day only, start Pageant first, and get a certificate into it.",),
    # Copying files needs no agent on the other side.
    takes_agent_along=False,
)

_SECTION = rf"Sessions\{NAME}"
_SFTP_ONLY = "2"


def write(settings: Settings, notes: tuple[str, ...]) -> bytes:
    """Return the profile.

    Args:
        settings: what it says.
        notes: its comment, a line each.
    """
    # What protocol carries files stands in the place of PuTTY's own.
    values = {name: putty.escape(str(value)) for name, value in putty.values(settings).items() if name != "Protocol"}
    lines = [*(f"; {note}" for note in notes), f"[{_SECTION}]"]
    lines += [f"{name}={value}" for name, value in (values | {"FSProtocol": _SFTP_ONLY}).items()]
    return "".join(f"{line}\r\n" for line in lines).encode()


def read(content: bytes) -> Settings:
    """Return what a profile says.

    Raises:
        ValueError: it is none, or says too little.
    """
    parser = configparser.RawConfigParser(comment_prefixes=(";",), delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(content.decode())
        section = parser[_SECTION]
    except (configparser.Error, KeyError):
        raise ValueError("it is no site of WinSCP's") from None
    if section.get("FSProtocol") != _SFTP_ONLY:
        raise ValueError("its protocol is not SFTP")
    return putty.settings({name: putty.unescape(value) for name, value in section.items()})
