"""The names in the front matter of a page: one that is misspelt would be ignored, and what it says with it."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from mfa_guide.base import reading
from mfa_guide.guide.front_matter import FRONT_MATTER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.guide.page import Page

_NAMES = ("title", "description", "practice")
"""What the front matter of every page may have; MkDocs, the theme and plugins have other names."""


def misspelt(page: Page) -> Iterator[tuple[int, str]]:
    """Yield the names that are nearly one of ours, each with its line."""
    names = dict(_names(page))
    for name, line in names.items():
        near = difflib.get_close_matches(name, _NAMES, n=1, cutoff=0.8)
        if name not in _NAMES and near:
            yield line, f"front matter: `{name}` is ignored: write `{near[0]}`"


def undescribed(page: Page) -> Iterator[tuple[int, str]]:
    """Yield that a page has no description."""
    if "description" not in dict(_names(page)):
        yield 1, "front matter: write `description`, one sentence for those who choose between pages"


def _names(page: Page) -> Iterator[tuple[str, int]]:
    """Yield the names that have a value, each with its line."""
    match = FRONT_MATTER.match(page.path.read_text(encoding="utf-8"))
    if match:
        # The page was read: it is YAML, of the form `name: value`. The line with the dashes comes first.
        document = reading.parse_yaml(match["yaml"], before=1)
        yield from ((str(name), document.line((name,))) for name, value in (document.content or {}).items() if value)
