"""What a client needs to know about the machine on which it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mfa_guide.base.program import run

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Sequence

ANSWERS_WITHIN = 60.0
"""How long a command may take that has nothing to wait for, in seconds."""


class Machine(Protocol):
    """The machine at which the reader sits."""

    def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
        """Return the command line that runs `command` there, as the reader, in the reader's home.

        Args:
            command: the program and its arguments.
            tty: whether it gets the terminal in which the returned command line is started.
        """


def ask(machine: Machine, command: Sequence[str], *, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command that has nothing to wait for, and return what it says.

    Args:
        machine: where.
        command: the program and its arguments.
        given: what it reads from standard input.

    Raises:
        CannotRunError: it does not end.
    """
    name = f"`{' '.join(command).splitlines()[0]}`"
    return run(machine.argv(command), name, within=ANSWERS_WITHIN, text=given)
