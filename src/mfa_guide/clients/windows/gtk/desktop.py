"""The desktop of a reader's machine: a screen, and the buses over which windows tell what is in them.

These are a session bus, and the accessibility bus (AT-SPI).
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from mfa_guide.base.child import Child
from mfa_guide.clients.windows import screen

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
        CannotRunError: one does not start.
    """
    variables = dict(_SETTINGS)
    os.environ |= _SETTINGS
    with contextlib.ExitStack() as programs:
        variables["DISPLAY"] = programs.enter_context(screen.running(_SCREEN))
        os.environ |= variables
        bus = programs.enter_context(screen.program("dbus-daemon", "--session", "--nofork", "--print-address=1"))
        variables["DBUS_SESSION_BUS_ADDRESS"] = bus
        os.environ |= variables
        # The bus starts it, too, for the first program that asks; but then nobody here can end it.
        programs.callback(screen.end, Child([_BUS_LAUNCHER, "--launch-immediately"], _BUS_LAUNCHER))
        yield variables
