"""Labels of tabs: one that is misspelt is a label of its own, and whoever follows the right one never sees its tab."""

from __future__ import annotations

import contextlib
import difflib
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.guide.page import Page


def nearly_others(page: Page) -> Iterator[tuple[int, str]]:
    """Yield the tabs whose label is nearly that of other tabs of the guide, each with its line and what to do.

    Tabs of one group are alternatives: their labels differ on purpose, and so do those that differ by a number.
    """
    if not page.tabs:
        return
    together = list(_groups(page))
    often = Counter(label for group in together for label in group)
    for tab in page.tabs:
        beside = {label for group in together if tab.label in group for label in group}
        others = {_plain(label): label for label in often if label not in beside and often[label] >= often[tab.label]}
        for near in difflib.get_close_matches(_plain(tab.label), others, n=1, cutoff=0.8):
            if near == _plain(tab.label) or _unnumbered(near) != _unnumbered(_plain(tab.label)):
                yield (
                    tab.line,
                    f"the label “{tab.label}” is nearly “{others[near]}”, which other tabs have: write it as they do",
                )


def _groups(page: Page) -> Iterator[set[str]]:
    """Yield the labels of each group of tabs of the guide."""
    for path in page.guide.files():
        # Another page that cannot be read is named where it is looked at.
        with contextlib.suppress(GuideError):
            groups: dict[int, set[str]] = defaultdict(set)
            for tab in page.guide.page_at(path).tabs:
                groups[tab.group].add(tab.label)
            yield from groups.values()


def _plain(label: str) -> str:
    return label.casefold()


def _unnumbered(label: str) -> str:
    return re.sub(r"\d+", "", label)
