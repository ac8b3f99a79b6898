"""MobaXterm: a `.mxtsessions` file: INI, Windows-1252, CRLF. It has no comments.

The maker does not document the format; this is what others describe of version 23.6. A session is one line of parts
between `#`: its icon, the 35 fields of its connection between `%`, the terminal, and what else belongs to its tab.
"""

from __future__ import annotations

import configparser

from mfa_guide.clients.profiles import putty
from mfa_guide.clients.profiles.settings import NAME, Settings, Traits

TRAITS = Traits(
    importing=(
        "Save this with a name that ends in .mxtsessions.",
        "In MobaXterm, right-click User sessions, and import it from there.",
    ),
    key_needed=(putty.KEY_INTO_AGENT,),
    # MobaXterm has an agent of its own.
    no_key_needed=(
        "To answer once a day only, tick all boxes below SSH agents in Settings > Configuration > SSH, and restart it.",
    ),
    takes_agent_along=True,
)

_ENCODING = "cp1252"
_SECTION = "Bookmarks"
_ICON = "109"
_ON, _OFF = "-1", "0"

# The fields that matter here, by their place.
_HOST, _PORT, _USER, _ASKS_FOR_USER, _KEY, _TRIES_AGENT, _TAKES_AGENT_ALONG = 1, 2, 3, 12, 14, 33, 34

# What MobaXterm itself writes for a session that was only given a host. The file browser (16, 25) is on, with SFTP.
_SSH = "0%%22%%%-1%-1%%%%%0%-1%0%%%-1%0%0%0%%1080%%0%0%1%%0%%%%0%-1%-1%0"
_TERMINAL = (
    "MobaFont%10%0%0%-1%15%236,236,236%30,30,30%180,180,192%0%-1%0%%xterm%-1%0%_Std_Colors_0_%80%24%0%1%-1%<none>%"
    "%0%1%-1"
)
_TAB = "0# #-1"


def write(settings: Settings, notes: tuple[str, ...]) -> bytes:
    """Return the profile.

    Args:
        settings: what it says.
        notes: left out, as the format has no comments.
    """
    fields = _SSH.split("%")
    fields[_HOST], fields[_PORT], fields[_USER] = settings.host, str(settings.port), settings.user
    fields[_ASKS_FOR_USER] = _OFF
    fields[_KEY] = settings.key
    fields[_TAKES_AGENT_ALONG] = _ON if settings.takes_agent_along else _OFF
    session = f"{NAME}=#{_ICON}#{'%'.join(fields)}#{_TERMINAL}#{_TAB}"
    lines = [f"[{_SECTION}]", "SubRep=", "ImgNum=42", session]
    return "".join(f"{line}\r\n" for line in lines).encode(_ENCODING)


def read(content: bytes) -> Settings:
    """Return what a profile says.

    Raises:
        ValueError: it is none, or says something that no profile of the guide says.
    """
    parser = configparser.RawConfigParser(delimiters=("=",))
    try:
        parser.read_string(content.decode(_ENCODING))
        _, icon, connection, *_ = parser[_SECTION][NAME].split("#")
    except (configparser.Error, KeyError, ValueError):
        raise ValueError("it is no session of MobaXterm's") from None
    fields = connection.split("%")
    if icon != _ICON or len(fields) != len(_SSH.split("%")):
        raise ValueError("it is no SSH session of MobaXterm 23.6")
    if (fields[_TRIES_AGENT], fields[_ASKS_FOR_USER]) != (_ON, _OFF):
        raise ValueError("it asks for the user's name, or does not try the agent")
    return Settings(
        host=fields[_HOST],
        port=int(fields[_PORT]),
        user=fields[_USER],
        key=fields[_KEY],
        takes_agent_along=fields[_TAKES_AGENT_ALONG] == _ON,
    )
