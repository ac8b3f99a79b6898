"""Connections that are open without a use."""

from __future__ import annotations

import contextlib
import select
import socket
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio.trsock import TransportSocket
    from collections.abc import Iterable

MOST_SILENT = 300
"""How many there may be. Ours: browsers open some before they need them, and a class has many."""


def _asked(numbers: Iterable[int]) -> set[int]:
    """Return those of the file descriptors on which something has come that was not read yet."""
    if sys.platform == "win32":
        # It cannot be asked of many at once there, where one person practises.
        return set()
    poll = select.poll()
    for number in numbers:
        poll.register(number, select.POLLIN)
    return {number for number, _ in poll.poll(0)}


class Silent:
    """Connections on which nothing is asked: when there are too many, the oldest makes room.

    So nobody is kept out by connections that are only held open, not even before their encryption has begun. Who has
    asked something that the loop has not read yet is not silent: many may come within one of its rounds.
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
        self.make_room()
        self._open[connection.fileno()] = connection

    def make_room(self) -> None:
        """End the oldest ones, if there is no room for another."""
        self._open = {number: other for number, other in self._open.items() if other.fileno() == number}
        too_many = len(self._open) - self._most + 1
        if too_many <= 0:
            return
        asked = _asked(self._open)
        for number in [number for number in self._open if number not in asked][:too_many]:
            with contextlib.suppress(OSError):
                self._open.pop(number).shutdown(socket.SHUT_RDWR)

    def speaks(self, number: int) -> None:
        """Note that something was asked on the connection with this file descriptor."""
        self._open.pop(number, None)
