"""Review dates: when somebody has to look again at what is not checked.

No other check depends on them, so that nothing turns red because a day has passed but the job that looks here.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from mfa_guide.gate.on_page import Finding
from mfa_guide.kinds.unchecked import UNCHECKED

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from mfa_guide.guide.page import Page


def passed(page: Page, today: datetime.date) -> list[Finding]:
    """Return a finding for every review date of a page that has passed."""
    return [
        Finding(page.where, line, f"{what} was to be looked at again before {date}")
        for line, what, date in unchecked(page)
        if date <= today
    ]


def unchecked(page: Page) -> Iterator[tuple[int, str, datetime.date]]:
    """Yield what a page says is not checked: its line, what it is, and before which day somebody looks at it again."""
    for label, reason in page.practice.labels.items():
        yield page.practice.line("labels", label), f"the label “{label}”", reason.review
    for block in page.blocks:
        if block.language == UNCHECKED.name:
            # The gate names a date that is none.
            with contextlib.suppress(ValueError):
                yield block.line, "this block", UNCHECKED.read(block.given()).review
