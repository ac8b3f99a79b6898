"""Sockets that listen, also when this process can have no more connections open.

asyncio's own way then is one message with a traceback for each connection that waits, again and again, and deafness
(`_accept_connection` of its selector loop goes on after EMFILE). Here the connection is taken and closed, with a
descriptor that is kept for that, and whoever runs the practice site is told once.

A connection that has to make room gives its descriptor back only when the loop has come round a few times, and many
may come within one round: so nobody is refused before the loop had time to end those.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
from typing import TYPE_CHECKING, Any

from mfa_guide.base import descriptors

if TYPE_CHECKING:
    from mfa_guide.practice.web.silent import Silent

ROUNDS = 50
"""How often the loop comes round, with no room each time, before somebody is refused. Ours: one that makes room is gone
after about five, a round takes some microseconds when nothing else is to be done."""


class Listener(socket.socket):
    """A socket that listens."""

    _reserve: int | None = None
    _told = False

    @classmethod
    def over(cls, listener: socket.socket, silent: Silent | None = None) -> Listener:
        """Take over a socket that listens already.

        Args:
            listener: the socket; it is of no use afterwards.
            silent: knows the connections on which nothing has been asked; None where others do.
        """
        taken = cls(listener.family, listener.type, listener.proto, fileno=listener.detach())
        taken._silent = silent
        if Listener._reserve is None:
            Listener._reserve = os.open(os.devnull, os.O_RDONLY)
        return taken

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._silent: Silent | None = None
        self._rounds_without_room = 0

    def accept(self) -> tuple[socket.socket, Any]:
        """Take the next connection.

        Raises:
            BlockingIOError: there is none, or none can be had.
        """
        try:
            connection, address = super().accept()
        except OSError as error:
            # EAGAIN: nobody waits any more.
            if not descriptors.is_no_room(error) or isinstance(error, BlockingIOError):
                raise
            self._rounds_without_room += 1
            if self._silent:
                # Who had asked when they came has been heard since, and may have gone silent.
                self._silent.make_room()
            if self._rounds_without_room > ROUNDS:
                self._refuse()
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from None
        self._rounds_without_room = 0
        if self._silent:
            self._silent.add(connection)
        return connection, address

    def _refuse(self) -> None:
        if not Listener._told:
            Listener._told = True
            print(
                "mfa-guide: this process can have no more connections open, so new ones are refused until others end",
                file=sys.stderr,
            )
        if Listener._reserve is not None:
            os.close(Listener._reserve)
            Listener._reserve = None
        with contextlib.suppress(OSError):
            super().accept()[0].close()
        with contextlib.suppress(OSError):
            Listener._reserve = os.open(os.devnull, os.O_RDONLY)
