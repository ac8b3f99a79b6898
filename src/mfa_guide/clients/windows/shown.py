"""What the windows of a program show: their titles, their lines of text, and which of them is in front."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING

from mfa_guide.clients.windows import terminal
from mfa_guide.clients.windows.control import Role
from mfa_guide.clients.windows.waiting import Gone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mfa_guide.clients.windows.control import Box, Control, Program


def titles(program: Program) -> list[str]:
    """Return the titles of a program's windows."""
    return [window.name for window in program.windows()]


def lines(program: Program) -> Iterator[tuple[str, Callable[[], Box]]]:
    """Yield every line of text in a program's windows, with what tells where it is."""
    shown = program.windows()
    for window in shown:
        for part in window.parts():
            if part.role != Role.TERMINAL:
                yield from ((line, partial(_box, part)) for line in part.content.splitlines() if line.strip())
            # Of terminals the mouse reaches only the one in front.
            elif window.key == shown[0].key:
                for row, line in terminal.rows(program, part):
                    if line.strip():
                        yield line, partial(terminal.place, part.box, row, 0, len(line))


def all_lines(program: Program) -> str:
    """Return all that a program's windows show, to be told when a step has failed."""
    with contextlib.suppress(Gone):
        return "\n".join(line for line, _ in lines(program))
    return ""


def _box(control: Control) -> Box:
    return control.box
