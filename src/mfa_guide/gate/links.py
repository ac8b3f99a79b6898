"""Links that lead nowhere: to a file that is not there, or to a part that its page does not have."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mfa_guide.base.errors import GuideError
from mfa_guide.expecting.nearest import nearest
from mfa_guide.guide.page import links_in
from mfa_guide.kinds.notebook import FOLDER as NOTEBOOKS
from mfa_guide.kinds.notebook import read_notebook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mfa_guide.guide.guide import Guide
    from mfa_guide.guide.page import Link, Page

_EXTERNAL = re.compile(r"[a-z][a-z0-9+.-]*:|//|/", re.IGNORECASE)
_PAGE = ".md"


def dead(page: Page) -> Iterator[tuple[int, str]]:
    """Yield the links of a page that lead nowhere, each with its line and what is most like what it names."""
    yield from _dead(page.guide, page.path, page.links)


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
            yield from ((number, message) for _, message in _dead(guide, _beside(guide) / path.name, links))


def _beside(guide: Guide) -> Path:
    """Return the folder in which the website has notebooks: they lie beside docs/, as if they lay in it."""
    return guide.docs / NOTEBOOKS


def _dead(guide: Guide, of: Path, links: Iterable[Link]) -> Iterator[tuple[int, str]]:
    """Yield the links of a file that lead nowhere; see `dead`."""
    for link in links:
        # What stands in double braces is known when the page is built.
        if "{{" not in (target := unquote(link.target)) and not _EXTERNAL.match(target):
            for message in _amiss(guide, of, *target.partition("#")[::2]):
                yield link.line, message


def _amiss(guide: Guide, of: Path, file: str, anchor: str) -> Iterator[str]:
    path = Path(os.path.normpath(of.parent / file)) if file else of
    if file and not _is_there(guide, path):
        yield f"the link goes to {file}, which does not exist{_nearest_file(guide, of.parent, path)}"
    elif anchor and path.suffix == _PAGE and guide.anchors_are_known:
        # Another page that cannot be read is named where it is looked at.
        with contextlib.suppress(GuideError):
            known = guide.page_at(path).anchors
            if known is not None and anchor not in known:
                where = f"in {file}" if file else "on this page"
                yield f"the link goes to #{anchor}, which is not {where}{nearest(anchor, sorted(known))}"


def _is_there(guide: Guide, path: Path) -> bool:
    return path.exists() or (
        path.is_relative_to(_beside(guide)) and (guide.project / path.relative_to(guide.docs)).exists()
    )


def _nearest_file(guide: Guide, folder: Path, path: Path) -> str:
    """Return the end of a sentence that names the page most like one that there is not, as seen from a folder."""
    if path.suffix != _PAGE:
        return ""
    return nearest(os.path.relpath(path, folder), [os.path.relpath(other, folder) for other in guide.files()])
