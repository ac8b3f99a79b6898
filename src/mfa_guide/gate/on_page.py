"""The gate: nothing on a page escapes the check unless the page says why."""

from __future__ import annotations

import contextlib
import datetime
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError
from mfa_guide.clients import suites
from mfa_guide.clients.requirement import Requirement
from mfa_guide.expecting.failure import Failure
from mfa_guide.gate import meta, word_drift
from mfa_guide.guide import prerequisites
from mfa_guide.guide.page import CHECKED, DOCS, SNIPPETS, Block, Page
from mfa_guide.kinds import file
from mfa_guide.kinds.transcript import by_version
from mfa_guide.kinds.transcript.by_version import is_for
from mfa_guide.kinds.transcript.reading import parse_transcript
from mfa_guide.practice.lab import SERVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.guide.page import Instruction

_OPTIONS = {
    "transcript": {"terminal", "machine", "waits", "with"},
    "walkthrough": {"with"},
    "python": set(),
    "file": {"path", "mode", "append"},
    "sequence": {"title"},
    "unchecked": {"why", "review"},
}

_EXTERNAL = re.compile(r"[a-z][a-z0-9+.-]*:|//|/|#", re.IGNORECASE)


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
    looks = (
        meta.misspelt,
        _front_matter,
        _blocks,
        _includes,
        _differences,
        _waiting,
        _files,
        _links,
        _announcing,
        _drifting,
    )
    found = sorted({finding for look in looks for finding in look(page)})
    return [Finding(f"{DOCS}/{page.name}", line, message) for line, message in found]


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
    if block.language not in _OPTIONS:
        yield (
            f"a fence is one of {', '.join(_OPTIONS)}, not `{block.language or 'plain'}`: "
            'make it one, or say ``` unchecked why="…" review="YYYY-MM-DD"'
        )
        return
    try:
        options = block.options()
    except ValueError:
        yield "a quotation mark in the first line of the fence is left open"
        return
    for unknown in options.keys() - _OPTIONS[block.language]:
        yield f"`{block.language}` has no option `{unknown}`"
    if "terminal" in options and not options["terminal"]:
        yield 'the terminal needs a name: terminal="second"'
    if "machine" in options and (options["machine"] != SERVER or "terminal" in options):
        yield f'at another machine there is one terminal: machine="{SERVER}", without `terminal`'
    if "with" in options:
        yield from _with(options["with"] or "")
    if block.language == "file":
        try:
            file.place(options.get("path") or "")
            file.in_words(options.get("mode", "600") or "")
        except Failure as failure:
            yield failure.message
    for word in ("waits", "append"):
        if options.get(word):
            yield f"`{word}` stands alone, without a value"
    if block.language in CHECKED:
        yield from _embedding(page, block)
    if block.language == "unchecked":
        if not (options.get("why") or "").strip():
            yield 'an unchecked block says why: why="…"'
        try:
            datetime.date.fromisoformat(options.get("review") or "")
        except ValueError:
            yield 'an unchecked block says when to look at it again: review="YYYY-MM-DD"'


def _with(text: str) -> Iterator[str]:
    try:
        requirement = Requirement.parse(text)
    except ValueError as error:
        yield f"`with`: {error}"
        return
    if not requirement.suites():
        yield f"no suite has {requirement.in_words()}: it is never carried out"


def _embedding(page: Page, block: Block) -> Iterator[str]:
    if block.snippet is None:
        yield 'a checked fence holds exactly one line, --8<-- "path below snippets/", and nothing else'
        return
    folder = (page.project / SNIPPETS).resolve()
    path = (folder / block.snippet).resolve()
    if not path.is_relative_to(folder):
        yield f"{block.snippet} lies outside {SNIPPETS}/"
    elif not path.is_file():
        yield f"{SNIPPETS}/{block.snippet} does not exist"


def _differences(page: Page) -> Iterator[tuple[int, str]]:
    """What other versions show has its place in the snippet, and there is a suite with such a version."""
    for instruction in page.instructions:
        path = page.snippet(instruction)
        if not by_version.file_of(path).is_file() or not path.is_file():
            continue
        try:
            if instruction.kind != "transcript":
                yield instruction.line, "only a transcript has other wordings for other versions"
                continue
            for known in suites.VERSIONS.values():
                by_version.variant(path, path.read_text(encoding="utf-8"), known)
            for difference in by_version.read_differences(path):
                if not difference.requirement.suites():
                    where = f"{by_version.file_of(path).relative_to(page.project).as_posix()}:{difference.line}"
                    word_drift = difference.requirement.in_words()
                    yield instruction.line, f"{where}: no suite has {word_drift}: it is never met"
        except Failure as failure:
            where = (failure.file or path).relative_to(page.project).as_posix()
            yield instruction.line, f"{where}:{failure.line or 1}: {failure.message}"
        except (OSError, UnicodeDecodeError):
            # Carrying it out says so.
            continue


def _includes(page: Page) -> Iterator[tuple[int, str]]:
    """Text that is embedded anywhere but in a checked fence reaches the reader unchecked."""
    spans = [
        range(block.line + 1, block.line + 1 + block.content.count("\n"))
        for block in page.blocks
        if block.kind == "fence" and block.language in CHECKED
    ]
    for line in page.includes:
        if not any(line in span for span in spans):
            yield line, "--8<-- stands only in a fence that is checked"


def _waiting(page: Page) -> Iterator[tuple[int, str]]:
    """A command that is left waiting is continued in the same terminal, and nothing else is continued."""
    for label in page.labels:
        for versions in suites.VERSIONS.values():
            yield from _waiting_in(page, tuple(each for each in page.run(label) if is_for(page, each, versions)))


def _waiting_in(page: Page, run: tuple[Instruction, ...]) -> Iterator[tuple[int, str]]:
    waiting: dict[str, int] = {}
    for instruction in run:
        if instruction.kind != "transcript":
            continue
        left = waiting.pop(instruction.terminal, None)
        if instruction.waits:
            waiting[instruction.terminal] = instruction.line
        try:
            transcript = parse_transcript(page.snippet(instruction).read_text(encoding="utf-8"))
        except (Failure, OSError, UnicodeDecodeError):
            # Carrying it out says so.
            continue
        if transcript.continuation and left is None:
            yield (
                instruction.line,
                "begins with output, but no command waits in this terminal: the fence before it needs `waits`",
            )
    for line in waiting.values():
        yield line, "`waits`, but no later transcript in this terminal goes on: show how the command ends"


def _files(page: Page) -> Iterator[tuple[int, str]]:
    """A file that the reader saves is used by a later transcript, or nothing proves what it says."""
    for instruction in page.instructions:
        # What lies in ~/.ssh is read by ssh itself.
        if instruction.kind != "file" or instruction.path.startswith("~/.ssh/"):
            continue
        name = instruction.path.rpartition("/")[2]
        run = page.run(instruction.label)
        later = [page.snippet(other) for other in run if other.kind == "transcript" and other.line > instruction.line]
        texts = [path.read_text(encoding="utf-8", errors="replace") for path in later if path.is_file()]
        if not any(re.search(rf"^\$ .*(?<!\w){re.escape(name)}(?!\w)", text, re.MULTILINE) for text in texts):
            yield instruction.line, f"no later transcript uses {name}: show how the reader does"


def _front_matter(page: Page) -> Iterator[tuple[int, str]]:
    for requirement in page.practice.only:
        if not requirement.suites():
            yield (
                page.practice.line("with"),
                f"`practice.with`: no suite has {requirement.in_words()}: it is never carried out",
            )
    occurring = {tab.label for tab in page.tabs}
    for label in page.practice.labels.keys() - occurring:
        yield page.practice.line("labels", label), f"`practice.labels`: no tab has the label “{label}”"
    if not page.practice.after:
        return
    try:
        prerequisites.before(page)
    except GuideError as error:
        yield page.practice.line("after"), str(error).partition(": ")[2]
    linked = {(page.path.parent / link.target.partition("#")[0]).resolve() for link in page.links}
    if (page.project / DOCS / page.practice.after).resolve() not in linked:
        yield page.practice.line("after"), f"the page needs {page.practice.after} first, and has no link to it"


def _drifting(page: Page) -> Iterator[tuple[int, str]]:
    # What cannot be read has been named already, as a part of the front matter.
    with contextlib.suppress(GuideError):
        yield from word_drift.drifting(page)


def _announcing(page: Page) -> Iterator[tuple[int, str]]:
    for line in page.unkept:
        yield line, "the colon announces something, but prose follows: has a block been lost?"


def _links(page: Page) -> Iterator[tuple[int, str]]:
    for link in page.links:
        target = link.target.partition("#")[0]
        if target.endswith(".md") and not _EXTERNAL.match(target) and not (page.path.parent / target).is_file():
            yield link.line, f"the link goes to {target}, which does not exist"
