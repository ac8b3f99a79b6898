"""The names in the front matter of a page: one that is misspelt would be ignored, and what it says with it."""

from __future__ import annotations

import contextlib
import difflib
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError
from mfa_guide.guide.front_matter import ASKED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.guide.page import Page

_NAMES = ("title", "description", ASKED, "practice")
"""What the front matter of every page may have; MkDocs, the theme and plugins have other names."""


def misspelt(page: Page) -> Iterator[tuple[int, str]]:
    """Yield the names that are nearly one of ours, each with its line."""
    for name in _given(page):
        near = difflib.get_close_matches(name, _NAMES, n=1, cutoff=0.8)
        if name not in _NAMES and near:
            yield page.front_matter.lines[name], f"front matter: `{name}` is ignored: write `{near[0]}`"


def undescribed(page: Page) -> Iterator[tuple[int, str]]:
    """Yield that a page has no description."""
    if "description" not in _given(page):
        yield 1, "front matter: write `description`, one sentence for those who choose between pages"


def undescribed_alone(page: Page) -> Iterator[tuple[int, str]]:
    """Yield that a page has no description, where another page of the guide has one.

    The build asks for it everywhere; a guide that is only carried out may do without.
    """
    if found := list(undescribed(page)):
        for path in page.guide.files():
            # Another page that cannot be read is named where it is looked at.
            with contextlib.suppress(GuideError):
                if "description" in _given(page.guide.page_at(path)):
                    yield from found
                    return


def answered_twice(page: Page) -> Iterator[tuple[int, str]]:
    """Yield the questions that another page says it answers, too: the search cannot lead to both first."""
    asked = {question.casefold(): question for question in page.front_matter.asked}
    if not asked:
        return
    for path in page.guide.files():
        # Another page that cannot be read is named where it is looked at.
        with contextlib.suppress(GuideError):
            other = page.guide.page_at(path)
            for question in {each.casefold() for each in other.front_matter.asked} & asked.keys():
                if other.name != page.name:
                    line = page.front_matter.lines[ASKED]
                    yield line, f"front matter: {other.where} answers “{asked[question]}”, too: leave it to one page"


def _given(page: Page) -> list[str]:
    """Return the names that have a value."""
    return [name for name, value in page.front_matter.values.items() if value]
