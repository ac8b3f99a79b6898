"""What the gateway asks of asyncssh that has no public name, beside partial success (see `partial_success.py`).

Both modules were read against the release that `pyproject.toml` pins, and are read again when it changes.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncssh
    from asyncssh.public_key import SSHOpenSSHCertificate

MOST_UNSENT = 4_000_000
"""How many bytes may wait for a client to take them before no more are made for it. Ours."""
_PAUSE = 0.05


def ends_at(certificate: SSHOpenSSHCertificate) -> int:
    """Return when a certificate ends, in seconds since 1970. asyncssh only tells whether it has, by the real clock."""
    return certificate._valid_before


async def until_sent(channel: asyncssh.SSHServerChannel[Any]) -> None:
    """Wait until little is left of what was written to a client.

    `drain` of asyncssh waits while the client's window is closed. A client that opens it wide and takes nothing is
    known to the connection's transport only.
    """
    # Where everything is taken at once, nobody else would have a turn.
    await asyncio.sleep(0)
    transport = channel.get_connection()._transport
    while transport and not channel.is_closing() and _unsent(channel, transport) > MOST_UNSENT:
        await asyncio.sleep(_PAUSE)


def _unsent(channel: asyncssh.SSHServerChannel[Any], transport: asyncio.Transport) -> int:
    return channel.get_write_buffer_size() + transport.get_write_buffer_size()
