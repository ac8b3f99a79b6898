"""The command `mfa-guide mutate`: makes mutants of the guide, and tells which of them no check notices."""

from __future__ import annotations

import contextlib
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

from mfa_guide.base import writing
from mfa_guide.base.errors import CannotRunError, GuideError, UsageError
from mfa_guide.base.project import CONFIGURATION
from mfa_guide.checking.carrying_out import Way
from mfa_guide.checking.choosing import Chosen, choose
from mfa_guide.checking.fingerprint import clients_of, fingerprint, hash_of, hash_of_code
from mfa_guide.checking.report import explanation
from mfa_guide.checking.run import Run
from mfa_guide.clients import suites
from mfa_guide.gate import on_page
from mfa_guide.guide.edition import EDITIONS
from mfa_guide.guide.page import DOCS, NOTEBOOKS, SNIPPETS
from mfa_guide.kinds import instructed, open_guide, open_guides
from mfa_guide.kinds.kind import Shown
from mfa_guide.kinds.notebook import SUFFIX
from mfa_guide.mutants import accepted, making
from mfa_guide.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mfa_guide.guide.guide import Guide
    from mfa_guide.guide.page import Page
    from mfa_guide.mutants.making import Mutant

_PROCESSORS = os.cpu_count() or 1
# Most mutants wait for something that never comes: more of them than processors can do so at once.
# Where Wine starts for each, that takes a processor.
_AT_ONCE, _AT_ONCE_UNDER_WINE = 2 * _PROCESSORS, _PROCESSORS


@dataclass(frozen=True)
class Choice:
    """Which mutants are tried, and with which clients."""

    edition: str = ""
    """Of this edition alone; of all when empty."""
    suite: str = ""
    """With the clients of this suite alone, those that it can notice; with whatever is here, all, when empty."""
    sample: int | None = None
    """How many, drawn at random; all when not given."""
    seed: int | None = None
    """What they are drawn by; the content of the guide when not given."""


def mutate(project: Path, paths: Sequence[Path], choice: Choice, json_file: Path | None) -> int:
    """Carry out mutants of pages, each in a lab of its own, and report on standard output.

    What an earlier call found out about the same guide is not done again; it is kept below build/mutate/.

    Args:
        project: the folder with `mkdocs.yml`. It is not changed.
        paths: pages, or folders of pages; all pages when empty.
        choice: which of their mutants.
        json_file: also write what became of each there.

    Returns:
        The exit status: 0 when every mutant is caught or accepted, else 1.

    Raises:
        UsageError: a path is not a page of the project, there is no such suite, or `json_file` cannot be written.
        GuideError: a page does not hold as it is, or the list of accepted mutants cannot be read.
        CannotRunError: the pages cannot be carried out on this computer, or the suite is not here.
    """
    if json_file is None:
        status, _ = _mutate(project, paths, choice)
        return status
    # That it cannot be written is better known now than hours later.
    with writing.draft(json_file, error=UsageError) as put:
        status, report = _mutate(project, paths, choice)
        put(json.dumps({"mutants": report}, indent=2) + "\n")
    return status


def _mutate(project: Path, paths: Sequence[Path], choice: Choice) -> tuple[int, list[dict[str, Any]]]:
    """Carry out mutants and report; return the exit status, and what became of each."""
    console = Console(highlight=False, soft_wrap=True)
    chosen_of = choose(open_guides(project, choice.edition), paths)
    pages_of = {each.guide: _pages(each) for each in chosen_of}
    pages = [page for found in pages_of.values() for page in found]
    if problem := next((finding for page in pages for finding in on_page.findings(page)), None):
        raise GuideError(f"the guide does not hold as it is: {problem}")
    allowed = {guide.edition.name: accepted.read(guide.edition) for guide in pages_of}
    everything = [mutant for guide, found in pages_of.items() for mutant in making.of_guide(guide, found)]
    noticing = _noticing(everything, choice.suite)
    chosen = [mutant for mutant in everything if mutant.id in noticing]
    if (missing := len(everything) - len(chosen)) and not choice.suite:
        console.print(Text(f"{missing} are about versions that are not here: ./run matrix fetches these", "dim"))
    if choice.sample is not None and choice.sample < len(chosen):
        drawn_by = hash_of(mutant.id for mutant in everything) if choice.seed is None else choice.seed
        chosen = random.Random(drawn_by).sample(chosen, choice.sample)
    caught = _carry_out(project, pages, chosen, noticing, project / "build" / "mutate" / "results.jsonl")
    survivors = [mutant for mutant in chosen if caught[mutant.id] is None]
    unexpected = [mutant for mutant in survivors if not any(entry.covers(mutant) for entry in allowed[mutant.edition])]
    for mutant in unexpected:
        where = f"{mutant.place} ({mutant.file}:{mutant.line})" if mutant.file != "policy" else mutant.place
        console.print(Text(f"{where}: nothing notices: {mutant.change}\n    {mutant.source.strip()}", "red"))
    stale = []
    for guide in () if paths else pages_of:
        edition = guide.edition
        of_edition = [
            [each for each in some if each.edition == edition.name] for some in (everything, chosen, survivors)
        ]
        for entry in _stale(allowed[edition.name], *of_edition):
            where = edition.where(accepted.file_of(edition))
            stale.append(f"{where}: nothing survives of {entry.file}: {entry.source}")
    for told in stale:
        console.print(Text(told, "red"))
    counts = f"{len(chosen) - len(survivors)} of {len(chosen)} caught, {len(survivors) - len(unexpected)} accepted"
    console.print(Text(f"{counts}, {len(unexpected)} not noticed", "bold"))
    return 1 if unexpected or stale else 0, _report(chosen, caught, allowed)


def _pages(chosen: Chosen) -> list[Page]:
    """Return the pages of which there can be mutants."""
    files = [file for file in chosen.files if file.suffix != SUFFIX]
    return [page for file in files if (page := chosen.guide.page_at(file)).instructions]


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


def _carry_out(
    project: Path, pages: Sequence[Page], chosen: Sequence[Mutant], noticing: Mapping[str, Sequence[str]], file: Path
) -> dict[str, str | None]:
    """Return for each mutant, by its id, what noticed it; None when nothing did."""
    keys = keys_of(pages, chosen, noticing)
    known = _known(file)
    caught = {name: known[name, key] for name, key in keys.items() if (name, key) in known}
    left = [mutant for mutant in chosen if mutant.id not in caught]
    if not left:
        return caught
    file.parent.mkdir(parents=True, exist_ok=True)
    under_wine = any(suite in suites.ON_WINDOWS for mutant in left for suite in noticing[mutant.id])
    at_once = _AT_ONCE_UNDER_WINE if under_wine else _AT_ONCE
    errors = Console(stderr=True)
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        file.open("a", encoding="utf-8") as log,
        Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress,
        # A process that has opened pseudo-terminals in threads is no good one to fork.
        ProcessPoolExecutor(at_once, mp_context=multiprocessing.get_context("spawn")) as pool,
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
        runs = sorted(
            {(mutant.edition, name, suite) for mutant in left for name in mutant.pages for suite in noticing[mutant.id]}
        )
        seen: dict[tuple[str, str], list[Shown]] = {}
        for (edition, name, suite), tried in zip(
            runs, pool.map(_try_as_it_is, [project] * len(runs), runs), strict=True
        ):
            if tried.problem:
                where = f" with {suite}" if suite else ""
                page = next(page for page in pages if (page.guide.edition.name, page.name) == (edition, name))
                raise GuideError(f"{page.where} does not hold as it is{where}: {tried.problem}")
            for source, shown in tried.shown:
                seen.setdefault((edition, source), []).append(shown)
        progress.update(task, description="Mutants", total=len(left), completed=0)
        futures = {}
        for mutant in left:
            problem = _foreseen(project, mutant, seen)
            # What other versions show is all that differs for them: nothing else can notice it.
            if problem or (mutant.snippet and mutant.snippet[0] != mutant.file):
                note(mutant, problem)
            else:
                futures[pool.submit(_try_mutant, project, mutant, noticing[mutant.id])] = mutant
        try:
            for future in as_completed(futures):
                note(futures[future], future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return caught


def keys_of(pages: Sequence[Page], mutants: Sequence[Mutant], noticing: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return, for each mutant by its id, a hash of all that decides what becomes of it.

    Args:
        pages: those that the mutants are of.
        mutants: the mutants.
        noticing: the names of the suites with which each is tried, by its id.
    """
    # The gate and the mutants themselves decide, too.
    code = hash_of_code()
    hashes = {(page.guide.edition.name, page.name): hash_of([code, fingerprint(page)]) for page in pages}
    return {
        mutant.id: hash_of(
            [*(hashes[mutant.edition, name] for name in mutant.pages), *map(clients_of, noticing[mutant.id])]
        )
        for mutant in mutants
    }


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


def _noticing(mutants: Sequence[Mutant], suite: str) -> dict[str, list[str]]:
    """Return, for each mutant that can be tried, by its id, the suites with which that is done.

    Args:
        mutants: the mutants.
        suite: the only suite to do it with; when empty, the machine's own clients where they can notice it, else those
            that are here beside them.

    Returns:
        The names of the suites; an empty one is the machine's own clients.

    Raises:
        UsageError: there is no such suite.
        CannotRunError: it is not here.
    """
    if suite:
        suites.named(suite)
        return {mutant.id: [suite] for mutant in mutants if suite in mutant.suites}
    own, beside = suites.own(), suites.beside()
    found = {}
    for mutant in mutants:
        if mutant.anywhere or own in mutant.suites:
            found[mutant.id] = [""]
        elif others := [name for name in mutant.suites if name in beside]:
            found[mutant.id] = others
    return found


def _foreseen(project: Path, mutant: Mutant, seen: Mapping[tuple[str, str], Sequence[Shown]]) -> str | None:
    """Return what notices a mutant, where that can be told from what its page showed as it is."""
    if mutant.snippet is None or (mutant.edition, mutant.snippet[0]) not in seen:
        return None
    snippet, kind = mutant.snippet
    changed = {project / mutant.file: mutant.text}
    problem = instructed(kind).foreseen(project / snippet, changed, seen[mutant.edition, snippet])
    return f"{mutant.file}:{mutant.line}: {problem}" if problem else None


@dataclass(frozen=True)
class _Tried:
    """What became of a page that was carried out."""

    problem: str | None
    """The first thing that does not hold."""
    shown: tuple[tuple[str, Shown], ...] = ()
    """What its instructions have shown, with the snippet of each, relative to the project."""


def _try_mutant(project: Path, mutant: Mutant, noticing: Sequence[str]) -> str | None:
    """Carry out the pages of a mutant with suites; return what notices it."""
    with _copied(project) as folder:
        guide = open_guide(folder, mutant.edition)
        policy = guide.policy
        if mutant.file == "policy":
            policy = Policy.model_validate_json(mutant.text)
        else:
            (folder / mutant.file).write_text(mutant.text, encoding="utf-8")
        for name in noticing:
            suite = suites.named(name) if name else None
            for page in mutant.pages:
                if problem := _try(guide, page, Way(policy=policy, suite=suite)).problem:
                    return problem
        return None


def _try_as_it_is(project: Path, run: tuple[str, str, str]) -> _Tried:
    """Carry out a page of an edition with a suite; with the machine's own when it has no name."""
    edition, name, suite = run
    # In a copy, as its mutants are: what is missing there must not be taken for what notices them.
    with _copied(project) as folder:
        return _try(open_guide(folder, edition), name, Way(suite=suites.named(suite) if suite else None))


@contextlib.contextmanager
def _copied(project: Path) -> Iterator[Path]:
    """Make a copy of all that is read of a guide, and yield its folder."""
    with tempfile.TemporaryDirectory(prefix="mfa-guide-mutant-") as name:
        folder = Path(name)
        shutil.copy(project / CONFIGURATION, folder)
        for part in (DOCS, SNIPPETS, NOTEBOOKS, EDITIONS):
            if (project / part).is_dir():
                shutil.copytree(project / part, folder / part)
        yield folder


def _try(guide: Guide, name: str, way: Way) -> _Tried:
    """Carry out a page until something does not hold."""
    shown: list[tuple[str, Shown]] = []
    try:
        page = guide.page(name)
        if findings := on_page.findings(page):
            return _Tried(str(findings[0]))
        with contextlib.closing(Run(page, way)) as run:
            for result in run.results():
                if result.failures:
                    return _Tried(explanation(result).plain.splitlines()[0])
                if result.done.seen is not None:
                    shown.append((result.instruction.source, Shown(dict(result.versions), result.done.seen)))
    except CannotRunError as error:
        # With other facts there may be no site.
        if way.policy in (None, guide.policy):
            raise
        return _Tried(str(error))
    except GuideError as error:
        return _Tried(str(error))
    return _Tried(None, tuple(shown))


def _report(
    chosen: Sequence[Mutant], caught: dict[str, str | None], allowed: Mapping[str, Sequence[accepted.Accepted]]
) -> list[dict[str, Any]]:
    return [
        {
            "edition": mutant.edition,
            "place": mutant.place,
            "file": mutant.file,
            "line": mutant.line,
            "source": mutant.source,
            "change": mutant.change,
            "caught": caught[mutant.id],
            "accepted": next((entry.why for entry in allowed[mutant.edition] if entry.covers(mutant)), None),
        }
        for mutant in chosen
    ]
