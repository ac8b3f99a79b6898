"""Choosing what is carried out: the pages and notebooks that somebody names, in the order in which they build up.

Who names a snippet means the pages that show it.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError, UsageError
from mfa_guide.guide.page import DOCS, SNIPPETS
from mfa_guide.kinds import instructed
from mfa_guide.kinds.notebook import FOLDER, find_notebooks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mfa_guide.guide.guide import Guide
    from mfa_guide.guide.page import Page


def choose(guide: Guide, paths: Sequence[Path]) -> list[Path]:
    """Return the files of the pages and notebooks that `paths` name; all of the guide when it is empty.

    Raises:
        UsageError: a path is neither a page nor a notebook of the project, nor a folder with one, nor a snippet that a
            page shows.
    """
    every = [*guide.files(), *find_notebooks(guide.project)]
    files: dict[Path, None] = {} if paths else dict.fromkeys(every)
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist")
        absolute = path.resolve()
        if absolute.is_relative_to((guide.project / SNIPPETS).resolve()):
            found = [file for file in guide.files() if _shows(guide, file, absolute)]
            if not found:
                raise UsageError(f"no page shows {path}")
        else:
            found = [file for file in every if file.resolve().is_relative_to(absolute)]
        if not found:
            folders = " or ".join(f"{os.path.relpath(guide.project / folder)}/" for folder in (DOCS, FOLDER))
            raise UsageError(f"{path} is neither a page nor a notebook below {folders}, nor a folder with them")
        files |= dict.fromkeys(found)
    return list(files)


def files_of(page: Page) -> set[Path]:
    """Return the files that belong to the instructions of a page; some may not exist."""
    return {
        file
        for instruction in page.instructions
        for file in instructed(instruction.kind).files(page.snippet(instruction))
    }


def _shows(guide: Guide, file: Path, snippet: Path) -> bool:
    """Tell whether a page shows a snippet, or one that is in a folder."""
    # A page that cannot be read is told by whoever carries it out.
    with contextlib.suppress(GuideError):
        return any(shown.resolve().is_relative_to(snippet) for shown in files_of(guide.page_at(file)))
    return False


def in_order(guide: Guide, files: Sequence[Path]) -> list[Path]:
    """Return files in the order in which they are carried out: a page comes behind those that it needs."""
    ordered: dict[Path, None] = {}
    for file in files:
        ordered |= dict.fromkeys([*(path for path in _before(guide, file) if path in files), file])
    return list(ordered)


def _before(guide: Guide, file: Path) -> list[Path]:
    if not file.is_relative_to(guide.docs):
        return []
    try:
        return [page.path for page in guide.before(guide.page_at(file))]
    except GuideError:
        # The gate says so.
        return []
