"""Choosing what is carried out: the pages and notebooks that somebody names, in the order in which they build up.

Who names a snippet means the pages that show it.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError, UsageError
from mfa_guide.guide.page import DOCS, NOTEBOOKS, SNIPPETS
from mfa_guide.kinds import instructed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mfa_guide.guide.guide import Guide
    from mfa_guide.guide.page import Page


@dataclass(frozen=True)
class Chosen:
    """What of an edition is carried out."""

    guide: Guide
    files: Sequence[Path]
    """Its pages and notebooks, by their files."""


def choose(guides: Sequence[Guide], paths: Sequence[Path]) -> list[Chosen]:
    """Return the files of the pages and notebooks that `paths` name, for each edition in which there are any.

    Args:
        guides: the editions that are meant.
        paths: pages and notebooks, folders of them, or snippets; everything when empty.

    Raises:
        UsageError: a path is neither a page nor a notebook of the project, nor a folder with one, nor a snippet that a
            page shows.
    """
    chosen: dict[Guide, dict[Path, None]] = {
        guide: {} if paths else dict.fromkeys([*guide.files(), *guide.notebooks()]) for guide in guides
    }
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist")
        found = {guide: _named(guide, path.resolve()) for guide in guides}
        if not any(found.values()):
            project = guides[0].project
            if _is_snippet(guides, path.resolve()):
                raise UsageError(f"no page shows {path}")
            folders = " or ".join(f"{os.path.relpath(project / folder)}/" for folder in (DOCS, NOTEBOOKS))
            raise UsageError(f"{path} is neither a page nor a notebook below {folders}, nor a folder with them")
        for guide in guides:
            chosen[guide] |= dict.fromkeys(found[guide])
    return [Chosen(guide, in_order(guide, list(files))) for guide, files in chosen.items() if files]


def _named(guide: Guide, path: Path) -> list[Path]:
    """Return the files that one path names."""
    if _is_snippet([guide], path):
        return [file for file in guide.files() if _shows(guide, file, path)]
    return [file for file in (*guide.files(), *guide.notebooks()) if file.resolve().is_relative_to(path)]


def _is_snippet(guides: Sequence[Guide], path: Path) -> bool:
    layers = [layer for guide in guides for layer in guide.edition.layers]
    return any(path.is_relative_to((layer / SNIPPETS).resolve()) for layer in layers)


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
    if guide.name_of(file) is None:
        return []
    try:
        return [page.path for page in guide.before(guide.page_at(file))]
    except GuideError:
        # The gate says so.
        return []
