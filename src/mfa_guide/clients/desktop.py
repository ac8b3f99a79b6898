"""The desktop of a reader's machine: a screen, and the buses over which windows tell what is in them.

Nobody outside the machine sees it: an X server that draws into memory (Xvfb), a session bus, and the accessibility bus
(AT-SPI). There is no window manager: windows stand in the upper left corner, without a frame.

It runs in the machine, with Debian's Python: nothing is imported here that Debian's lacks.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCREEN = "1280x1024x24"
_BUS_LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
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
        launcher = subprocess.Popen(
            [_BUS_LAUNCHER, "--launch-immediately"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        programs.callback(_end, launcher)
        yield variables


@contextlib.contextmanager
def _program(*command: str) -> Iterator[str]:
    """Run a program that says in one line where it can be reached."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        _end(process)


def _end(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()
