"""All pages and notebooks with the clients of several releases: `./run matrix [SUITE …] [PAGE …]`."""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mfa_guide.base.errors import CannotRunError, GuideError
from mfa_guide.base.project import find_project
from mfa_guide.checking import evidence
from mfa_guide.checking.choosing import choose
from mfa_guide.clients import fetching, suites
from mfa_guide.clients.versions import LINUX, Versions
from mfa_guide.gate.on_page import Finding
from mfa_guide.guide.edition import EDITIONS
from mfa_guide.guide.page import DOCS, NOTEBOOKS, SNIPPETS, WINDOWS
from mfa_guide.kinds import open_guides
from mfa_guide.kinds.notebook import SUFFIX
from mfa_guide.kinds.transcript import by_version
from mfa_guide.practice.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mfa_guide.guide.guide import Guide
    from mfa_guide.guide.page import Instruction, Page
    from mfa_guide.policy import Policy

_PAGE_TAKES = 1800
"""How long a page may take with one suite, in seconds. Ours: the longest takes two minutes on a busy computer."""


@dataclass(frozen=True)
class _Chosen:
    """A page or a notebook of an edition."""

    guide: Guide
    file: Path

    def __str__(self) -> str:
        edition = self.guide.edition
        # A file of the edition's own says so.
        of = "" if self.file.is_relative_to(edition.layers[0]) else f" by the rules of {edition.name}"
        return f"{edition.where(self.file)}{of}"


@dataclass(frozen=True)
class _Run:
    """A page or a notebook, carried out with a suite."""

    suite: str
    of: _Chosen
    held: bool
    said: str


def run(project: Path, names: Sequence[str], paths: Sequence[Path], sample: int | None = None) -> int:
    """Carry out pages and notebooks with suites, and report on standard output.

    Args:
        project: the folder with `mkdocs.yml`.
        names: the suites; all Debian releases when empty, which are fetched if need be.
        paths: pages and notebooks, or folders of them; all when empty.
        sample: how many of them, drawn by what is in them: others whenever a page or a snippet changes; all when not
            given.

    Returns:
        The exit status: 0 when everything holds with every suite, and every difference that one of them could meet was
        met; else 1.

    Raises:
        UsageError: a path is neither a page nor a notebook of the project.
        CannotRunError: a suite cannot be fetched, or nothing can be carried out on this computer.
    """
    names = names or [*suites.VERSIONS]
    guides = open_guides(project)
    pages = [_Chosen(each.guide, file) for each in choose(guides, paths) for file in each.files]
    for name in names:
        print(f"{name}: {_get(name)}{_clients(name, guides[0].policy)}", flush=True)
    failed = 0
    todo = [(name, each) for name in names for each in pages if _is_for(each.guide, each.file, name)]
    if sample is not None:
        todo = random.Random(_content(project)).sample(todo, min(sample, len(todo)))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done in pool.map(lambda each: _carry_out(project, *each), todo):
            mark = "✓" if done.held else "✗"
            print(f"{mark} {done.suite}  {done.of}", flush=True)
            if not done.held:
                failed += 1
                print(done.said, flush=True)
    findings = [
        finding
        for each in pages
        if each.file.suffix != SUFFIX
        for finding in _not_met(each.guide.page_at(each.file), [name for name, other in todo if other == each])
    ]
    for finding in findings:
        print(finding)
    print(f"{len(todo) - failed} of {len(todo)} hold, {len(findings)} not met")
    return 1 if failed or findings else 0


def _content(project: Path) -> str:
    """Return a text that is another one whenever a page, a snippet or a notebook is."""
    files = sorted(
        path for part in (DOCS, SNIPPETS, NOTEBOOKS, EDITIONS) for path in (project / part).rglob("*") if path.is_file()
    )
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


def _is_for(guide: Guide, file: Path, name: str) -> bool:
    """Tell whether a suite carries out something in a file."""
    if file.suffix == SUFFIX:
        return name not in suites.ON_WINDOWS
    return any((label == WINDOWS) == (name in suites.ON_WINDOWS) for label in _labels(guide.page_at(file)))


def _labels(page: Page) -> set[str]:
    return {instruction.label for instruction in page.instructions}


def _get(name: str) -> str:
    """Fetch a suite; return what is to be said of that. One that is here is used, too, where nobody can be asked."""
    if name in suites.ON_WINDOWS:
        # It is made by a task of its own.
        suites.named(name)
        return ""
    folder = suites.Suite(name).folder
    try:
        return "fetched, " if fetching.fetch(name, folder) else ""
    except CannotRunError as error:
        if not fetching.is_there(folder):
            raise
        return f"not looked whether there are newer ones ({error}), "


def _clients(name: str, policy: Policy) -> str:
    """Return the clients of a suite, as they themselves tell their versions."""
    if name in suites.ON_WINDOWS:
        return ", ".join(f"{client} {version}" for client, version in suites.ON_WINDOWS[name].items() if version)
    with Lab.start(policy, exchanged=suites.named(name).exchanged()) as lab:
        known = Versions(lab.machine("home", new=True))
        return ", ".join(f"{client} {known[client]}" for client in LINUX.clients if client in known)


def _carry_out(project: Path, suite: str, of: _Chosen) -> _Run:
    where = ("--edition", of.guide.edition.name, str(of.file))
    command = [sys.executable, "-m", "mfa_guide", "check", "--suite", suite, *where]
    try:
        done = subprocess.run(
            command, cwd=project, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_PAGE_TAKES
        )
    except subprocess.TimeoutExpired:
        return _Run(suite, of, False, f"{of}: not carried out within {_PAGE_TAKES} s\n")
    return _Run(suite, of, done.returncode == 0, done.stdout + done.stderr)


def _not_met(page: Page, names: Sequence[str]) -> Iterator[Finding]:
    """Yield what is written for versions that ran, and that none of them has met."""
    known = evidence.read_all(page)
    for at, instruction in enumerate(page.instructions):
        entries = {name: known[name].instructions[at] for name in names if name in known}
        suites_of = _suites_of(page, instruction)
        ran = [name for name in entries if name in suites_of]
        if instruction.option("with") and ran and not any(entries[name].result == "holds" for name in ran):
            yield Finding(page.where, instruction.line, "no suite has met this")
        path = page.snippet(instruction)
        for number, difference in enumerate(by_version.read_differences(path), start=1):
            could = [name for name in ran if difference.requirement.met_by(suites.everywhere()[name])]
            if could and not any(number in entries[name].met for name in could):
                where = by_version.file_of(path).relative_to(page.project).as_posix()
                yield Finding(where, difference.line, "no suite has met this difference")


def _suites_of(page: Page, instruction: Instruction) -> list[str]:
    return [name for name, known in suites.everywhere().items() if page.is_for(instruction, known)]


def main() -> None:
    """Run the task: words that are names of suites choose them, the others name pages.

    `--sample N` carries out only so many of them.
    """
    words = argparse.ArgumentParser("./run matrix", description="Carry out pages with the clients of other releases.")
    words.add_argument(
        "words", nargs="*", metavar="SUITE|PAGE", help=f"of {', '.join(suites.everywhere())}; pages; or all"
    )
    words.add_argument("--sample", type=int, metavar="N", help="only so many pages, drawn by what is in them")
    given = words.parse_args()
    # A job in the background of a script begins deaf to Ctrl+C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    names = [word for word in given.words if word in suites.everywhere()]
    try:
        paths = [Path(word) for word in given.words if word not in names]
        sys.exit(run(find_project(), names, paths, given.sample))
    except GuideError as error:
        print(f"run: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
