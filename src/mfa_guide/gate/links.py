"""Links that lead nowhere: to a file that is not there, or to a part that its page does not have."""

from __future__ import annotations

import contextlib
import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mfa_guide.base.errors import GuideError
from mfa_guide.expecting.nearest import nearest
from mfa_guide.guide.page import DOCS, NOTEBOOKS, links_in
from mfa_guide.kinds.notebook import read_notebook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mfa_guide.guide.guide import Guide
    from mfa_guide.guide.page import Link, Page

_EXTERNAL = re.compile(r"[a-z][a-z0-9+.-]*:|//|/", re.IGNORECASE)
_PAGE = ".md"


def dead(page: Page) -> Iterator[tuple[int, str]]:
    """Yield the links of a page that lead nowhere, each with its line and what is most like what it names."""
    yield from _dead(page.guide, page.name, page.links)


def dead_in_notebook(guide: Guide, path: Path) -> Iterator[tuple[int, str]]:
    """Yield the links of a notebook that lead nowhere, each with the number of its cell, from 1.

    Args:
        guide: the guide of which it is a tutorial.
        path: its file.

    Raises:
        GuideError: it cannot be read.
    """
    for number, cell in enumerate(read_notebook(guide.project, path)["cells"], start=1):
        if cell["cell_type"] == "markdown":
            links = links_in("".join(cell["source"]))
            yield from ((number, message) for _, message in _dead(guide, f"{NOTEBOOKS}/{path.name}", links))


def _dead(guide: Guide, of: str, links: Iterable[Link]) -> Iterator[tuple[int, str]]:
    """Yield the links of a page or a notebook that lead nowhere, by its path on the website; see `dead`."""
    for link in links:
        # What stands in double braces is known when the page is built.
        if "{{" not in (target := unquote(link.target)) and not _EXTERNAL.match(target):
            for message in _amiss(guide, of, *target.partition("#")[::2]):
                yield link.line, message


def _amiss(guide: Guide, of: str, file: str, anchor: str) -> Iterator[str]:
    name = posixpath.normpath(posixpath.join(posixpath.dirname(of), file)) if file else of
    if file and not _is_there(guide, name):
        yield f"the link goes to {file}, which does not exist{_nearest_page(guide, posixpath.dirname(of), name)}"
    elif anchor and name.endswith(_PAGE) and guide.has_page(name) and guide.anchors_are_known:
        # Another page that cannot be read is named where it is looked at.
        with contextlib.suppress(GuideError):
            known = guide.page(name).anchors
            if known is not None and anchor not in known:
                where = f"in {file}" if file else "on this page"
                yield f"the link goes to #{anchor}, which is not {where}{nearest(anchor, sorted(known))}"


def _is_there(guide: Guide, name: str) -> bool:
    if name.startswith(f"{NOTEBOOKS}/") and name.endswith(".ipynb"):
        # They lie beside docs/, and on the website as if they lay in it.
        return name in {guide.edition.path_of(path) for path in guide.notebooks()}
    return guide.has_page(name) if name.endswith(_PAGE) else guide.edition.file(f"{DOCS}/{name}").exists()


def _nearest_page(guide: Guide, folder: str, name: str) -> str:
    """Return the end of a sentence that names the page most like one that there is not, as seen from a folder."""
    if not name.endswith(_PAGE):
        return ""
    pages = [page for path in guide.files() if (page := guide.name_of(path))]
    return nearest(posixpath.relpath(name, folder or "."), [posixpath.relpath(page, folder or ".") for page in pages])
