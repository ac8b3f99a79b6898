"""Running a command in a machine of the lab for a person or a script outside."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pexpect

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from mfa_guide.practice.lab import LabMachine


def run_in(machine: LabMachine, command: Sequence[str]) -> int:
    """Run a command in a machine, connected to this process's input and output, and return its exit status.

    At a terminal it gets a terminal of its own, from which it cannot type into the caller's.

    Args:
        machine: the machine.
        command: the program and its arguments; an interactive bash when empty.
    """
    words = list(command) or ["bash", "--norc", "--noprofile"]
    if sys.stdin.isatty() and sys.stdout.isatty():
        return _at_terminal(machine, words)
    if not command:
        words.append("-i")
    done = subprocess.run(machine.argv(words))
    return done.returncode if done.returncode >= 0 else 128 - done.returncode


def _at_terminal(machine: LabMachine, words: list[str]) -> int:
    size = shutil.get_terminal_size()
    program, *arguments = machine.argv(words, tty=True)
    child = pexpect.spawn(program, arguments, dimensions=(size.lines, size.columns), timeout=None)

    def resized(_number: int, _frame: FrameType | None) -> None:
        size = os.get_terminal_size()
        child.setwinsize(size.lines, size.columns)

    before = signal.signal(signal.SIGWINCH, resized)
    try:
        child.interact(escape_character=None)
    finally:
        signal.signal(signal.SIGWINCH, before)
        child.close()
    return child.exitstatus if child.exitstatus is not None else 128 + (child.signalstatus or 0)
