"""What escapes the check because no page leads to it: snippets, pages, notebooks and problems that nobody meets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mfa_guide.base.project import read_configuration
from mfa_guide.gate.links import dead_in_notebook
from mfa_guide.gate.on_page import Finding
from mfa_guide.guide.page import DOCS, SNIPPETS
from mfa_guide.kinds import instructed
from mfa_guide.kinds.notebook import find_notebooks, read_notebook
from mfa_guide.problems import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.guide.guide import Guide

ACCEPTED = "accepted-mutants.yml"
"""The list of changes to instructions that no check notices and no reader is misled by, below snippets/."""


def findings(guide: Guide) -> list[Finding]:
    """Return a finding for every snippet, page, notebook and entry of the catalogue of problems that nobody meets.

    Raises:
        GuideError: a page, a notebook or `mkdocs.yml` cannot be read.
    """
    named = _navigation(guide.project)
    return [*_snippets(guide), *_pages(guide, named), *_notebooks(guide, named), *_problems(guide)]


def _snippets(guide: Guide) -> Iterator[Finding]:
    folder = guide.project / SNIPPETS
    met = {folder / ACCEPTED}
    for block in (block for page in guide.pages() for block in page.blocks):
        if block.snippet and block.language in guide.kinds:
            met |= {*instructed(block.language).files(folder / block.snippet)}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith(".") and path not in met:
            yield Finding(_name(guide.project, path), 1, "no page shows this snippet: show it or delete it")


def _pages(guide: Guide, named: set[str] | None) -> Iterator[Finding]:
    for path in guide.files():
        if named is not None and path.relative_to(guide.docs).as_posix() not in named:
            yield Finding(_name(guide.project, path), 1, "the navigation in mkdocs.yml does not lead to this page")


def _notebooks(guide: Guide, named: set[str] | None) -> Iterator[Finding]:
    project = guide.project
    for path in find_notebooks(project):
        if named is not None and _name(project, path) not in named:
            yield Finding(_name(project, path), 1, "the navigation in mkdocs.yml does not lead to this notebook")
        for number, message in dead_in_notebook(guide, path):
            yield Finding(_name(project, path), 1, f"cell {number}: {message}")
        cells = read_notebook(project, path)["cells"]
        if any(cell["cell_type"] == "code" and cell.get("execution_count") is None for cell in cells):
            yield Finding(_name(project, path), 1, "a cell was never run: run all of it, and save it with its outputs")


def _problems(guide: Guide) -> Iterator[Finding]:
    """A page that shows some of its chapter of the catalogue shows all of it."""
    shown = {page.name: {id for _, id in page.problems} for page in guide.pages()}
    for chapter in catalogue.load(guide.policy.version):
        for entry in chapter.entries if shown.get(chapter.page) else ():
            if entry.id not in shown[chapter.page]:
                file = Path(chapter.page).stem
                write = f'write {{{{ problem("{entry.id}") }}}} here'
                yield Finding(f"{DOCS}/{chapter.page}", 1, f"{entry.id} of problems/{file}.yml is on no page: {write}")


def _navigation(project: Path) -> set[str] | None:
    """Everything that the navigation leads to; None when MkDocs makes one of all pages."""
    nav = read_configuration(project).get("nav")
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
