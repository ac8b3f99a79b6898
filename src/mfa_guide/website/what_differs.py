"""Everything in the guide that differs between versions of a client, and the versions that it makes two of."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from packaging.version import Version

from mfa_guide.base.errors import GuideError
from mfa_guide.clients import suites
from mfa_guide.clients.requirement import Requirement
from mfa_guide.expecting.failure import Failure
from mfa_guide.kinds.transcript import by_version
from mfa_guide.website import wordings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from mfa_guide.guide.guide import Guide
    from mfa_guide.guide.page import Block, Page
    from mfa_guide.kinds.transcript.by_version import Difference


@dataclass(frozen=True)
class Differs:
    """One thing on a page that is only for some versions."""

    page: Page
    requirement: Requirement
    difference: Difference | None
    """What these versions show instead; None for a whole block, which is for them only."""


@dataclass(frozen=True)
class Range:
    """Versions of a client between which nothing in the guide makes a difference."""

    requirement: Requirement
    """Which they are."""
    version: str
    """One of them."""

    @property
    def client(self) -> str:
        """The client."""
        return self.requirement.client

    @property
    def words(self) -> str:
        """Which versions they are, for instance `10.0 or later, before 10.6`."""
        return self.requirement.in_words().removeprefix(f"{self.client} ")


def of_guide(guide: Guide) -> list[Differs]:
    """Return everything that differs, in order of the pages.

    Raises:
        GuideError: a page cannot be read, or what stands beside a snippet; the message names the file and the line.
    """
    return [differs for page in guide.pages() for differs in of_page(page)]


def of_page(page: Page) -> Iterator[Differs]:
    """Return everything on a page that differs, in order.

    Raises:
        GuideError: what stands beside a snippet cannot be read, or `with` is for no version.
    """
    for block in page.blocks:
        if block.kind != "fence" or block.language not in ("transcript", "walkthrough"):
            continue
        if only := _only(page, block):
            yield Differs(page, only, None)
        if block.snippet and block.language == "transcript":
            snippet = page.snippet_file(block.snippet)
            try:
                for difference in _differences(snippet):
                    yield Differs(page, difference.requirement, difference)
            except Failure as failure:
                where = (failure.file or snippet).relative_to(page.project).as_posix()
                raise GuideError(f"{where}:{failure.line or 1}: {failure.message}") from failure


def _only(page: Page, block: Block) -> Requirement | None:
    try:
        options = block.given()
    except ValueError:
        # The gate says so.
        return None
    try:
        return Requirement.parse(options["with"] or "") if "with" in options else None
    except ValueError as error:
        raise GuideError(f"{page.where}:{block.line}: `with`: {error}") from error


def _differences(snippet: Path) -> Sequence[Difference]:
    """Return the differences from a snippet, once it is sure that each version's wording can be shown."""
    differences = by_version.read_differences(snippet)
    if not differences or not snippet.is_file():
        return ()
    text = snippet.read_text(encoding="utf-8")
    by_version.variant(snippet, text, {}, differences)
    every = wordings.rows(text, differences)
    for each in ranges(difference.requirement for difference in differences):
        versions = {each.client: each.version}
        expected = by_version.variant(snippet, text, versions, differences)
        if wordings.as_shown(every, versions) != expected.text:
            line = expected.applied[0].line
            message = f"two differences for {each.client} {each.words} overlap: write them as one"
            raise Failure(message, line, file=by_version.file_of(snippet))
    return differences


def ranges(requirements: Iterable[Requirement]) -> list[Range]:
    """Return the ranges of versions into which requirements divide those of their clients, the oldest first."""
    cuts: dict[str, set[tuple[Version, bool]]] = {}
    for requirement in requirements:
        for each in requirement.versions:
            # Before the version, or, if that belongs to what is older, right behind it.
            behind = {">=": (False,), "<": (False,), ">": (True,), "<=": (True,), "==": (False, True)}[each.operator]
            found = cuts.setdefault(requirement.client, set())
            found |= {(Version(each.version), each_behind) for each_behind in behind}
    return [
        _range(client, lower, upper)
        for client, found in cuts.items()
        for lower, upper in pairwise([None, *sorted(found), None])
    ]


def _range(client: str, lower: tuple[Version, bool] | None, upper: tuple[Version, bool] | None) -> Range:
    if lower and upper and lower[0] == upper[0]:
        conditions = [f"=={lower[0]}"]
    else:
        conditions = [f"{'>' if lower[1] else '>='}{lower[0]}"] if lower else []
        conditions += [f"{'<=' if upper[1] else '<'}{upper[0]}"] if upper else []
    requirement = Requirement.parse(f"{client} {','.join(conditions)}")
    known = [suites.VERSIONS[suites.REFERENCE], *suites.VERSIONS.values()]
    bounds = [f"{lower[0]}.0.1" if lower[1] else f"{lower[0]}"] if lower else ["0"]
    candidates = [*(versions[client] for versions in known), *bounds]
    version = next(each for each in candidates if requirement.met_by({client: each}))
    return Range(requirement, version)
