"""Shapes: what may differ from the guide because it differs from login to login.

A snippet shows a real-looking sample. It stands for anything of the same shape, and for nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import product

LOGIN_LINK = re.compile(r"https?://[\w.-]+(?::\d+)?/[A-Za-z0-9]{16,24}(?!\w)")
"""A login link, as programs show it."""
ANY = "…"
"""Stands for at least one character; on a line of its own, for at least one line."""


@dataclass(frozen=True)
class Shape:
    """One kind of text that varies."""

    sample: str
    """Pattern by which a sample is recognised; its only group is the part that varies."""
    value: str
    """Pattern of what a sample stands for, understood by Python and by browsers."""
    binds: bool = False
    """Whether a sample stands for the same value everywhere on a page, and no other sample does."""


_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_ISO = [
    rf"\d{{4}}-\d{{2}}-\d{{2}}{between}{time}"
    for between, time in product("T ", (r"\d{2}:\d{2}:\d{2}", r"\d{2}:\d{2}"))
]
_DATES = [*_ISO, rf"{_DAY} {_MONTH} [ \d]\d \d{{2}}:\d{{2}}:\d{{2}} \d{{4}}", rf"{_MONTH} [ \d]\d \d{{2}}:\d{{2}}"]
_ADDRESS = r"(?:\d+(?:\.\d+){3}|\[[0-9a-fA-F:.]+\]|[0-9a-fA-F]*:[0-9a-fA-F:]+(?= port ))"

SHAPES = (
    # SHA-256 fingerprint of a key.
    Shape(r"\bSHA256:([A-Za-z0-9+/]{43})(?![A-Za-z0-9+/=])", "[A-Za-z0-9+/]{43}", binds=True),
    # MD5 fingerprint of a key.
    Shape(
        r"(?<![0-9a-f])(?<![0-9a-f]{2}:)((?:[0-9a-f]{2}:){15}[0-9a-f]{2})(?![0-9a-f:])",
        "(?:[0-9a-f]{2}:){15}[0-9a-f]{2}",
        binds=True,
    ),
    # Token of a login link. A long word without a digit is a page, not a token.
    Shape(r"https?://[\w.-]+(?::\d+)?/((?=\w*\d)[A-Za-z0-9]{16,24})(?!\w)", "[A-Za-z0-9]{16,24}", binds=True),
    *(Shape(rf"\b({date})(?![\d:])", date) for date in _DATES),
    # The client's port after its address. Well-known ports have fewer digits: they are not a sample.
    Shape(rf"{_ADDRESS}(?::| port )(\d{{5}})\b", r"\d{4,5}"),
)


@dataclass(frozen=True)
class Piece:
    """A part of an expected line: literal text, `…`, or a sample of a shape."""

    text: str
    shape: Shape | None = None

    @property
    def pattern(self) -> str:
        """What may stand there."""
        if self.shape:
            return self.shape.value
        return ".+?" if self.text == ANY else re.escape(self.text)


@cache
def pieces(text: str) -> tuple[Piece, ...]:
    """Take an expected line apart."""
    varying: dict[tuple[int, int], Shape | None] = {
        match.span(1): shape for shape in reversed(SHAPES) for match in re.finditer(shape.sample, text)
    }
    varying |= {match.span(): None for match in re.finditer(ANY, text)}
    found: list[Piece] = []
    at = 0
    for (start, end), shape in sorted(varying.items(), key=lambda item: (item[0][0], -item[0][1])):
        if start >= at:
            found += [Piece(text[at:start])] if start > at else []
            found.append(Piece(text[start:end], shape))
            at = end
    return (*found, Piece(text[at:])) if at < len(text) else tuple(found)


def browser_pattern(text: str) -> str:
    """Return a regular expression for a browser: an element whose whole text is what `text` stands for."""
    # In HTML any white space is a space.
    pattern = "".join(piece.pattern for piece in pieces(text)).replace(r"\ ", r"\s+")
    return rf"^\s*{pattern}\s*$"
