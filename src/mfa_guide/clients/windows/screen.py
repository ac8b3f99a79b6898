"""The screen of the reader's machine: an X server that draws into memory (Xvfb). Nobody outside the machine sees it.

There is no window manager: windows stand where they put themselves.
"""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING

from mfa_guide.base.child import Child
from mfa_guide.base.errors import CannotRunError

if TYPE_CHECKING:
    from collections.abc import Iterator

STARTS_WITHIN = 30
"""Seconds in which a program can be reached, on a computer that is busy. Ours."""


@contextlib.contextmanager
def running(size: str) -> Iterator[str]:
    """Run a screen for as long as the context lasts, and yield the name by which programs find it (`DISPLAY`).

    Args:
        size: its width and height in pixels, and the bits of its colours: `1280x1024x24`.

    Raises:
        FileNotFoundError: Xvfb is not installed.
        CannotRunError: it does not start.
    """
    with program("Xvfb", "-displayfd", "1", "-screen", "0", size, "-nolisten", "tcp", "-noreset") as number:
        yield f":{number}"


@contextlib.contextmanager
def program(*command: str) -> Iterator[str]:
    """Run a program that says in one line where it can be reached, and yield that line.

    Raises:
        FileNotFoundError: it is not installed.
        CannotRunError: it does not start.
    """
    name = command[0]
    process = Child(command, name)
    try:
        address = process.line(STARTS_WITHIN).strip()
        if not address:
            raise CannotRunError(f"{name} does not start: {process.last_words() or 'it says nothing'}")
        yield address
    finally:
        end(process)


def end(process: Child) -> None:
    """End a program that does not end with its input."""
    if not process.ended:
        os.kill(process.pid, signal.SIGTERM)
    process.end()
