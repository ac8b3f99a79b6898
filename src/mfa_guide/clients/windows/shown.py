"""What the windows of a program show: their titles, their lines of text, and which of them is in front."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING

from gi.repository import GLib

from mfa_guide.clients.windows import terminal
from mfa_guide.clients.windows.accessible import windows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mfa_guide.clients.windows.accessible import Box, Control


def titles(program: str) -> list[str]:
    """Return the titles of a program's windows."""
    return [window.name for window in windows(program)]


def lines(program: str) -> Iterator[tuple[str, Callable[[], Box]]]:
    """Yield every line of text in a program's windows, with what tells where it is."""
    shown = windows(program)
    for window in shown:
        for part in window.parts():
            if part.role != terminal.ROLE:
                yield from ((line, partial(_box, part)) for line in part.content.splitlines() if line.strip())
            # Of terminals the mouse reaches only the one in front.
            elif window == shown[0]:
                for row, line in terminal.rows(part):
                    if line.strip():
                        yield line, partial(terminal.place, part.box, row, 0, len(line))


def all_lines(program: str) -> str:
    """Return all that a program's windows show, to be told when a step has failed."""
    with contextlib.suppress(GLib.Error):
        return "\n".join(line for line, _ in lines(program))
    return ""


def _box(control: Control) -> Box:
    return control.box
