"""Titles: two pages of one name cannot be told apart in the navigation, nor in what a search finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_guide.gate.on_page import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.guide.guide import Guide


def twins(guide: Guide) -> Iterator[Finding]:
    """Yield the pages whose title an earlier one has.

    Raises:
        GuideError: a page cannot be read.
    """
    called: dict[str, str] = {}
    for page in guide.pages():
        first = called.setdefault(page.title.casefold(), page.where)
        if first != page.where:
            line = page.front_matter.lines.get("title", 1)
            yield Finding(page.where, line, f"{first} is called “{page.title}”, too: say what this one is")
