"""Connections that are open without a use."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio.trsock import TransportSocket

MOST_SILENT = 300
"""How many there may be. Ours: browsers open some before they need them, and a class has many."""


class Silent:
    """Connections on which nothing is asked: when there are too many, the oldest makes room.

    So nobody is kept out by connections that are only held open, not even before their encryption has begun.
    """

    def __init__(self, most: int) -> None:
        """Begin with none.

        Args:
            most: how many there may be.
        """
        self._most = most
        self._open: dict[int, socket.socket | TransportSocket] = {}

    def add(self, connection: socket.socket | TransportSocket) -> None:
        """Note a connection that has come, or that was answered."""
        for number, other in list(self._open.items()):
            if other.fileno() != number:
                del self._open[number]
        while len(self._open) >= self._most:
            oldest = self._open.pop(next(iter(self._open)))
            with contextlib.suppress(OSError):
                oldest.shutdown(socket.SHUT_RDWR)
        self._open[connection.fileno()] = connection

    def speaks(self, number: int) -> None:
        """Note that something was asked on the connection with this file descriptor."""
        self._open.pop(number, None)
