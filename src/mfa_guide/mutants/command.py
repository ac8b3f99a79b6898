"""The command `mfa-guide mutate`: makes mutants of the guide, and tells which of them no check notices."""

from __future__ import annotations

import contextlib
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

import mfa_guide
from mfa_guide import policy
from mfa_guide.base import writing
from mfa_guide.base.errors import CannotRunError, GuideError, UsageError
from mfa_guide.checking.command import explanation, find_files
from mfa_guide.checking.reader import check_in_lab
from mfa_guide.clients import suites
from mfa_guide.expecting.failure import Failure
from mfa_guide.gate import on_page
from mfa_guide.gate.orphans import ACCEPTED
from mfa_guide.guide import prerequisites
from mfa_guide.guide.page import DOCS, SNIPPETS, read_page
from mfa_guide.kinds.notebook import SUFFIX
from mfa_guide.kinds.transcript import by_version
from mfa_guide.kinds.transcript.reading import parse_transcript
from mfa_guide.kinds.transcript.typist import types_the_same, would_hold
from mfa_guide.mutants import accepted, making

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mfa_guide.guide.page import Page
    from mfa_guide.kinds.transcript.typist import Seen
    from mfa_guide.mutants.making import Mutant

# Most mutants wait for something that never comes: more of them than processors can do so at once.
_AT_ONCE = 2 * (os.cpu_count() or 1)


def mutate(project: Path, paths: Sequence[Path], sample: int | None, seed: int | None, json_file: Path | None) -> int:
    """Carry out mutants of pages, each in a lab of its own, and report on standard output.

    What an earlier call found out about the same guide is not done again; it is kept below build/mutate/.

    Args:
        project: the folder with `mkdocs.yml`. It is not changed.
        paths: pages, or folders of pages; all pages when empty.
        sample: how many mutants, drawn at random; all when not given.
        seed: what they are drawn by; the content of the guide when not given.
        json_file: also write what became of each there.

    Returns:
        The exit status: 0 when every mutant is caught or accepted, else 1.

    Raises:
        UsageError: a path is not a page of the project, or `json_file` cannot be written.
        GuideError: a page does not hold as it is, or the list of accepted mutants cannot be read.
        CannotRunError: the pages cannot be carried out on this computer.
    """
    if json_file is None:
        status, _ = _mutate(project, paths, sample, seed)
        return status
    # That it cannot be written is better known now than hours later.
    with writing.draft(json_file, error=UsageError) as put:
        status, report = _mutate(project, paths, sample, seed)
        put(json.dumps({"mutants": report}, indent=2) + "\n")
    return status


def _mutate(
    project: Path, paths: Sequence[Path], sample: int | None, seed: int | None
) -> tuple[int, list[dict[str, Any]]]:
    """Carry out mutants and report; return the exit status, and what became of each."""
    console = Console(highlight=False, soft_wrap=True)
    files = [file for file in find_files(project, paths) if file.suffix != SUFFIX]
    pages = [page for file in files if (page := read_page(project, file)).instructions]
    if problem := next((finding for page in pages for finding in on_page.findings(page)), None):
        raise GuideError(f"the guide does not hold as it is: {problem}")
    allowed = accepted.read(project)
    everything = making.of_pages(pages, policy.load())
    here = {suites.own(), *suites.fetched()}
    chosen = [mutant for mutant in everything if not mutant.suites or here & {*mutant.suites}]
    if missing := len(everything) - len(chosen):
        console.print(Text(f"{missing} are about versions that are not here: ./run matrix fetches these", "dim"))
    if sample is not None and sample < len(chosen):
        drawn_by = _hash(mutant.id for mutant in everything) if seed is None else seed
        chosen = random.Random(drawn_by).sample(chosen, sample)
    caught = _carry_out(project, pages, chosen, project / "build" / "mutate" / "results.jsonl")
    survivors = [mutant for mutant in chosen if caught[mutant.id] is None]
    unexpected = [mutant for mutant in survivors if not any(entry.covers(mutant) for entry in allowed)]
    for mutant in unexpected:
        where = f"{mutant.place} ({mutant.file}:{mutant.line})" if mutant.file != "policy" else mutant.place
        console.print(Text(f"{where}: nothing notices: {mutant.change}\n    {mutant.source.strip()}", "red"))
    stale = [] if paths else _stale(allowed, everything, chosen, survivors)
    for entry in stale:
        console.print(Text(f"{SNIPPETS}/{ACCEPTED}: nothing survives of {entry.file}: {entry.source}", "red"))
    counts = f"{len(chosen) - len(survivors)} of {len(chosen)} caught, {len(survivors) - len(unexpected)} accepted"
    console.print(Text(f"{counts}, {len(unexpected)} not noticed", "bold"))
    return 1 if unexpected or stale else 0, _report(chosen, caught, allowed)


def _stale(
    allowed: Sequence[accepted.Accepted],
    everything: Sequence[Mutant],
    chosen: Sequence[Mutant],
    survivors: Sequence[Mutant],
) -> list[accepted.Accepted]:
    """Return the entries of which all mutants were carried out, and none survived."""
    done, alive = {mutant.id for mutant in chosen}, {mutant.id for mutant in survivors}
    found = []
    for entry in allowed:
        covered = {mutant.id for mutant in everything if entry.covers(mutant)}
        if covered <= done and not covered & alive:
            found.append(entry)
    return found


def _carry_out(project: Path, pages: Sequence[Page], chosen: Sequence[Mutant], file: Path) -> dict[str, str | None]:
    """Return for each mutant, by its id, what noticed it; None when nothing did."""
    hashes = _hashes(pages)
    keys = {mutant.id: _hash(hashes[name] for name in mutant.pages) for mutant in chosen}
    known = _known(file)
    caught = {name: known[name, key] for name, key in keys.items() if (name, key) in known}
    left = [mutant for mutant in chosen if mutant.id not in caught]
    if not left:
        return caught
    file.parent.mkdir(parents=True, exist_ok=True)
    errors = Console(stderr=True)
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        file.open("a", encoding="utf-8") as log,
        Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress,
        # A process that has opened pseudo-terminals in threads is no good one to fork.
        ProcessPoolExecutor(_AT_ONCE, mp_context=multiprocessing.get_context("spawn")) as pool,
    ):
        if log.tell():
            # What the last call wrote may have no end.
            log.write("\n")

        def note(mutant: Mutant, problem: str | None) -> None:
            caught[mutant.id] = problem
            log.write(json.dumps({"id": mutant.id, "guide": keys[mutant.id], "caught": problem}) + "\n")
            log.flush()
            progress.advance(task)

        task = progress.add_task("Pages as they are", total=None)
        runs = sorted({(name, suite) for mutant in left for name in mutant.pages for suite in _noticing(mutant)})
        seen: dict[str, list[_Shown]] = {}
        for (name, suite), tried in zip(runs, pool.map(_try_as_it_is, [project] * len(runs), runs), strict=True):
            if tried.problem:
                where = f" with {suite}" if suite else ""
                raise GuideError(f"{DOCS}/{name} does not hold as it is{where}: {tried.problem}")
            for shown in tried.seen:
                seen.setdefault(f"{SNIPPETS}/{shown.snippet}", []).append(shown)
        progress.update(task, description="Mutants", total=len(left), completed=0)
        futures = {}
        for mutant in left:
            snippet = mutant.file.replace(by_version.SUFFIX, ".txt")
            problem = _foreseen(project, mutant, snippet, seen.get(snippet, []))
            # What other versions show is all that differs for them: nothing else can notice it.
            if problem or snippet != mutant.file:
                note(mutant, problem)
            else:
                futures[pool.submit(_try_mutant, project, mutant)] = mutant
        try:
            for future in as_completed(futures):
                note(futures[future], future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return caught


def _known(file: Path) -> dict[tuple[str, str], str | None]:
    """Return what earlier calls found out, by the mutant's id and the hash of its guide."""
    if not file.is_file():
        return {}
    known = {}
    for line in file.read_bytes().splitlines():
        # A call that was interrupted has left a part of one.
        with contextlib.suppress(ValueError, KeyError, TypeError):
            entry = json.loads(line)
            known[entry["id"], entry["guide"]] = entry["caught"]
    return known


def _noticing(mutant: Mutant) -> list[str]:
    """Return the suites with which the pages of a mutant are carried out as they are; empty for the machine's own."""
    if not mutant.suites or suites.own() in mutant.suites:
        return [""]
    return [name for name in mutant.suites if name in suites.fetched()]


def _foreseen(project: Path, mutant: Mutant, snippet: str, seen: Sequence[_Shown]) -> str | None:
    """Return what notices a mutant, where that can be told from what its page showed as it is.

    Where the reader types the same, the clients do the same: only what is expected of them can differ.
    """
    if not seen:
        return None
    path = project / snippet
    try:
        text = path.read_text(encoding="utf-8")
        differences = by_version.read_differences(path)
        if mutant.file == snippet:
            if not types_the_same(parse_transcript(text), parse_transcript(mutant.text)):
                return None
            text = mutant.text
        else:
            differences = by_version.parse(mutant.text) if mutant.text else ()
        for shown in seen:
            changed = by_version.variant(path, text, shown.versions, differences)
            if not would_hold(parse_transcript(changed.text), shown.seen):
                return f"{mutant.file}:{mutant.line}: it expects what is not seen"
            for difference in changed.applied:
                if would_hold(parse_transcript(changed.without(difference).text), shown.seen):
                    return f"{mutant.file}:{mutant.line}: a difference is not needed"
    except Failure as failure:
        return f"{mutant.file}:{failure.line}: {failure.message}"
    return None


@dataclass(frozen=True)
class _Shown:
    """What a terminal showed for a transcript that held."""

    snippet: str
    """Relative to snippets/."""
    versions: dict[str, str]
    """The version of each client that was there."""
    seen: tuple[Seen, ...]


@dataclass(frozen=True)
class _Tried:
    """What became of a page that was carried out."""

    problem: str | None
    """The first thing that does not hold."""
    seen: tuple[_Shown, ...] = ()


def _try_mutant(project: Path, mutant: Mutant) -> str | None:
    """Carry out the pages of a mutant; return what notices it."""
    with tempfile.TemporaryDirectory(prefix="mfa-guide-mutant-") as name:
        folder = Path(name)
        for part in (DOCS, SNIPPETS):
            shutil.copytree(project / part, folder / part, ignore=shutil.ignore_patterns("assets"))
        facts = policy.load()
        if mutant.file == "policy":
            fact = policy.Fact.model_validate_json(mutant.text)
            facts = facts.model_copy(update={"facts": {**facts.facts, mutant.source: fact}})
        else:
            (folder / mutant.file).write_text(mutant.text, encoding="utf-8")
        for name in _noticing(mutant):
            suite = suites.named(name) if name else None
            for page in mutant.pages:
                if problem := _try(folder, page, facts, suite).problem:
                    return problem
        return None


def _try_as_it_is(project: Path, run: tuple[str, str]) -> _Tried:
    """Carry out a page with a suite; with the machine's own when it has no name."""
    name, suite = run
    return _try(project, name, suite=suites.named(suite) if suite else None)


def _try(project: Path, name: str, facts: policy.Policy | None = None, suite: suites.Suite | None = None) -> _Tried:
    """Carry out a page."""
    seen: list[_Shown] = []
    try:
        page = read_page(project, project / DOCS / name)
        if findings := on_page.findings(page):
            return _Tried(str(findings[0]))
        for label in page.labels:
            for result in check_in_lab(page, label, policy=facts, suite=suite):
                if result.failure:
                    return _Tried(explanation(result).plain.splitlines()[0])
                if result.seen:
                    seen.append(_Shown(result.instruction.snippet, dict(result.versions), result.seen))
    except CannotRunError as error:
        # With other facts there may be no site.
        if facts is None or facts == policy.load():
            raise
        return _Tried(str(error))
    except GuideError as error:
        return _Tried(str(error))
    return _Tried(None, tuple(seen))


def _hashes(pages: Sequence[Page]) -> dict[str, str]:
    """Return for each page, by its name, a hash of all that decides what becomes of its mutants.

    That is the package, the page with its snippets, and the pages that it needs with theirs.
    """
    package = Path(mfa_guide.__file__).parent
    code = _hash(
        f"{path.relative_to(package)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in sorted(package.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    )
    hashes = {}
    for page in pages:
        closure = [*prerequisites.before(page), page]
        snippets = [each.snippet(instruction) for each in closure for instruction in each.instructions]
        others = [path for path in map(by_version.file_of, snippets) if path.is_file()]
        files = [*(each.path for each in closure), *snippets, *others]
        hashes[page.name] = _hash([code, *(path.read_text(encoding="utf-8") for path in files)])
    return hashes


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _report(
    chosen: Sequence[Mutant], caught: dict[str, str | None], allowed: Sequence[accepted.Accepted]
) -> list[dict[str, Any]]:
    return [
        {
            "place": mutant.place,
            "file": mutant.file,
            "line": mutant.line,
            "source": mutant.source,
            "change": mutant.change,
            "caught": caught[mutant.id],
            "accepted": next((entry.why for entry in allowed if entry.covers(mutant)), None),
        }
        for mutant in chosen
    ]
