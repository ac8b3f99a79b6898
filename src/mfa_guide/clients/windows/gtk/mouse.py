"""The mouse of the desktop: where a window tells nothing, and where asking it over the bus would not do."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from gi.repository import Atspi

from mfa_guide.clients.windows.control import middle

if TYPE_CHECKING:
    from mfa_guide.clients.windows.control import Box, Point

_MOVES = 100
"""How often the mouse is moved before somebody looks again."""


def point_at(area: Box) -> None:
    """Move to the middle of something: without a window manager, what is typed goes to where the mouse is."""
    _send("abs", middle(area))


def click(area: Box) -> None:
    """Click on the middle of something."""
    click_at(middle(area))


def click_at(point: Point) -> None:
    """Click on a point."""
    _send("abs", point)
    _send("b1c", point)


def click_right_at(point: Point) -> None:
    """Click on a point with the right button."""
    _send("abs", point)
    _send("b3c", point)


def double_click_at(point: Point) -> None:
    """Click twice on a point."""
    _send("b1d", point)


def drag(start: Point, end: Point) -> None:
    """Move from one point to another with the button held down."""
    _send("abs", start)
    _send("b1p", start)
    _send("abs", end)
    _send("b1r", end)


def wander(area: Box) -> None:
    """Move for a while in a part of the screen, here and there."""
    left, top, width, height = area
    for _ in range(_MOVES):
        _send("abs", (left + random.randrange(width), top + random.randrange(height)))


def _send(event: str, point: Point) -> None:
    Atspi.generate_mouse_event(*point, event)
