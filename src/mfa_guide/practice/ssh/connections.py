"""How many connections there may be: of an account, of an address, of those that have proved nothing yet, and in all.

A connection that has not proved a key is *silent*. Anybody can open those, so they cannot keep anybody out: where there
are too many, the one that has been silent longest makes room. All others know somebody's key, and are refused in words.
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
"""How many silent ones there may be: a whole class logs in at the same moment. Ours."""


class TooManyConnectionsError(GuideError):
    """There are so many connections already that no other is let in."""


class Connections:
    """The connections that are open."""

    def __init__(self, in_all: int, silent: int) -> None:
        """Begin with none.

        Args:
            in_all: how many there may be that have proved a key; no more than this computer has room for.
            silent: how many there may be beside them; likewise.
        """
        self._in_all = in_all
        self._most_silent = silent
        # By insertion: the one that has been silent longest stands first.
        self._silent: dict[Connection, None] = {}
        self._known: dict[Connection, tuple[str, str]] = {}

    def __iter__(self) -> Iterator[Connection]:
        return iter([*self._silent, *self._known])

    def __len__(self) -> int:
        return len(self._silent) + len(self._known)

    def add(self, connection: Connection) -> None:
        """Note a connection that has come; when there are too many silent ones, the oldest is ended."""
        if len(self._silent) >= self._most_silent:
            oldest = next(iter(self._silent))
            self.remove(oldest)
            oldest.abort()
        self._silent[connection] = None

    def know(self, connection: Connection, account: str, address: str) -> None:
        """Note that a connection has proved a key.

        Args:
            connection: the connection.
            account: whose key it is.
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
        self._known[connection] = (account, address)

    def remove(self, connection: Connection) -> None:
        """Note that a connection has ended. Does nothing when that is known already."""
        self._silent.pop(connection, None)
        self._known.pop(connection, None)
