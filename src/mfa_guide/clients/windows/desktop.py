"""The desktop of a reader's machine: a screen, and the buses over which windows tell what is in them.

Nobody outside the machine sees it: an X server that draws into memory (Xvfb), a session bus, and the accessibility bus
(AT-SPI). There is no window manager: windows stand in the upper left corner, without a frame.
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

_SCREEN = "1280x1024x24"
_BUS_LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
STARTS_WITHIN = 30
"""Seconds in which a program can be reached, on a computer that is busy. Ours."""
_SETTINGS = {
    # Settings of the desktop are not what a page is about: they are not kept in the home.
    "GSETTINGS_BACKEND": "memory",
    # GTK 3 has the bridge to the accessibility bus in it; GTK 2 loads it.
    "GTK_MODULES": "gail:atk-bridge",
}


@contextlib.contextmanager
def running() -> Iterator[dict[str, str]]:
    """Run a desktop for as long as the context lasts.

    Yields:
        The variables by which programs find it; they are in this process's environment too.

    Raises:
        FileNotFoundError: a program that it needs is not installed.
        CannotRunError: one does not start.
    """
    variables = dict(_SETTINGS)
    os.environ |= _SETTINGS
    with contextlib.ExitStack() as programs:
        screen = programs.enter_context(
            _program("Xvfb", "-displayfd", "1", "-screen", "0", _SCREEN, "-nolisten", "tcp", "-noreset")
        )
        variables["DISPLAY"] = f":{screen}"
        os.environ |= variables
        bus = programs.enter_context(_program("dbus-daemon", "--session", "--nofork", "--print-address=1"))
        variables["DBUS_SESSION_BUS_ADDRESS"] = bus
        os.environ |= variables
        # The bus starts it, too, for the first program that asks; but then nobody here can end it.
        programs.callback(_end, Child([_BUS_LAUNCHER, "--launch-immediately"], _BUS_LAUNCHER))
        yield variables


@contextlib.contextmanager
def _program(*command: str) -> Iterator[str]:
    """Run a program that says in one line where it can be reached."""
    name = command[0]
    process = Child(command, name)
    try:
        address = process.line(STARTS_WITHIN).strip()
        if not address:
            raise CannotRunError(f"{name} does not start: {process.last_words() or 'it says nothing'}")
        yield address
    finally:
        _end(process)


def _end(process: Child) -> None:
    if not process.ended:
        os.kill(process.pid, signal.SIGTERM)
    process.end()
