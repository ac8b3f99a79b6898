"""Choosing what is carried out: the pages and notebooks that somebody names, in the order in which they build up."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError, UsageError
from mfa_guide.guide.page import DOCS
from mfa_guide.kinds.notebook import FOLDER, find_notebooks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mfa_guide.guide.guide import Guide


def choose(guide: Guide, paths: Sequence[Path]) -> list[Path]:
    """Return the files of the pages and notebooks that `paths` name; all of the guide when it is empty.

    Raises:
        UsageError: a path is neither a page nor a notebook of the project, nor a folder with one.
    """
    every = [*guide.files(), *find_notebooks(guide.project)]
    files: dict[Path, None] = {} if paths else dict.fromkeys(every)
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist")
        absolute = path.resolve()
        found = [file for file in every if file.resolve().is_relative_to(absolute)]
        if not found:
            folders = " or ".join(f"{os.path.relpath(guide.project / folder)}/" for folder in (DOCS, FOLDER))
            raise UsageError(f"{path} is neither a page nor a notebook below {folders}, nor a folder with them")
        files |= dict.fromkeys(found)
    return list(files)


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
