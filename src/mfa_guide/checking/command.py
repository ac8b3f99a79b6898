"""The command `mfa-guide check`: carries out pages, and tells people what no longer holds."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.prompt import Confirm
from rich.text import Text

from mfa_guide.base import writing
from mfa_guide.base.errors import GuideError, UsageError
from mfa_guide.checking import report
from mfa_guide.checking.carrying_out import Way
from mfa_guide.checking.choosing import choose, files_of
from mfa_guide.checking.run import Run
from mfa_guide.checking.watching import saved
from mfa_guide.clients import suites
from mfa_guide.expecting.failure import Failure
from mfa_guide.gate import on_page, orphans, reviews
from mfa_guide.guide.page import WINDOWS
from mfa_guide.kinds import open_guide, open_guides
from mfa_guide.kinds.notebook import SUFFIX, check_notebook

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from mfa_guide.checking.evidence import PageEvidence
    from mfa_guide.checking.result import Outcome, Result
    from mfa_guide.clients.machine import Machine
    from mfa_guide.clients.suites import Suite
    from mfa_guide.guide.guide import Guide
    from mfa_guide.guide.page import Instruction, Page


@dataclass(frozen=True)
class Wish:
    """What is to be carried out, and how."""

    paths: Sequence[Path] = ()
    """Pages and notebooks, or folders of them; all when empty."""
    edition: str = ""
    """The name of an edition, of which alone they are; of all editions when empty."""
    keyword: str | None = None
    """Only what is needed for instructions whose id, snippet or text has this word; no notebook."""
    update: bool = False
    """Rewrite what transcripts expect, and what notebooks store; where somebody sits, they are asked."""
    json_file: Path | None = None
    """Also write the evidence of this run there."""
    shell: bool = False
    """Open a shell on the reader's machine at the first failure, as everything is then, and end after it."""
    gate: bool = False
    """Carry nothing out: only look for what escapes the check."""
    suite: Suite | None = None
    """The clients that the reader has; when not given, this computer's own, and those for Windows that are here."""


def check(project: Path, wish: Wish) -> int:
    """Carry out pages and report on standard output.

    Args:
        project: the folder with `mkdocs.yml`.
        wish: what is to be carried out, and how.

    Returns:
        The exit status: 0 when everything holds, 1 when something does not.

    Raises:
        UsageError: a path is neither a page nor a notebook of the project, no instruction has the keyword, the file for
            the evidence cannot be written, or a shell is asked for where nobody can type.
        CannotRunError: the pages cannot be carried out on this computer.
    """
    if wish.shell and not sys.stdin.isatty():
        raise UsageError("--shell needs a terminal to type in")
    checking = _Checking(project, wish)
    # That it cannot be written is better known now than hours later.
    with writing.draft(wish.json_file, error=UsageError) if wish.json_file else contextlib.nullcontext(None) as put:
        checking.carry_out()
        status = checking.conclude()
        if put:
            content = {"pages": [page.model_dump(mode="json") for page in checking.evidence]}
            put(json.dumps(content, indent=2) + "\n")
    return status


def watch(project: Path, wish: Wish) -> int:
    """Carry out pages, and again whenever they or what they show are saved, until Ctrl+C; see `check`.

    Returns:
        The exit status of the last time.
    """
    with saved(project) as saves:
        status = check(project, wish)
        try:
            print(_WATCHING, flush=True)
            for files in saves:
                try:
                    # A page may have come, or may show another snippet now.
                    if not (paths := _concerned(open_guides(project, wish.edition), wish.paths, files)):
                        continue
                    status = check(project, dataclasses.replace(wish, paths=paths))
                except GuideError as error:
                    # The next save may mend it.
                    print(error)
                    status = error.exit_code
                print(_WATCHING, flush=True)
        except KeyboardInterrupt:
            print()
    return status


_WATCHING = "Waiting for you to save a page or a snippet. Ctrl+C ends this."


def _concerned(guides: Sequence[Guide], paths: Sequence[Path], files: Collection[Path]) -> list[Path]:
    """Return what is carried out because of files that were saved: themselves, and pages that show them."""
    found = []
    for chosen in choose(guides, [path for path in paths if path.exists()]):
        for path in chosen.files:
            belonging = {path}
            if path.suffix != SUFFIX:
                with contextlib.suppress(GuideError):
                    belonging |= files_of(chosen.guide.page_at(path))
            if belonging & {*files}:
                found.append(path)
    return list(dict.fromkeys(found))


def check_reviews(project: Path) -> int:
    """Report on standard output which review dates have passed.

    Returns:
        The exit status: 0 when none has, else 1.

    Raises:
        GuideError: a page cannot be read.
    """
    today = datetime.now(UTC).date()
    pages = [page for guide in open_guides(project) for page in guide.pages()]
    # A page of two editions is written once.
    found = list(dict.fromkeys(finding for page in pages for finding in reviews.passed(page, today)))
    console = Console(highlight=False, soft_wrap=True)
    for finding in found:
        console.print(Text(str(finding), "red"))
    console.print(Text(f"{len(found) or 'no'} review dates have passed", "bold"))
    return 1 if found else 0


@dataclass
class _Checking:
    """What one call of the command does, and what has come of it so far."""

    project: Path
    wish: Wish
    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    outcomes: list[Outcome] = field(default_factory=list)
    evidence: list[PageEvidence] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    """What is wrong with pages that cannot be carried out at all."""
    chosen: list[Path] = field(default_factory=list)
    """The pages and notebooks that are meant."""
    carried_out: list[tuple[str, str]] = field(default_factory=list)
    """The pages that were: the edition of each, and its name."""
    findings: dict[tuple[str, str], list[on_page.Finding]] = field(default_factory=dict)
    """What the gate has found on the pages that it has looked at, by edition and name."""

    def __post_init__(self) -> None:
        self.guides = {guide.edition.name: guide for guide in open_guides(self.project, self.wish.edition)}

    def carry_out(self) -> None:
        """Carry out everything, and tell what comes of it."""
        wish = self.wish
        files = [
            (each.guide.edition.name, file)
            for each in choose([*self.guides.values()], wish.paths)
            for file in each.files
        ]
        self.chosen = [file for _, file in files]
        notebooks = [] if wish.keyword else [(name, file) for name, file in files if file.suffix == SUFFIX]
        pages = [(page, wanted) for each in files if (page := self._read(*each)) and (wanted := self._wanted(page))]
        if wish.gate:
            return
        if wish.keyword and not pages:
            raise UsageError(f"no instruction has the word {wish.keyword!r}")
        for number, (page, wanted) in enumerate(pages, start=1):
            edition = page.guide.edition.name
            counted = f"{self._edition(edition)}  {number} of {len(pages)}"
            self.console.print(Text.assemble((page.where, "bold"), (counted, "dim")))
            if not wish.update:
                # What fails may come of it. What is rewritten is looked at as it is then.
                self._look_at(page)
            for suite in self._suites(page):
                if "fails" in self._carry_out(self.guides[edition].page(page.name), wanted, suite) and wish.shell:
                    return
        for name, notebook in notebooks:
            self.outcomes.append(self._run_notebook(self.guides[name], notebook))

    def _edition(self, name: str) -> str:
        """Return the words that say by which edition something is carried out, where there are several."""
        return f"  edition {name}" if len(self.guides) > 1 else ""

    def _read(self, edition: str, file: Path) -> Page | None:
        """Return a page; None for a notebook, and for one that cannot be read, which is told at the end."""
        if file.suffix == SUFFIX:
            return None
        try:
            page = self.guides[edition].page_at(file)
        except GuideError as error:
            self.unreadable.append(str(error))
            return None
        self.carried_out.append((edition, page.name))
        return page

    def _look_at(self, page: Page) -> None:
        """Have the gate look at a page, if it has not yet, and tell what it finds."""
        at = page.guide.edition.name, page.name
        if at not in self.findings:
            self.findings[at] = on_page.findings(page)
            self._tell(self.findings[at])

    def _tell(self, faults: Iterable[object]) -> None:
        for fault in faults:
            self.console.print(Text(str(fault), "red"))

    def _wanted(self, page: Page) -> list[Instruction]:
        return [instruction for instruction in page.instructions if _has(page, instruction, self.wish.keyword)]

    def _suites(self, page: Page) -> list[Suite | None]:
        """Return the suites with which a page is carried out; None is this computer's own."""
        if self.wish.suite or WINDOWS not in page.labels:
            return [self.wish.suite]
        made = [suites.named(name) for name in suites.made()]
        if not made:
            self.console.print(Text("  not carried out for Windows: ./run windows makes the programs", "yellow"))
        return [*([None] if set(page.labels) - {WINDOWS} else []), *made]

    def _carry_out(self, page: Page, wanted: Sequence[Instruction], suite: Suite | None) -> list[Outcome]:
        """Carry out a page up to the last instruction that is wanted: what stands before it prepares it."""
        wish = self.wish
        windows = bool(suite and suite.on_windows)
        if suite and windows:
            self.console.print(Text(f"  {suite.name}", "bold"))
        way = Way(
            suite=suite,
            keep_going=not wish.shell,
            updates=wish.update,
            on_failure=_open_shell if wish.shell else None,
        )
        results: list[Result] = []
        try:
            run = Run(page, way)
        except GuideError as error:
            self.unreadable.append(str(error))
            return []
        try:
            for result in run.results(wanted):
                # Each at its own computer.
                if (result.instruction.label == WINDOWS) != windows:
                    continue
                results.append(result)
                self.console.print(report.line(result))
                if result.outcome == "fails":
                    self.console.print(report.explanation(result))
                elif result.outcome == "not reached" and len(results) == 1:
                    # Because of another page, of which nothing else is told here.
                    self.console.print(Text("\n".join(f"       {failure.message}" for failure in result.failures)))
        except GuideError as error:
            if error.exit_code != 1:
                raise
            self.unreadable.append(str(error))
        finally:
            run.close()
        self.outcomes += [result.outcome for result in results]
        rewritten = wish.update and self._rewrite(results)
        if rewritten:
            # What follows builds on what is written now.
            edition = page.guide.edition.name
            self.guides[edition] = open_guide(self.project, edition)
        else:
            run.keep()
        self.evidence.append(run.evidence)
        return [result.outcome for result in results]

    def _rewrite(self, results: Sequence[Result]) -> bool:
        """Show what is to be rewritten, and do so if nobody objects."""
        rewrites = {path: text for result in results for path, text in result.done.rewrites.items()}
        for path, text in rewrites.items():
            before = path.read_text(encoding="utf-8") if path.is_file() else ""
            self.console.print(report.difference(path.relative_to(self.project).as_posix(), before, text))
        if not rewrites or (sys.stdin.isatty() and not _agreed()):
            # They hold only as they would be.
            self.outcomes += ["fails"] * bool(rewrites)
            return False
        for path, text in rewrites.items():
            writing.write(path, text)
        self.console.print(Text(f"  {len(rewrites)} rewritten", "yellow"))
        return True

    def _run_notebook(self, guide: Guide, notebook: Path) -> Outcome:
        name = guide.edition.where(notebook)
        self.console.print(Text.assemble((name, "bold"), (self._edition(guide.edition.name), "dim")))
        try:
            rewritten = check_notebook(guide, notebook, update=self.wish.update, suite=self.wish.suite)
        except Failure as failure:
            self.console.print(Text.assemble(("  ✗", "red"), " ", report.notebook_explanation(name, failure)))
            return "fails"
        told = ("  rewritten" if rewritten else "", "yellow")
        self.console.print(Text.assemble(("  ✓", "green"), " every cell", told))
        return "holds"

    def conclude(self) -> int:
        """Tell what holds and what does not; return the exit status."""
        pages = [self.guides[edition].page(name) for edition, name in self.carried_out]
        for page in pages:
            self._look_at(page)
        findings = [finding for found in self.findings.values() for finding in found]
        if not (self.wish.keyword or self.unreadable):
            lost = self._lost()
            self._tell(lost)
            findings += lost
        self._tell(dict.fromkeys(self.unreadable))
        counts = [f"{self.outcomes.count(outcome)} {outcome}" for outcome in report.SIGNS if outcome in self.outcomes]
        if self.unreadable:
            counts.append(f"{len(self.unreadable)} cannot be carried out")
        if findings:
            counts.append(f"{len(findings)} escaping the check")
        if unchecked := sum(len(list(reviews.unchecked(page))) for page in pages if not self.wish.keyword):
            counts.append(f"{unchecked} not checked, as the pages say")
        self.console.print(Text(", ".join(counts) or self._nothing, "bold"))
        good = not findings and not self.unreadable and not set(self.outcomes) - {"holds", "not for this version"}
        return 0 if good else 1

    @property
    def _nothing(self) -> str:
        return "nothing escapes the check" if self.wish.gate else "nothing to carry out"

    def _lost(self) -> list[on_page.Finding]:
        """Return what no page leads to; where pages were named, only what is amiss so with these."""
        if not self.wish.paths:
            return list(dict.fromkeys(each for guide in self.guides.values() for each in orphans.findings(guide)))
        names = {path.relative_to(self.project).as_posix() for path in self.chosen}
        found: dict[on_page.Finding, None] = {}
        for guide in self.guides.values():
            # Another page that cannot be read is named when that is carried out.
            with contextlib.suppress(GuideError):
                found |= dict.fromkeys(each for each in orphans.findings(guide) if each.file in names)
        return list(found)


def _has(page: Page, instruction: Instruction, keyword: str | None) -> bool:
    if keyword is None:
        return True
    path = page.snippet(instruction)
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return any(keyword in part for part in (instruction.id, instruction.snippet, text))


def _agreed() -> bool:
    """Ask whoever sits there whether to write; the end of their input is a No."""
    try:
        return Confirm.ask("Write this?", default=True)
    except EOFError:
        print()
        return False


def _open_shell(machine: Machine) -> None:
    print("A shell on the reader's machine, as everything is there now. `exit` ends it.", flush=True)
    subprocess.run(machine.argv(["bash", "--norc", "-i"], tty=True), check=False)
