"""What escapes the check because no page leads to it: snippets, pages and notebooks that nobody meets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mfa_guide.base.project import configuration
from mfa_guide.gate.on_page import Finding
from mfa_guide.guide.page import DOCS, SNIPPETS, find_pages, read_page
from mfa_guide.kinds.notebook import find_notebooks, read_notebook
from mfa_guide.kinds.transcript import by_version

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCEPTED = "accepted-mutants.yml"
"""The list of changes to instructions that no check notices and no reader is misled by, below snippets/."""


def findings(project: Path) -> list[Finding]:
    """Return a finding for every snippet, page and notebook that nobody meets.

    Raises:
        GuideError: a page, a notebook or `mkdocs.yml` cannot be read.
    """
    return [*_snippets(project), *_pages(project), *_notebooks(project)]


def _shown(project: Path) -> set[str | None]:
    pages = [read_page(project, path) for path in find_pages(project)]
    return {block.snippet for page in pages for block in page.blocks}


def _snippets(project: Path) -> Iterator[Finding]:
    shown = _shown(project)
    others = {Path(snippet).with_suffix(by_version.SUFFIX).as_posix() for snippet in shown if snippet}
    met = {*shown, *others, ACCEPTED}
    for path in sorted((project / SNIPPETS).rglob("*")):
        if (
            path.is_file()
            and not path.name.startswith(".")
            and path.relative_to(project / SNIPPETS).as_posix() not in met
        ):
            yield Finding(_name(project, path), 1, "no page shows this snippet: show it or delete it")


def _pages(project: Path) -> Iterator[Finding]:
    named = _navigation(project)
    if named is None:
        return
    for path in find_pages(project):
        if path.relative_to(project / DOCS).as_posix() not in named:
            yield Finding(_name(project, path), 1, "the navigation in mkdocs.yml does not lead to this page")


def _notebooks(project: Path) -> Iterator[Finding]:
    named = _navigation(project)
    for path in find_notebooks(project):
        if named is not None and _name(project, path) not in named:
            yield Finding(_name(project, path), 1, "the navigation in mkdocs.yml does not lead to this notebook")
        cells = read_notebook(project, path)["cells"]
        if any(cell["cell_type"] == "code" and cell.get("execution_count") is None for cell in cells):
            yield Finding(_name(project, path), 1, "a cell was never run: run all of it, and save it with its outputs")


def _navigation(project: Path) -> set[str] | None:
    """Everything that the navigation leads to; None when MkDocs makes one of all pages."""
    nav = configuration(project).get("nav")
    return None if nav is None else set(_leaves(nav))


def _leaves(nav: Any) -> Iterator[str]:
    match nav:
        case str():
            yield nav
        case list():
            for item in nav:
                yield from _leaves(item)
        case dict():
            yield from _leaves(list(nav.values()))


def _name(project: Path, path: Path) -> str:
    return path.relative_to(project).as_posix()
