"""What escapes the check because no page leads to it: snippets, pages, notebooks and problems that nobody meets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mfa_guide.gate import addresses, titles
from mfa_guide.gate.links import dead_in_notebook
from mfa_guide.gate.on_page import Finding
from mfa_guide.guide.page import SNIPPETS
from mfa_guide.kinds import instructed
from mfa_guide.kinds.notebook import read_notebook, rules_of
from mfa_guide.problems import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.guide.guide import Guide

ACCEPTED = "accepted-mutants.yml"
"""The list of changes to instructions that no check notices and no reader is misled by, below snippets/."""


def findings(guide: Guide) -> list[Finding]:
    """Return a finding for every snippet, page, notebook and entry of the catalogue of problems that nobody meets.

    Raises:
        GuideError: a page, a notebook or the navigation cannot be read.
    """
    looks = (_snippets, _pages, _notebooks, _problems, _repeated, addresses.findings, titles.twins)
    found = [finding for look in looks for finding in look(guide)]
    return list(dict.fromkeys(found))


def _snippets(guide: Guide) -> Iterator[Finding]:
    folder = guide.edition.layers[0] / SNIPPETS
    met = {folder / ACCEPTED}
    for page in guide.pages():
        for block in page.blocks:
            if block.snippet and block.language in guide.kinds:
                met |= {*instructed(block.language).files(page.snippet_file(block.snippet))}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith(".") and path not in met:
            yield Finding(guide.edition.where(path), 1, "no page shows this snippet: show it or delete it")


def _pages(guide: Guide) -> Iterator[Finding]:
    named, edition = guide.edition.named, guide.edition
    navigation = edition.where(edition.navigation_file)
    for path in guide.files():
        if named is not None and guide.name_of(path) not in named:
            yield Finding(edition.where(path), 1, f"the navigation in {navigation} does not lead to this page")
    if edition.overlay:
        there = {edition.path_of(path) for path in guide.notebooks()}
        for name in sorted(named or ()):
            if not guide.has_page(name) and name not in there:
                yield Finding(navigation, 1, f"the navigation leads to {name}, which does not exist")


def _notebooks(guide: Guide) -> Iterator[Finding]:
    named, edition = guide.edition.named, guide.edition
    for path in guide.notebooks():
        where = edition.where(path)
        if named is not None and edition.path_of(path) not in named:
            navigation = edition.where(edition.navigation_file)
            yield Finding(where, 1, f"the navigation in {navigation} does not lead to this notebook")
        for number, message in dead_in_notebook(guide, path):
            yield Finding(where, 1, f"cell {number}: {message}")
        notebook, here = read_notebook(guide.project, path), guide.policy.version
        for number, version in rules_of(notebook):
            if version != here:
                message = f'it begins by the rules of {version}, and the guide is that of {here}: write "{here}" there'
                yield Finding(where, 1, f"cell {number}: {message}")
        cells = notebook["cells"]
        if any(cell["cell_type"] == "code" and cell.get("execution_count") is None for cell in cells):
            yield Finding(where, 1, "a cell was never run: run all of it, and save it with its outputs")


def _repeated(guide: Guide) -> Iterator[Finding]:
    """An older edition holds only what differs: what is the same as today's is written once."""
    edition = guide.edition
    if edition.overlay is None:
        return
    own = [[path] for path in (*guide.files(), *guide.notebooks()) if path.is_relative_to(edition.overlay)]
    for page in guide.pages():
        for block in page.blocks:
            if block.snippet and block.language in guide.kinds:
                own.append(instructed(block.language).files(page.snippet_file(block.snippet)))
    for files in own:
        # What stands beside a snippet goes where the snippet goes.
        if files[0].is_relative_to(edition.overlay):
            todays = [guide.project / path.relative_to(edition.overlay) for path in files]
            if [*map(_content, files)] == [*map(_content, todays)]:
                message = f"this is the same as {edition.where(todays[0])}: delete it, and that takes its place"
                yield Finding(edition.where(files[0]), 1, message)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _problems(guide: Guide) -> Iterator[Finding]:
    """A page that shows some of its chapter of the catalogue shows all of it."""
    shown = {page.name: {id for _, id in page.problems} for page in guide.pages()}
    for chapter in catalogue.load(guide.policy.version):
        for entry in chapter.entries if shown.get(chapter.page) else ():
            if entry.id not in shown[chapter.page]:
                file = Path(chapter.page).stem
                write = f'write {{{{ problem("{entry.id}") }}}} here'
                yield Finding(
                    guide.page(chapter.page).where, 1, f"{entry.id} of problems/{file}.yml is on no page: {write}"
                )
