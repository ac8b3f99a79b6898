"""What PuTTY's saved sessions have in common, on Windows and elsewhere, and with WinSCP's, which began as PuTTY's.

The names are those of PuTTY 0.78 (settings.c); this program's own saved sessions are what they are tested with.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mfa_guide.clients.profiles.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_INTO_AGENT = "Start Pageant, and add your key to it: {key}"
"""What the user does before the first login with one of these, who has a key."""
EMPTY_AGENT = "To answer once a day only, start Pageant first: it may be empty, and a login puts a certificate into it."
"""What the user may do who has none, where the agent is taken along."""


def values(settings: Settings) -> dict[str, str | int]:
    """Return a saved session's values by their names; what is on or off is 1 or 0."""
    return {
        "HostName": settings.host,
        "PortNumber": settings.port,
        "Protocol": "ssh",
        "UserName": settings.user,
        "TryAgent": 1,
        "AgentFwd": int(settings.takes_agent_along),
        "AuthKI": 1,
        # Said even when it is empty: an import leaves what it does not name as it was. With a key file, PuTTY would
        # use that key of the agent only, and never the certificate.
        "PublicKeyFile": settings.key,
    }


def settings(values: Mapping[str, str | int]) -> Settings:
    """Return what a saved session's values say.

    Raises:
        ValueError: they say too little, or something that no profile of the guide says.
    """
    for name, expected in (("TryAgent", 1), ("AuthKI", 1)):
        if int(values.get(name, 0)) != expected:
            raise ValueError(f"its {name} is not {expected}")
    try:
        return Settings(
            host=str(values["HostName"]),
            port=int(values["PortNumber"]),
            user=str(values["UserName"]),
            key=str(values.get("PublicKeyFile", "")),
            takes_agent_along=bool(int(values.get("AgentFwd", 0))),
        )
    except KeyError as error:
        raise ValueError(f"it has no {error.args[0]}") from None


def escape(text: str) -> str:
    """Return a name or a value as WinSCP writes it: bytes that could mean something else as % and two digits."""
    # A byte order mark says that what follows is UTF-8.
    source = text.encode() if text.isascii() else b"\xef\xbb\xbf" + text.encode()
    plain = re.compile(rb"[^\x00-\x20\\*?%\x7f-\xff]")
    return "".join(
        chr(byte) if plain.match(bytes([byte])) and not (at == 0 and byte == ord(".")) else f"%{byte:02X}"
        for at, byte in enumerate(source)
    )


def unescape(text: str) -> str:
    """Return what `escape` was given.

    Raises:
        ValueError: it is not UTF-8.
    """
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes.fromhex(match[1].decode()), text.encode()).decode(
        "utf-8-sig"
    )
