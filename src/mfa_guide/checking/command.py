"""The command `mfa-guide check`: carries out pages, and tells people what no longer holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from mfa_guide.base import writing
from mfa_guide.base.errors import UsageError
from mfa_guide.checking import screenshots
from mfa_guide.checking.evidence import collect, write_evidence
from mfa_guide.checking.reader import check_in_lab
from mfa_guide.expecting.failure import Failure
from mfa_guide.gate import on_page, orphans, reviews
from mfa_guide.guide.page import DOCS, SNIPPETS, Page, find_pages, read_page
from mfa_guide.kinds.notebook import FOLDER, SUFFIX, check_notebook, find_notebooks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mfa_guide.checking.evidence import PageEvidence
    from mfa_guide.checking.result import Outcome, Result
    from mfa_guide.clients.machine import Machine
    from mfa_guide.clients.suites import Suite
    from mfa_guide.guide.page import Instruction

_STYLES = {"-": "red", "+": "green"}
_SIGNS: dict[Outcome, tuple[str, str]] = {
    "holds": ("✓", "green"),
    "fails": ("✗", "red"),
    "not reached": ("–", "yellow"),
    "not for this version": ("·", "dim"),
}


def check(
    project: Path,
    paths: Sequence[Path],
    keyword: str | None,
    update: bool,
    json_file: Path | None,
    shell: bool = False,
    suite: Suite | None = None,
) -> int:
    """Carry out pages and report on standard output.

    Args:
        project: the folder with `mkdocs.yml`.
        paths: pages and notebooks, or folders of them; all when empty.
        keyword: carry out only what is needed for instructions whose id, snippet or text has this word; no notebook.
        update: rewrite what transcripts expect, and what notebooks store.
        json_file: also write the evidence of this run there.
        shell: open a shell on the reader's machine at the first failure, as everything is then, and end after it.
        suite: the clients that the reader has; this computer's own when not given.

    Returns:
        The exit status: 0 when everything holds, 1 when something does not.

    Raises:
        UsageError: a path is neither a page nor a notebook of the project, no instruction has the keyword, or a shell
            is asked for where nobody can type, or `json_file` cannot be written.
        CannotRunError: the pages cannot be carried out on this computer.
    """
    if shell and not sys.stdin.isatty():
        raise UsageError("--shell needs a terminal to type in")
    if json_file is None:
        status, _ = _check(project, paths, keyword, update, shell, suite)
        return status
    # That it cannot be written is better known now than hours later.
    with writing.draft(json_file, error=UsageError) as put:
        status, evidence = _check(project, paths, keyword, update, shell, suite)
        content = {"pages": [page.model_dump(mode="json") for page in evidence]}
        put(json.dumps(content, indent=2) + "\n")
    return status


def _check(
    project: Path, paths: Sequence[Path], keyword: str | None, update: bool, shell: bool, suite: Suite | None
) -> tuple[int, list[PageEvidence]]:
    """Carry out pages and report; return the exit status, and the evidence."""
    console = Console(highlight=False, soft_wrap=True)
    files = find_files(project, paths)
    findings = [] if paths or keyword else orphans.findings(project)
    results: list[Result] = []
    evidence: list[PageEvidence] = []
    notebooks = [] if keyword else [file for file in files if file.suffix == SUFFIX]
    for page in (read_page(project, file) for file in files if file.suffix != SUFFIX):
        wanted = [instruction for instruction in page.instructions if _has(page, instruction, keyword)]
        if keyword and not wanted:
            continue
        if page.instructions:
            console.print(Text(f"{DOCS}/{page.name}", "bold"))
        findings += on_page.findings(page)
        of_page = _carry_out(console, page, wanted, update, _open_shell if shell else None, suite)
        results += of_page
        evidence.append(collect(page.name, of_page))
        if of_page and len(of_page) == len(page.instructions):
            # Half a page is no evidence for the page.
            write_evidence(project, evidence[-1], suite.name if suite else None)
            if suite is None:
                screenshots.keep(project, page.name, of_page)
        if shell and any(result.outcome == "fails" for result in of_page):
            break
    if keyword and not results:
        raise UsageError(f"no instruction has the word {keyword!r}")
    outcomes = [result.outcome for result in results]
    outcomes += [_run_notebook(console, project, notebook, update, suite) for notebook in notebooks]
    return _conclude(console, outcomes, findings), evidence


def check_reviews(project: Path) -> int:
    """Report on standard output which review dates have passed.

    Returns:
        The exit status: 0 when none has, else 1.

    Raises:
        GuideError: a page cannot be read.
    """
    today = datetime.now(UTC).date()
    found = [finding for file in find_pages(project) for finding in reviews.passed(read_page(project, file), today)]
    console = Console(highlight=False, soft_wrap=True)
    for finding in found:
        console.print(Text(str(finding), "red"))
    console.print(Text(f"{len(found) or 'no'} review dates have passed", "bold"))
    return 1 if found else 0


def find_files(project: Path, paths: Sequence[Path]) -> list[Path]:
    """Return the files of the pages and notebooks that `paths` name; all of the project when it is empty.

    Raises:
        UsageError: a path is neither a page nor a notebook of the project, nor a folder with one.
    """
    every = [*find_pages(project), *find_notebooks(project)]
    files: dict[Path, None] = {} if paths else dict.fromkeys(every)
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist")
        absolute = path.resolve()
        found = [file for file in every if file.resolve().is_relative_to(absolute)]
        if not found:
            folders = " or ".join(f"{os.path.relpath(project / folder)}/" for folder in (DOCS, FOLDER))
            raise UsageError(f"{path} is neither a page nor a notebook below {folders}, nor a folder with them")
        files |= dict.fromkeys(found)
    return list(files)


def _has(page: Page, instruction: Instruction, keyword: str | None) -> bool:
    if keyword is None:
        return True
    path = page.snippet(instruction)
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return any(keyword in part for part in (instruction.id, instruction.snippet, text))


def _open_shell(machine: Machine) -> None:
    print("A shell on the reader's machine, as everything is there now. `exit` ends it.", flush=True)
    subprocess.run(machine.argv(["bash", "--norc", "-i"], tty=True), check=False)


def _carry_out(
    console: Console,
    page: Page,
    wanted: Sequence[Instruction],
    update: bool,
    on_failure: Callable[[Machine], None] | None,
    suite: Suite | None,
) -> list[Result]:
    """Carry out a page up to the last instruction that is wanted: what stands before it prepares it."""
    results: list[Result] = []
    for label in page.labels:
        of_run = [instruction for instruction in wanted if instruction.label == label]
        carried_out = check_in_lab(page, label, update=update, on_failure=on_failure, suite=suite)
        for result in carried_out if of_run else ():
            results.append(result)
            console.print(_line(result))
            if result.outcome == "fails":
                console.print(explanation(result))
            if result.instruction == of_run[-1]:
                break
    return results


def _line(result: Result) -> Text:
    sign, style = _SIGNS[result.outcome]
    instruction = result.instruction
    label = f"[{instruction.label}]" if instruction.label else ""
    line = Text.assemble(("  " + sign, style), f" {instruction.line:>4}{label}  {SNIPPETS}/{instruction.snippet}")
    if result.client:
        line.append(f"  {result.client}, {result.seconds:.1f} s", "dim")
    if result.rewritten:
        line.append("  rewritten", "yellow")
    if result.outcome == "not for this version":
        line.append("  not for this version", "dim")
    return line


def explanation(result: Result) -> Text:
    """Return why an instruction does not hold: its place, the reason, what was seen, and with which client."""
    failure, instruction = result.failure, result.instruction
    assert failure is not None
    line = f":{failure.line}" if failure.line else ""
    name = instruction.snippet
    if failure.file:
        name = PurePosixPath(name).with_name(failure.file.name).as_posix()
    text = Text(f"{DOCS}/{instruction.id} ({SNIPPETS}/{name}{line}): {failure.message}\n")
    text.append(_detail(failure))
    if result.client:
        text.append(f"    carried out with {result.client}\n", "dim")
    return text


def _detail(failure: Failure) -> Text:
    lines = [Text(f"    {shown}\n", _STYLES.get(shown[:1], "")) for shown in failure.detail.splitlines()]
    return Text().join(lines)


def _run_notebook(console: Console, project: Path, notebook: Path, update: bool, suite: Suite | None) -> Outcome:
    name = notebook.relative_to(project).as_posix()
    console.print(Text(name, "bold"))
    try:
        rewritten = check_notebook(project, notebook, update=update, suite=suite)
    except Failure as failure:
        console.print(Text.assemble(("  ✗", "red"), " ", notebook_explanation(name, failure)))
        return "fails"
    console.print(Text.assemble(("  ✓", "green"), " every cell", ("  rewritten" if rewritten else "", "yellow")))
    return "holds"


def notebook_explanation(name: str, failure: Failure) -> Text:
    """Return why a notebook does not hold: its cell, the reason, and what was seen."""
    cell = f": cell {failure.line}" if failure.line else ""
    text = Text(f"{name}{cell}: {failure.message}\n")
    return text.append(_detail(failure))


def _conclude(console: Console, outcomes: Sequence[Outcome], findings: Sequence[on_page.Finding]) -> int:
    for finding in findings:
        console.print(Text(str(finding), "red"))
    counts = [f"{outcomes.count(outcome)} {outcome}" for outcome in _SIGNS if outcome in outcomes]
    if findings:
        counts.append(f"{len(findings)} not checked")
    console.print(Text(", ".join(counts) or "nothing to carry out", "bold"))
    return 1 if findings or set(outcomes) - {"holds", "not for this version"} else 0
