"""How many connections there may be: of an account, of an address, of those that have proved nothing yet, and in all.

A connection that has proved nothing is *silent*, or it *waits* for an answer to its link, where no key is needed.
Anybody can open both, so they cannot keep anybody out: where there are too many, the one that has been there longest
makes room, of the address that has most. All others know somebody's key or were answered, and are refused in words.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.practice.ssh.gateway import Connection

OF_ACCOUNT = 50
"""How many connections an account may have: twenty logins that wait, and programs that open several. Ours."""
OF_ADDRESS = 1_000
"""How many an address may have: a class of 200 is behind one, with five each. Ours."""
IN_ALL = 2_000
"""How many there may be. Ours."""
SILENT = 300
"""How many silent ones there may be, and how many that wait: a whole class logs in at the same moment. Ours."""


class TooManyConnectionsError(GuideError):
    """There are so many connections already that no other is let in."""


class Connections:
    """The connections that are open."""

    def __init__(self, in_all: int, silent: int) -> None:
        """Begin with none.

        Args:
            in_all: how many there may be that have proved a key; no more than this computer has room for.
            silent: how many silent ones there may be beside them, and how many that wait; likewise.
        """
        self._in_all = in_all
        self._most_silent = silent
        # By insertion: the one that has been there longest stands first.
        self._silent: dict[Connection, str] = {}
        self._waiting: dict[Connection, str] = {}
        self._known: dict[Connection, tuple[str, str]] = {}

    def __iter__(self) -> Iterator[Connection]:
        return iter([*self._silent, *self._waiting, *self._known])

    def __len__(self) -> int:
        return len(self._silent) + len(self._waiting) + len(self._known)

    def add(self, connection: Connection, address: str) -> None:
        """Note a connection that has come.

        Args:
            connection: the connection.
            address: where it comes from.
        """
        self._make_room(self._silent)
        self._silent[connection] = address

    def wait(self, connection: Connection, address: str) -> None:
        """Note that a connection that has proved nothing waits for an answer in the browser; see `add`."""
        if connection not in self._waiting:
            self._make_room(self._waiting)
            self._silent.pop(connection, None)
            self._waiting[connection] = address

    def _make_room(self, there: dict[Connection, str]) -> None:
        if len(there) < self._most_silent:
            return
        (busiest, _), *_ = Counter(there.values()).most_common(1)
        oldest = next(connection for connection, address in there.items() if address == busiest)
        self.remove(oldest)
        oldest.abort()

    def know(self, connection: Connection, account: str, address: str) -> None:
        """Note that a connection has proved a key, or was answered.

        Args:
            connection: the connection.
            account: whose key it is, or who has answered.
            address: where the connection comes from.

        Raises:
            TooManyConnectionsError: there are too many already.
        """
        # It may have been somebody else's before.
        known = [who for other, who in self._known.items() if other is not connection]
        others = Counter(name for who in known for name in who)
        if others[account] >= OF_ACCOUNT:
            raise TooManyConnectionsError(f"too many connections of {account} are open: end one first")
        if others[address] >= OF_ADDRESS:
            raise TooManyConnectionsError(f"too many connections from {address} are open: end one first")
        if len(known) >= self._in_all:
            raise TooManyConnectionsError("too many connections are open on the practice site: try again later")
        self._silent.pop(connection, None)
        self._waiting.pop(connection, None)
        self._known[connection] = (account, address)

    def remove(self, connection: Connection) -> None:
        """Note that a connection has ended. Does nothing when that is known already."""
        self._silent.pop(connection, None)
        self._waiting.pop(connection, None)
        self._known.pop(connection, None)
