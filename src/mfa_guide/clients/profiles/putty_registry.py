"""PuTTY on Windows: a session in the registry, as a file that regedit imports: UTF-16 with a byte order mark, CRLF."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mfa_guide.clients.profiles import putty
from mfa_guide.clients.profiles.settings import NAME, Traits

if TYPE_CHECKING:
    from mfa_guide.clients.profiles.settings import Settings

TRAITS = Traits(
    importing=(
        "Save this with a name that ends in .reg, double-click it, and answer Yes.",
        f"PuTTY then lists it under Saved Sessions, as {NAME}.",
    ),
    key_needed=(putty.KEY_INTO_AGENT,),
    no_key_needed=(putty.EMPTY_AGENT,),
    takes_agent_along=True,
)

_HEADER = "Windows Registry Editor Version 5.00"
_PLACE = rf"[HKEY_CURRENT_USER\Software\SimonTatham\PuTTY\Sessions\{NAME}]"
_VALUE = re.compile(r'"(?P<name>\w+)"=(?:"(?P<text>(?:[^"\\]|\\["\\])*)"|dword:(?P<number>[0-9a-f]{8}))')


def write(settings: Settings, notes: tuple[str, ...]) -> bytes:
    """Return the profile.

    Args:
        settings: what it says.
        notes: its comment, a line each.
    """
    lines = [_HEADER, "", *(f"; {note}" for note in notes), "", _PLACE]
    lines += [f'"{name}"={_data(value)}' for name, value in putty.values(settings).items()]
    # The name of this codec says that it writes the mark itself, but in the order of this machine's bytes.
    return b"\xff\xfe" + "".join(f"{line}\r\n" for line in lines).encode("utf-16-le")


def read(content: bytes) -> Settings:
    """Return what a profile says.

    Raises:
        ValueError: it is none, or says too little.
    """
    header, *lines = content.decode("utf-16").split("\r\n")
    if header != _HEADER or _PLACE not in lines:
        raise ValueError("it is no session of PuTTY's from the registry")
    values: dict[str, str | int] = {}
    for line in lines[lines.index(_PLACE) + 1 :]:
        if not line:
            continue
        match = _VALUE.fullmatch(line)
        if match is None:
            raise ValueError(f"{line!r} is no value of the registry")
        values[match["name"]] = int(match["number"], 16) if match["number"] else re.sub(r"\\(.)", r"\1", match["text"])
    return putty.settings(values)


def _data(value: str | int) -> str:
    if isinstance(value, int):
        return f"dword:{value:08x}"
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'
