"""Addresses of the web pages that somebody opens without having been given them: wrong links, wrong entrances.

Guessing is hopeless, but whoever runs the practice site may want to know of it. One line a minute for each browser's
address is enough: more would drive out of the log what else has happened. Who guesses on and on gets no more answers
until the minute is over, so that guessing stays hopeless however fast the computer is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfa_guide.practice.rules.events import WrongAddress

if TYPE_CHECKING:
    from mfa_guide.practice.rules.clock import Clock
    from mfa_guide.practice.rules.state import State

PERIOD = 60
"""For how many seconds nothing more is noted of an address, and its guesses are counted. Ours."""
MOST_GUESSES = 100
"""How many guesses an address has in that time: more than anybody makes by hand. Ours."""
MOST_ADDRESSES = 1000
"""Of how many addresses it is known what they have guessed. Ours."""


@dataclass
class _Guessed:
    """What an address has guessed lately."""

    since: float
    wrong: int = 0


class Guesses:
    """Counts guesses, and notes of each address at most one in a while."""

    def __init__(self, clock: Clock, state: State) -> None:
        self._clock = clock
        self._state = state
        self._lately: dict[str, _Guessed] = {}

    def wrong(self, browser: str) -> None:
        """A browser at that address has opened something that does not exist."""
        guessed = self._of(browser)
        if guessed is None:
            self._lately.pop(browser, None)
            guessed = self._lately[browser] = _Guessed(self._clock.now())
            if len(self._lately) > MOST_ADDRESSES:
                del self._lately[next(iter(self._lately))]
            self._state.note(WrongAddress(browser))
        guessed.wrong += 1

    def too_many(self, browser: str) -> bool:
        """Tell whether so much was guessed from that address that nothing is answered there for a while."""
        guessed = self._of(browser)
        return guessed is not None and guessed.wrong >= MOST_GUESSES

    def _of(self, browser: str) -> _Guessed | None:
        guessed = self._lately.get(browser)
        return guessed if guessed and self._clock.now() - guessed.since < PERIOD else None
