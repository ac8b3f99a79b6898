"""The gate: nothing on a page escapes the check unless the page says why."""

from __future__ import annotations

import contextlib
import posixpath
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError
from mfa_guide.expecting.nearest import nearest
from mfa_guide.gate.labels import nearly_others
from mfa_guide.gate.links import dead
from mfa_guide.gate.meta import answered_twice, misspelt, undescribed_alone
from mfa_guide.gate.word_drift import drifting
from mfa_guide.guide.page import SNIPPETS, Block, Page
from mfa_guide.kinds import KINDS, instructed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


FOLD = '??? example "How this comes about, and the cure, carried out"'
"""The line that folds what is carried out below an entry of the catalogue of problems."""


@dataclass(frozen=True)
class Finding:
    """Something that escapes the check, and what to do about it."""

    file: str
    """The file, relative to the project."""
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


def findings(page: Page) -> list[Finding]:
    """Return everything on a page that is not checked and does not say why, in order of the lines."""
    of_front_matter, of_tabs = (misspelt, undescribed_alone, answered_twice, _front_matter), (nearly_others,)
    looks = (*of_front_matter, *of_tabs, _blocks, _includes, _kinds, _folds, dead, _announcing, _drifting)
    found = sorted({finding for look in looks for finding in look(page)})
    return [Finding(page.where, line, message) for line, message in found]


def _blocks(page: Page) -> Iterator[tuple[int, str]]:
    for block in page.blocks:
        match block.kind:
            case "indented":
                yield block.line, "indented code is not checked: put it in a snippet and a fence of its own"
            case "html" if re.search(r"<pre\b", block.content, re.IGNORECASE):
                yield block.line, "<pre> is not checked: put its text in a snippet and a fence of its own"
            case "html" if re.search(r"^ *(```|~~~)", block.content, re.MULTILINE):
                yield block.line, "a fence right below HTML is not seen: leave an empty line before it"
            case "fence":
                for message in _fence(page, block):
                    yield block.line, message


def _fence(page: Page, block: Block) -> Iterator[str]:
    if not block.closed:
        yield "the fence is never closed"
    if block.language not in KINDS:
        yield (
            f"a fence is one of {', '.join(KINDS)}, not `{block.language or 'plain'}`: "
            'make it one, or say ``` unchecked why="…" review="YYYY-MM-DD"'
        )
        return
    if not block.readable:
        yield "a quotation mark in the first line of the fence is left open"
        return
    try:
        KINDS[block.language].read(block.given())
    except ValueError as error:
        yield from str(error).splitlines()
    if block.language in page.guide.kinds:
        yield from _embedding(page, block)


def _embedding(page: Page, block: Block) -> Iterator[str]:
    if block.snippet is None:
        yield 'a checked fence holds exactly one line, --8<-- "path below snippets/", and nothing else'
        return
    folders = [layer / SNIPPETS for layer in page.guide.edition.layers]
    path = page.snippet_file(block.snippet).resolve()
    if not any(path.is_relative_to(folder.resolve()) for folder in folders):
        yield f"{block.snippet} lies outside {SNIPPETS}/"
    elif not path.is_file():
        yield f"{SNIPPETS}/{block.snippet} does not exist{_nearest(folders, block.snippet)}"


def _nearest(folders: list[Path], snippet: str) -> str:
    files = [(path, folder) for folder in folders for path in folder.rglob("*") if path.is_file()]
    found = get_close_matches(snippet, [path.relative_to(folder).as_posix() for path, folder in files], n=1)
    return f": is it {found[0]}?" if found else ""


def _kinds(page: Page) -> Iterator[tuple[int, str]]:
    """What is amiss with the instructions of each kind, and with how they follow each other."""
    for name in page.guide.kinds:
        yield from instructed(name).faults(page)


def _folds(page: Page) -> Iterator[tuple[int, str]]:
    """Whoever has a problem reads what to do, and not how it was tried; nor does the table of contents tell of that."""
    first = min((line for line, _ in page.problems), default=None)
    for block in page.blocks:
        if first and block.line > first and block.language in page.guide.kinds and not block.folded:
            yield (
                block.line,
                f"what is carried out for a problem is folded: write it, further in, below {FOLD}",
            )
    for line in page.folded_headings:
        yield line, "a heading that is folded fills the table of contents: write it as **words**"


def _includes(page: Page) -> Iterator[tuple[int, str]]:
    """Text that is embedded anywhere but in a checked fence reaches the reader unchecked."""
    spans = [
        range(block.line + 1, block.line + 1 + block.content.count("\n"))
        for block in page.blocks
        if block.kind == "fence" and block.language in page.guide.kinds
    ]
    for line in page.includes:
        if not any(line in span for span in spans):
            yield line, "--8<-- stands only in a fence that is checked"


def _front_matter(page: Page) -> Iterator[tuple[int, str]]:
    for requirement in page.practice.only:
        if not requirement.suites():
            yield (
                page.practice.line("with"),
                f"`practice.with`: no suite has {requirement.in_words()}: it is never carried out",
            )
    occurring = {tab.label for tab in page.tabs}
    for label in page.practice.labels.keys() - occurring:
        yield (
            page.practice.line("labels", label),
            f"`practice.labels`: no tab has the label “{label}”{nearest(label, occurring)}",
        )
    if not page.practice.after:
        return
    try:
        page.guide.before(page)
    except GuideError as error:
        yield page.practice.line("after"), str(error).partition(": ")[2]
    folder = posixpath.dirname(page.name)
    linked = {posixpath.normpath(posixpath.join(folder, link.target.partition("#")[0])) for link in page.links}
    if posixpath.normpath(page.practice.after) not in linked:
        yield page.practice.line("after"), f"the page needs {page.practice.after} first, and has no link to it"


def _drifting(page: Page) -> Iterator[tuple[int, str]]:
    # What cannot be read has been named already, as a part of the front matter.
    with contextlib.suppress(GuideError):
        yield from drifting(page)


def _announcing(page: Page) -> Iterator[tuple[int, str]]:
    for line in page.unkept:
        yield line, "the colon announces something, but prose follows: has a block been lost?"
