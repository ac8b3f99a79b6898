"""Mouse and keyboard of the desktop, for the places of a window that tell nothing: PuTTY's terminal, FileZilla's lists.

Runs in the reader's machine, with Debian's Python and its binding.
"""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING, TypeVar

from gi.repository import Atspi

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfa_guide.clients.accessible import Box

_T = TypeVar("_T")

COLUMNS, ROWS = 80, 24
"""The size of PuTTY's terminal, unless somebody changes it."""
_BORDER = 1
"""What PuTTY leaves free around it, in pixels."""
_MARGIN = 30
"""How far from a corner of a list one clicks to be neither on a scroll bar nor on the titles above, in pixels."""
# How long, in seconds, a program may take to offer what was selected. Where nothing is, nothing is offered.
_OFFERED_WITHIN = 0.5
_GLANCE = 0.02
_KEYS = {"A": 38, "Ctrl": 37, "C": 54, "Enter": 36}
"""Codes of keys on the keyboard that X servers have when nobody chooses another: evdev's, `pc105`."""


def select(area: Box, start: tuple[int, int], end: tuple[int, int]) -> str:
    """Drag over a terminal with the mouse, and return what that copies.

    Args:
        area: where the terminal is on the screen.
        start: row and column of the first character.
        end: row and column of the last one.
    """
    forget()
    began = _point(area, start[0] + 0.5, start[1] + 0.1)
    _mouse("abs", *began)
    _mouse("b1p", *began)
    # What the pointer has passed the middle of belongs to it.
    ended = _point(area, end[0] + 0.5, end[1] + 0.9)
    _mouse("abs", *ended)
    _mouse("b1r", *ended)
    return _await(selection)


def double_click(area: Box, at: tuple[int, int]) -> str:
    """Click twice on a character of a terminal, given by its row and column, and return what that copies."""
    forget()
    _mouse("b1d", *_point(area, at[0] + 0.5, at[1] + 0.1))
    return _await(selection)


def place(area: Box, row: int, column: int, length: int) -> Box:
    """Return where on the screen a text of a terminal is, by its row and column; a wrapped one takes whole rows."""
    rows = -(-(column + length) // COLUMNS)
    first, last = (column, column + length) if rows == 1 else (0, COLUMNS)
    left, top = _point(area, row, first)
    right, bottom = _point(area, row + rows, last)
    return left, top, right - left, bottom - top


def forget() -> None:
    """Let nothing be selected: what was selected before must not be taken for what is."""
    # Only a quiet xclip stays in the foreground, where it can be ended: a page must not leave it behind.
    command = ["xclip", "-quiet", "-selection", "primary", "-in", "/dev/null"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as xclip:
        _await(lambda: not selection())
        xclip.terminate()


def selection() -> str:
    """Return what is selected: on X11 that is copied, too, and the middle button pastes it."""
    command = ["xclip", "-selection", "primary", "-out"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_OFFERED_WITHIN)
    except subprocess.TimeoutExpired:
        # A window that closes in between never answers.
        return ""
    return done.stdout


def _await(look: Callable[[], _T]) -> _T:
    """Return what is seen as soon as it is something, or after a while what is seen then."""
    deadline = time.monotonic() + _OFFERED_WITHIN
    while not (seen := look()) and time.monotonic() < deadline:
        time.sleep(_GLANCE)
    return seen


def click(area: Box) -> None:
    """Click on the middle of something."""
    _point_at(area)
    _mouse("b1c", area[0] + area[2] // 2, area[1] + area[3] // 2)


def pick(area: Box, name: str) -> None:
    """Pick an item of a list or a tree by its name: click into it, and type the name."""
    left, top, width, height = area
    _mouse("abs", left + width - _MARGIN, top + height - _MARGIN)
    _mouse("b1c", left + width - _MARGIN, top + height - _MARGIN)
    Atspi.generate_keyboard_event(0, name, Atspi.KeySynthType.STRING)


def type_text(area: Box, text: str) -> None:
    """Type into a terminal, and press Enter."""
    _point_at(area)
    Atspi.generate_keyboard_event(0, text, Atspi.KeySynthType.STRING)
    press_keys(area, "Enter")


def press_keys(area: Box, keys: str) -> None:
    """Press keys together, for instance `Ctrl+C`."""
    _point_at(area)
    codes = [_KEYS[key] for key in keys.split("+")]
    for code in codes:
        Atspi.generate_keyboard_event(code, None, Atspi.KeySynthType.PRESS)
    for code in reversed(codes):
        Atspi.generate_keyboard_event(code, None, Atspi.KeySynthType.RELEASE)


def _point_at(area: Box) -> None:
    # Without a window manager, what is typed goes to where the mouse is.
    _mouse("abs", area[0] + area[2] // 2, area[1] + area[3] // 2)


def _point(area: Box, row: float, column: float) -> tuple[int, int]:
    """Return a point in a terminal: 0.5 more is half a character further."""
    left, top, width, height = area
    across, down = column / COLUMNS, row / ROWS
    return round(left + _BORDER + across * (width - 2 * _BORDER)), round(top + _BORDER + down * (height - 2 * _BORDER))


def _mouse(event: str, x: int, y: int) -> None:
    Atspi.generate_mouse_event(x, y, event)
