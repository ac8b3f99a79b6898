"""Evidence: what was checked, with which client and version, when, and with which result.

One file for each page, edition and suite of clients, build/evidence/<edition>/<suite>/<page>.json, so that several
processes can write at once. It is about the page as it was then, see `fingerprint.py`, and void as soon as anything of
that changes.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from mfa_guide.base import writing
from mfa_guide.checking.fingerprint import fingerprint, here
from mfa_guide.checking.result import Outcome
from mfa_guide.clients import suites
from mfa_guide.guide.page import WINDOWS
from mfa_guide.policy import NEWEST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mfa_guide.checking.result import Result
    from mfa_guide.guide.page import Page


class Entry(BaseModel):
    """The evidence for one instruction."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    snippet: str
    """Relative to snippets/."""
    client: str | None
    version: str | None
    when: datetime
    """UTC."""
    result: Outcome
    message: str | None
    """Why it does not hold."""
    met: tuple[int, ...] = ()
    """Which of the differences beside the snippet were seen, counted from 1."""

    @property
    def on_windows(self) -> bool:
        """Whether it was carried out at a computer with Windows."""
        return self.id.endswith(f"[{WINDOWS}]")


class PageEvidence(BaseModel):
    """The evidence for one page: an entry for each of its instructions, in order."""

    model_config = ConfigDict(frozen=True)

    page: str
    """Relative to docs/."""
    edition: str = NEWEST
    """The name of the edition of the guide."""
    about: str
    """The fingerprint of all that the results depend on."""
    clients: dict[str, str]
    """The version of each client that made or could have made a difference."""
    packages: str = ""
    """A hash of the packages of a suite that was fetched; empty for this computer's own clients."""
    instructions: tuple[Entry, ...]


def collect(page: Page, results: Sequence[Result], about: str, packages: str = "") -> PageEvidence:
    """Make evidence of the results for a page.

    Args:
        page: the page.
        results: of its instructions, in order.
        about: the fingerprint of the page when it began to be carried out.
        packages: the packages of the suite then; empty for this computer's own clients.
    """
    clients = {name: version for result in results for name, version in result.versions.items()}
    entries = tuple(map(_entry, results))
    return PageEvidence(
        page=page.name,
        edition=page.guide.edition.name,
        about=about,
        clients=clients,
        packages=packages,
        instructions=entries,
    )


def _entry(result: Result) -> Entry:
    # One that is to be rewritten holds with another text; evidence is about the one that was carried out.
    outcome: Outcome = "fails" if result.outcome == "holds" and result.failures else result.outcome
    return Entry(
        id=result.instruction.id,
        kind=result.instruction.kind,
        snippet=result.instruction.snippet,
        client=result.client.name if result.client else None,
        version=result.client.version if result.client else None,
        when=result.when.replace(microsecond=0),
        result=outcome,
        message=result.failures[0].message if result.failures else None,
        met=result.done.met,
    )


def write_evidence(evidence: PageEvidence, project: Path, suite: str | None = None) -> None:
    """Write the evidence for a page and a suite (the machine's own when not given), in place of what was there.

    Raises:
        GuideError: it cannot be written.
    """
    path = evidence_file(project, evidence.page, suite, evidence.edition)
    writing.write(path, evidence.model_dump_json(indent=2) + "\n", folders=True)


def read_evidence(project: Path, page: str, suite: str | None = None, edition: str = NEWEST) -> PageEvidence | None:
    """Return the evidence for a page and a suite (the machine's own when not given); None when none can be read."""
    try:
        text = evidence_file(project, page, suite, edition).read_text(encoding="utf-8")
        return PageEvidence.model_validate_json(text)
    except (OSError, ValidationError):
        return None


def evidence_file(project: Path, page: str, suite: str | None = None, edition: str = NEWEST) -> Path:
    """Return where the evidence for a page and a suite is: build/evidence/2026/trixie/log-in/openssh.md.json."""
    return project / "build" / "evidence" / edition / (suite or suites.own()) / f"{page}.json"


def read_all(page: Page) -> dict[str, PageEvidence]:
    """Return the evidence that is about a page as it is: by the suite, the oldest first.

    What was found out about another text, other options, another policy or another practice site is about no such
    page; nor is what clients did before they were exchanged. Of a suite that is not here, nobody knows better.
    """
    about = fingerprint(page)
    edition = page.guide.edition.name
    every = (*suites.everywhere(), suites.UNKNOWN)
    found = {suite: read_evidence(page.project, page.name, suite, edition) for suite in every}
    return {
        suite: evidence
        for suite, evidence in found.items()
        if evidence and evidence.about == about and _with_clients_of_now(evidence, suite)
    }


def _with_clients_of_now(evidence: PageEvidence, suite: str) -> bool:
    if suite == suites.own():
        return here(evidence.clients)
    return suites.Suite(suite).packages in ("", evidence.packages)
