"""What a page needs from an earlier one: `practice: after:` in its front matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError
from mfa_guide.guide.page import DOCS, read_page

if TYPE_CHECKING:
    from mfa_guide.guide.page import Page


def before(page: Page) -> list[Page]:
    """Return the pages that the reader has worked through before this one, in order.

    Raises:
        GuideError: one of them does not exist, needs this one itself, or is carried out at another place.
    """
    pages = [page]
    while after := pages[0].practice.after:
        where = f"{DOCS}/{pages[0].name}:{pages[0].practice.line('after')}: `practice.after`"
        path = page.project / DOCS / after
        if not path.is_file():
            raise GuideError(f"{where}: {DOCS}/{after} does not exist")
        earlier = read_page(page.project, path)
        if earlier.name in [later.name for later in pages]:
            raise GuideError(f"{where}: {DOCS}/{after} needs this page itself")
        if earlier.practice.place != pages[0].practice.place:
            raise GuideError(f"{where}: the reader of {DOCS}/{after} is at another place, on another machine")
        pages.insert(0, earlier)
    return pages[:-1]


def label_of(page: Page, label: str) -> str:
    """Return the label with which a reader who follows `label` on a later page has followed an earlier one."""
    return label if label in page.labels else page.labels[0]
