"""The practice site's clock: real time, which a trainer or a test can move forward."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

from mfa_guide.base.errors import UsageError

MOST_AHEAD = 36_525 * 86_400
"""How far the clock can be ahead of real time, in seconds: a hundred years. Ours."""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_shift(text: str) -> int:
    """Return the seconds that a shift such as `+16h`, `+90d` or `+5m` stands for.

    Raises:
        UsageError: it is something else, or goes back.
    """
    match = re.fullmatch(r"\+(\d{1,6})([smhd])", text)
    if not match:
        raise UsageError(f"cannot move the clock by {text!r}: write +30s, +5m, +16h or +90d")
    return int(match[1]) * _UNITS[match[2]]


class Clock:
    """Seconds since 1970, moved forward by what was asked for."""

    def __init__(self) -> None:
        self._ahead = 0

    @property
    def ahead(self) -> int:
        """How many seconds the clock is ahead of real time."""
        return self._ahead

    def now(self) -> float:
        """Return the practice site's time, in seconds since 1970."""
        return time.time() + self._ahead

    def date(self) -> datetime:
        """Return the practice site's time as a date in UTC."""
        return datetime.fromtimestamp(self.now(), UTC)

    def move(self, seconds: int) -> None:
        """Move the clock `seconds` forward."""
        self._ahead += seconds
