"""Closing the lab's SSH ports to addresses that may not connect, as a firewall does that drops packets.

A rule on answers, not on questions, needs no packet filter: the site's answers from a role's port to a closed address
go nowhere, so a client there times out, and the web stays reachable. Connections that were let in are marked and go on.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from mfa_guide.practice.lab.network import run_ip, run_ip_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mfa_guide.practice.lab.network import Pair
    from mfa_guide.practice.rules.access import Access
    from mfa_guide.practice.rules.roles import Role

_MARK = 1
_TCP = "6"
"""By number: its name is in a file that a small Debian does not have."""
_SHUT_WITHIN = 10
"""Seconds that the practice site may stand still for it. Ours; it takes some thousandths."""
_SO_MARK = 36
"""Linux's socket option, which Python's `socket` does not name."""


class Doors:
    """Which role is closed to which address."""

    def __init__(self, access: Access, roles: Sequence[tuple[Role, Pair]], closed: Collection[str]) -> None:
        """Close what is closed now.

        Args:
            access: decides.
            roles: each role with its addresses.
            closed: the addresses that may be closed.

        Raises:
            CannotRunError: the kernel does not allow it.
        """
        self._access = access
        self._roles = roles
        self._closed = closed
        self._shut: set[tuple[str, str]] = set()
        for family in ("-4", "-6"):
            run_ip(family, "rule", "add", "priority", "100", "fwmark", str(_MARK), "lookup", "main")
        self.update()

    def update(self) -> None:
        """Open and close what has changed.

        Everybody waits for this: a door is as it should be before a page or a client hears of it. So one process does
        all of it, with a limit of its own.

        Raises:
            CannotRunError: the kernel does not allow it, or it took too long.
        """
        wanted = {
            (pair.v6 if ":" in address else pair.v4, address)
            for role, pair in self._roles
            for address in self._closed
            if not self._access.may_connect(role, address)
        }
        lines: dict[str, list[str]] = {"-4": [], "-6": []}
        for action, doors in (("add", wanted - self._shut), ("del", self._shut - wanted)):
            for service, address in sorted(doors):
                rule = f"ipproto {_TCP} sport 22 from {service} to {address} blackhole"
                lines["-6" if ":" in address else "-4"].append(f"rule {action} priority 200 {rule}")
        for family, rules in lines.items():
            if rules:
                run_ip_lines(family, rules, within=_SHUT_WITHIN)
        self._shut = wanted

    @staticmethod
    def let_in(connection: socket.socket) -> None:
        """Mark a connection that was let in: closing the door does not end it."""
        connection.setsockopt(socket.SOL_SOCKET, _SO_MARK, _MARK)
