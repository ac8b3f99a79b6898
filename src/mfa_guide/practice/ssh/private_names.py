"""What the gateway asks of asyncssh that has no public name, beside partial success (see `partial_success.py`).

Both modules were read against the release that `pyproject.toml` pins, and are read again when it changes.
"""

from __future__ import annotations

import asyncio
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import asyncssh
from asyncssh.constants import MSG_CHANNEL_REQUEST
from asyncssh.packet import SSHPacket, String

if TYPE_CHECKING:
    from asyncssh.agent import SSHAgentListener
    from asyncssh.public_key import SSHOpenSSHCertificate

MOST_UNSENT = 4_000_000
"""How many bytes may wait for a client to take them before no more are made for it. Ours."""
_PAUSE = 0.05
AT_ONCE = 32
"""How many bytes of what is typed in a terminal are worked on in one turn. Ours: asyncssh's line editor draws the rest
of the line anew for each, which in a line of its greatest length takes about half a millisecond."""


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


def make_channel(connection: asyncssh.SSHServerConnection) -> asyncssh.SSHServerChannel[str]:
    """Return a channel for a session that lets others have their turn, and takes what is no text."""
    # What a session is sent may be no text: it goes on all the same.
    channel: asyncssh.SSHServerChannel[str] = connection.create_server_channel(errors="replace")
    # asyncssh has no public way to have another kind made.
    channel.__class__ = _Channel
    return channel


class _NoSocket:
    """What asyncssh keeps of an agent that no other program can reach."""

    def get_path(self) -> str:
        """Return where others find it."""
        return "nowhere"

    def close(self) -> None:
        """End nothing."""


class _Channel(asyncssh.SSHServerChannel[str]):
    """A channel for a session.

    In a terminal asyncssh works on all that has come before anybody else has a turn: on 90 kB, which one packet more or
    less can hold, for half a minute. So it is handed on a little at a time, and the client may send more once all of it
    was. What the line editor draws is not made faster than the client takes it.

    The line is drawn anew for each size of the window, too: of many that come at once, only the last one counts.

    What ought to be a name and is no text is one that is not known: that request fails, and nothing else does.
    """

    _turn: asyncio.Handle | None = None
    _resizing: asyncio.Handle | None = None
    _drawn_for: tuple[int, ...] = ()
    """The last size of the window of which the session was told."""

    def _deliver_data(self, data: bytes, datatype: int | None) -> None:
        if self._term_type is None:
            super()._deliver_data(data, datatype)
            return
        if rest := data[AT_ONCE:]:
            self._recv_buf.insert(0, (rest, datatype))
        window = self._init_recv_window
        if self._recv_buf:
            # As long as it is 0, the client is not told to send more.
            self._init_recv_window = 0
        try:
            super()._deliver_data(data[:AT_ONCE], datatype)
        finally:
            self._init_recv_window = window
        # The session may have paused it by itself, and then goes on by itself.
        if not self._recv_paused:
            self.pause_reading()
            self._wait(0)

    def _wait(self, seconds: float) -> None:
        if self._turn is None:
            self._turn = self._loop.call_later(seconds, self._go_on)

    def _go_on(self) -> None:
        self._turn = None
        transport = self._conn and self._conn._transport
        if not transport or self._recv_state == "closed":
            return
        if self._recv_state == "close_pending":
            # Whoever has typed it does not wait for what comes of it.
            self._recv_buf.clear()
        elif _unsent(self, transport) > MOST_UNSENT:
            self._wait(_PAUSE)
            return
        self.resume_reading()

    async def _finish_agent_req_request(self) -> None:
        """Let the client forward its agent. asyncssh offers it to other programs, too, by a socket in a file."""
        assert self._conn
        if not hasattr(asyncio, "start_unix_server") and not self._conn._agent_listener:
            # Windows has none, and the gateway reaches the agent by the connection.
            self._conn._agent_listener = cast("SSHAgentListener", _NoSocket())
        await super()._finish_agent_req_request()

    def _process_request(self, pkttype: int, pktid: int, packet: SSHPacket) -> None:
        """Take a request."""
        name = packet.get_string()
        known = name if name.isascii() else b"no text"
        super()._process_request(pkttype, pktid, SSHPacket(String(known) + packet.get_remaining_payload()))

    def _process_pty_req_request(self, packet: SSHPacket) -> bool:
        """Open a terminal."""
        # Looking at its name takes nothing from the packet.
        name = SSHPacket(packet.get_remaining_payload()).get_string()
        return name.isascii() and super()._process_pty_req_request(packet)

    def _process_window_change_request(self, packet: SSHPacket) -> bool:
        """Take the size of the client's window."""
        self._term_size = tuple(packet.get_uint32() for _ in range(4))  # type: ignore[assignment]
        packet.check_end()
        if self._resizing is None:
            self._resize()
        return True

    def _resize(self) -> None:
        self._resizing = None
        transport = self._conn and self._conn._transport
        if not transport or self._session is None or self._term_size == self._drawn_for:
            return
        if _unsent(self, transport) <= MOST_UNSENT:
            self._drawn_for = self._term_size
            self._session.terminal_size_changed(*self._term_size)
        self._resizing = self._loop.call_later(_PAUSE, self._resize)

    def _process_exec_request(self, packet: SSHPacket) -> bool:
        """Start a command. One that is no UTF-8 is a command, too: the shell says what it does not know of it."""
        command = packet.get_string().decode("utf-8", errors="replace")
        packet.check_end()
        return self._start_session(command=command)

    _packet_handlers = MappingProxyType(  # type: ignore[assignment]
        {**asyncssh.SSHServerChannel._packet_handlers, MSG_CHANNEL_REQUEST: _process_request}
    )
