"""Addresses of the web pages that somebody opens without having been given them: wrong links, wrong entrances.

Guessing is hopeless, but whoever runs the practice site may want to know of it. One line a minute for each browser's
address is enough: more would drive out of the log what else has happened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_guide.practice.rules.events import WrongAddress

if TYPE_CHECKING:
    from mfa_guide.practice.rules.clock import Clock
    from mfa_guide.practice.rules.state import State

SILENCE = 60
"""For how many seconds nothing more is noted of an address. Ours."""
MOST_ADDRESSES = 1000
"""Of how many addresses it is known when something was noted of them last. Ours."""


class Guesses:
    """Notes guesses, of each address at most one in a while."""

    def __init__(self, clock: Clock, state: State) -> None:
        self._clock = clock
        self._state = state
        self._noted: dict[str, float] = {}

    def wrong(self, browser: str) -> None:
        """A browser at that address has opened something that does not exist."""
        now = self._clock.now()
        if now - self._noted.get(browser, 0) < SILENCE:
            return
        self._noted.pop(browser, None)
        self._noted[browser] = now
        if len(self._noted) > MOST_ADDRESSES:
            del self._noted[next(iter(self._noted))]
        self._state.note(WrongAddress(browser))
