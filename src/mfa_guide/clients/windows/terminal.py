"""PuTTY's terminal, which tells nothing of what is in it: it is read by selecting all of it with the mouse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mfa_guide.clients.windows.control import Role
from mfa_guide.clients.windows.waiting import NotYet, until
from mfa_guide.expecting.nearest import nearest
from mfa_guide.expecting.shapes import browser_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.clients.windows.control import Box, Control, Point, Program

_COLUMNS, _ROWS = 80, 24
"""The size of PuTTY's terminal, unless somebody changes it."""
_BORDER = 1
"""What PuTTY leaves free around it, in pixels."""


def of(program: Program) -> Control:
    """Return the terminal of a program.

    Raises:
        StepFailed: it opens none.
    """

    def look() -> Control:
        for window in program.windows():
            for part in window.parts():
                if part.role == Role.TERMINAL:
                    return part
        raise NotYet(f"no window of {program.name} has a terminal")

    return until(look)


def rows(program: Program, terminal: Control) -> Iterator[tuple[int, str]]:
    """Yield the lines of a terminal, each with its row."""
    row = 0
    for line in _select(program, terminal, (0, 0), (_ROWS - 1, _COLUMNS - 1)).splitlines():
        yield row, line
        # What was wrapped is copied as one line.
        row += max(1, -(-len(line) // _COLUMNS))


def place(area: Box, row: int, column: int, length: int) -> Box:
    """Return where on the screen a text of a terminal is, by its row and column; a wrapped one takes whole rows."""
    taken = -(-(column + length) // _COLUMNS)
    first, last = (column, column + length) if taken == 1 else (0, _COLUMNS)
    left, top = _point(area, row, first)
    right, bottom = _point(area, row + taken, last)
    return left, top, right - left, bottom - top


def copy(program: Program, text: str) -> tuple[str, Box]:
    """Drag over a text, and return what that copies, and where it is.

    Args:
        program: in whose terminal it stands.
        text: what it should be; samples in it stand for what varies.

    Raises:
        StepFailed: it is not there, or something else is copied.
    """

    terminal = of(program)

    def look() -> tuple[str, Box]:
        found, row, column = _find(program, terminal, text)
        copied = _select(program, terminal, (row, column), (row, column + len(found) - 1))
        if copied != found:
            raise NotYet(f"dragging over “{found}” copies “{copied}”")
        return copied, place(terminal.box, row, column, len(found))

    return until(look)


def double_click(program: Program, text: str, copies: str) -> str:
    """Click twice on the middle of a text, and return what that copies.

    Args:
        program: in whose terminal it stands.
        text: what it should be; samples in it stand for what varies.
        copies: what should be copied.

    Raises:
        StepFailed: it is not there, or something else is copied.
    """

    terminal = of(program)

    def look() -> str:
        point = _in_the_middle(program, terminal, text)
        program.toolkit.forget()
        terminal.double_click_at(point)
        copied = program.toolkit.copied()
        if not re.match(browser_pattern(copies), copied):
            raise NotYet(f"a double click on “{text}” copies “{copied}”")
        return copied

    return until(look)


def click_right(program: Program, text: str) -> None:
    """Click with the right button on the middle of a text; samples in it stand for what varies.

    Raises:
        StepFailed: it is not there.
    """
    terminal = of(program)
    copied = program.toolkit.copied()
    point = until(lambda: _in_the_middle(program, terminal, text))
    # It was read by selecting it: what the reader has copied is what may be pasted.
    program.toolkit.put_back(copied)
    terminal.click_right_at(point)


def _find(program: Program, terminal: Control, text: str) -> tuple[str, int, int]:
    """Return a text as it stands in a terminal, with its row and column."""
    pattern = re.compile(browser_pattern(text).removeprefix(r"^\s*").removesuffix(r"\s*$"))
    lines = [*rows(program, terminal)]
    for row, line in lines:
        if match := pattern.search(line):
            return match[0], row, match.start()
    raise NotYet(f"the terminal does not show “{text}”{nearest(text, [line for _, line in lines])}")


def _in_the_middle(program: Program, terminal: Control, text: str) -> Point:
    """Return a point in the middle of a text."""
    found, row, column = _find(program, terminal, text)
    return _point(terminal.box, row + 0.5, column + len(found) // 2 + 0.1)


def _select(program: Program, terminal: Control, start: tuple[int, int], end: tuple[int, int]) -> str:
    """Drag over a terminal with the mouse, and return what that copies.

    Args:
        program: whose terminal it is.
        terminal: the terminal.
        start: row and column of the first character.
        end: row and column of the last one.
    """
    program.toolkit.forget()
    # What the pointer has passed the middle of belongs to it.
    terminal.drag(
        _point(terminal.box, start[0] + 0.5, start[1] + 0.1), _point(terminal.box, end[0] + 0.5, end[1] + 0.9)
    )
    return program.toolkit.copied()


def _point(area: Box, row: float, column: float) -> Point:
    """Return a point in a terminal: 0.5 more is half a character further."""
    left, top, width, height = area
    across, down = column / _COLUMNS, row / _ROWS
    return round(left + _BORDER + across * (width - 2 * _BORDER)), round(top + _BORDER + down * (height - 2 * _BORDER))
