"""What a client needs to know about the machine on which it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class Machine(Protocol):
    """The machine at which the reader sits."""

    def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
        """Return the command line that runs `command` there, as the reader, in the reader's home.

        Args:
            command: the program and its arguments.
            tty: whether it gets the terminal in which the returned command line is started.
        """
