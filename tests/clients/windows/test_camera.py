"""Pictures of PuTTY's real configuration window: of what was done there, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.expecting.failure import Failure
from tests.support.windows import do

if TYPE_CHECKING:
    from mfa_guide.kinds.walkthrough.walker import Desktop


def test_a_picture_shows_what_was_done(desktop: Desktop) -> None:
    pictures = []
    for label in ("Bypass authentication entirely (SSH-2 only)", "Disconnect if authentication succeeds trivially"):
        steps = [f"- {verb}: {label}\n  picture: The box" for verb in ("tick", "ticked", "untick")]
        do(desktop, "- select: Session", "- select: Connection > SSH > Auth", *steps)
        pictures += [*desktop.pictures.values()]
    # A box looks as long as it is ticked, and no longer; which one is meant shows, too.
    assert pictures[0] == pictures[1]
    assert pictures[3] == pictures[4]
    assert len(set(pictures)) == 4


def test_there_is_no_picture_of_what_does_not_show(desktop: Desktop) -> None:
    do(desktop, "- select: Session")
    for unchanged_or_scrolled_away in ("Session", "Connection > SSH > Auth > Credentials"):
        with pytest.raises(Failure, match="nothing has changed in it: no picture of that"):
            do(desktop, f"- select: {unchanged_or_scrolled_away}\n  picture: A page")
