"""Waiting until something happens on the practice site, for answers that are held until then."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.practice.rules.state import State

MOST_WAITING = 500
"""How many answers may be held at once: one for each page that is open. Ours."""


class Bell:
    """Rings with every line of the audit log."""

    def __init__(self, state: State) -> None:
        """Listen to what is recorded in `state`."""
        self._waiting: set[asyncio.Future[None]] = set()
        self._taken = 0
        self.ended = False
        """Whether the practice site ends: nothing is worth waiting for."""
        self.rung = 0
        """How often it has rung."""
        state.watch(lambda _at, _event: self.ring())

    @property
    def may_wait(self) -> bool:
        """Whether there is a place for one more to wait, and something to wait for."""
        return not self.ended and self._taken < MOST_WAITING

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Take a place, for as long as an answer is held."""
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1

    def ring(self) -> None:
        """Wake all who wait."""
        self.rung += 1
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    def end(self) -> None:
        """Wake all who wait for the last time."""
        self.ended = True
        self.ring()

    async def wait(self, seconds: float) -> None:
        """Return when the bell rings, at the latest after that many seconds."""
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            await asyncio.wait([waiting], timeout=seconds)
        finally:
            self._waiting.discard(waiting)
