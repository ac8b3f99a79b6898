"""Pictures of the desktop: of a window, with a part of it outlined, once everything in it is drawn."""

from __future__ import annotations

import base64
import io
import os
import time
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageGrab

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfa_guide.clients.windows.control import Box

TIMEOUT = 10.0
"""How long a program may take to draw what it tells already, in seconds."""
_GLANCE = 0.05
_OUTLINE = "#d32f2f"
_LINE = 2
"""The width of the outline, in pixels."""
_COLOURS = 64
"""How many a picture has: windows have few, and the file becomes small."""


class NotDrawn(Exception):
    """The screen does not show what the program tells; the message says so."""


def look(area: Box) -> bytes:
    """Return what a part of the screen looks like, to be compared."""
    seen: bytes = _grab(area).tobytes()
    return seen


def is_blank(area: Box) -> bool:
    """Tell whether a part of the screen shows nothing but one colour."""
    return _is_blank(_grab(area))


def take(window: Callable[[], Box], part: Callable[[], Box], before: bytes | None = None) -> str:
    """Take a picture of a window.

    A program tells of what it has not drawn yet, so this waits until two looks are the same, and the part is no empty
    space.

    Args:
        window: tells where it is.
        part: tells where the part that is outlined is.
        before: what that looked like before something was done to it; it must look different now.

    Returns:
        The picture, PNG in base64.

    Raises:
        NotDrawn: the screen does not come to this.
    """
    deadline = time.monotonic() + TIMEOUT
    last = None
    while True:
        left, top, wide, high = around = window()
        x, y, width, height = inner = part()
        picture = _grab(around)
        corners = (x - left, y - top, x - left + width, y - top + height)
        # What a list has scrolled away may be told to lie far off.
        if -width < corners[0] < wide and -height < corners[1] < high:
            shown = picture.crop(corners)
            if not _is_blank(shown) and shown.tobytes() != before and picture.tobytes() == last:
                break
        if time.monotonic() > deadline:
            raise NotDrawn("the window does not show what it tells, or nothing has changed in it: no picture of that")
        last = picture.tobytes()
        time.sleep(_GLANCE)
    if inner != around:
        ImageDraw.Draw(picture).rectangle(_around(corners, picture.size), outline=_OUTLINE, width=_LINE)
    file = io.BytesIO()
    picture.quantize(_COLOURS).save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def _is_blank(picture: Image.Image) -> bool:
    return all(darkest == brightest for darkest, brightest in picture.getextrema())


def _grab(area: Box) -> Image.Image:
    left, top, width, height = area
    return ImageGrab.grab((left, top, left + width, top + height), xdisplay=os.environ["DISPLAY"])


def _around(corners: Box, size: tuple[int, int]) -> Box:
    """Return what to draw around a part of a picture, all of it within the picture."""
    left, top, right, bottom = corners
    width, height = size
    return max(left - _LINE, 0), max(top - _LINE, 0), min(right + _LINE, width) - 1, min(bottom + _LINE, height) - 1
