"""The mouse of the desktop: where a window tells nothing, and where asking it over the bus would not do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gi.repository import Atspi

if TYPE_CHECKING:
    from mfa_guide.clients.windows.accessible import Box

Point = tuple[int, int]
"""How far from the left and from the top of the screen, in pixels."""


def point_at(area: Box) -> None:
    """Move to the middle of something: without a window manager, what is typed goes to where the mouse is."""
    _send("abs", _middle(area))


def click(area: Box) -> None:
    """Click on the middle of something."""
    click_at(_middle(area))


def click_at(point: Point) -> None:
    """Click on a point."""
    _send("abs", point)
    _send("b1c", point)


def double_click_at(point: Point) -> None:
    """Click twice on a point."""
    _send("b1d", point)


def drag(start: Point, end: Point) -> None:
    """Move from one point to another with the button held down."""
    _send("abs", start)
    _send("b1p", start)
    _send("abs", end)
    _send("b1r", end)


def _middle(area: Box) -> Point:
    left, top, width, height = area
    return left + width // 2, top + height // 2


def _send(event: str, point: Point) -> None:
    Atspi.generate_mouse_event(*point, event)
