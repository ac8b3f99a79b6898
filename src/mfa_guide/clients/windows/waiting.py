"""Looking until what a step needs is there, or until it is clear that it does not come."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")

TIMEOUT = 10.0
"""How long a step waits for the control that it needs, in seconds."""
SEES_WITHIN = 30.0
"""How long it may take until something is to be seen, in seconds: FileZilla gives up a login after 20."""
MOVES_WITHIN = 120.0
"""How long the mouse may have to be moved, in seconds: PuTTYgen looks long for a key on a busy computer."""
GLANCE = 0.05
"""The time between two looks, in seconds."""


class StepFailed(Exception):
    """The windows have not what the step needs; the message says what they have instead."""


class Gone(Exception):
    """A window has closed while somebody looked at it, or used it; the message may say how that was told."""


class NotYet(Exception):
    """What a step needs is not there; the message says what is there instead."""


def until(look: Callable[[], _T], within: float | None = None) -> _T:
    """Look until it is there.

    Args:
        look: returns what is looked for, or raises `NotYet`.
        within: how long, in seconds; `TIMEOUT` when it is not given.

    Raises:
        StepFailed: it is still not there.
    """
    deadline = time.monotonic() + (TIMEOUT if within is None else within)
    while True:
        try:
            return look()
        except NotYet as error:
            reason = str(error)
        except Gone:
            reason = "the window closes"
        if time.monotonic() > deadline:
            raise StepFailed(reason)
        time.sleep(GLANCE)
