"""The keyboard of the desktop. What is typed goes to where the mouse is: that comes first, always."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gi.repository import Atspi

from mfa_guide.clients.windows.gtk import mouse

if TYPE_CHECKING:
    from mfa_guide.clients.windows.control import Box

_MARGIN = 30
"""How far from a corner of a list one clicks to be neither on a scroll bar nor on the titles above, in pixels."""
_KEYS = {"A": 38, "Ctrl": 37, "C": 54, "V": 55, "Enter": 36, "Esc": 9}
"""Codes of keys on the keyboard that X servers have when nobody chooses another: evdev's, `pc105`."""


def type_line(area: Box, text: str) -> None:
    """Type into something, and press Enter."""
    mouse.point_at(area)
    _type(text)
    press(area, "Enter")


def press(area: Box, keys: str) -> None:
    """Press keys together, for instance `Ctrl+C`."""
    mouse.point_at(area)
    codes = [_KEYS[key] for key in keys.split("+")]
    for code in codes:
        Atspi.generate_keyboard_event(code, None, Atspi.KeySynthType.PRESS)
    for code in reversed(codes):
        Atspi.generate_keyboard_event(code, None, Atspi.KeySynthType.RELEASE)


def pick(area: Box, name: str) -> None:
    """Pick an item of a list or a tree by its name: click into it, and type the name."""
    left, top, width, height = area
    mouse.click_at((left + width - _MARGIN, top + height - _MARGIN))
    _type(name)


def _type(text: str) -> None:
    Atspi.generate_keyboard_event(0, text, Atspi.KeySynthType.STRING)
