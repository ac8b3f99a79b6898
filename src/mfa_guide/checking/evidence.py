"""Evidence: what was checked, with which client and version, when, and with which result.

One file for each page and suite of clients, build/evidence/<suite>/<page>.json, so that several processes can write at
once.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from mfa_guide.base import writing
from mfa_guide.checking.result import Outcome
from mfa_guide.clients import suites
from mfa_guide.guide.page import Kind
from mfa_guide.kinds.transcript import by_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mfa_guide.checking.result import Result
    from mfa_guide.guide.page import Page


class Entry(BaseModel):
    """The evidence for one instruction."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: Kind
    snippet: str
    """Relative to snippets/."""
    sha256: str
    """The hash of the snippet that was carried out, and of what other versions show: the evidence is about no other."""
    client: str | None
    version: str | None
    when: datetime
    """UTC."""
    result: Outcome
    message: str | None
    """Why it does not hold."""
    met: tuple[int, ...] = ()
    """Which of the differences beside the snippet were seen, counted from 1."""


class PageEvidence(BaseModel):
    """The evidence for one page: an entry for each of its instructions, in order."""

    model_config = ConfigDict(frozen=True)

    page: str
    """Relative to docs/."""
    instructions: tuple[Entry, ...]


def collect(page: str, results: Sequence[Result]) -> PageEvidence:
    """Make evidence of the results for a page."""
    return PageEvidence(page=page, instructions=tuple(_entry(result) for result in results))


def _entry(result: Result) -> Entry:
    return Entry(
        id=result.instruction.id,
        kind=result.instruction.kind,
        snippet=result.instruction.snippet,
        sha256=result.sha256,
        client=result.client.name if result.client else None,
        version=result.client.version if result.client else None,
        when=result.when.replace(microsecond=0),
        result=result.outcome,
        message=result.failure.message if result.failure else None,
        met=result.met,
    )


def hash_of(snippet: Path) -> str:
    """Return the hash of a snippet's content, in hexadecimal; nothing when there is no such file.

    What other versions show, in a file beside it, belongs to it.
    """
    if not snippet.is_file():
        return ""
    others = by_version.file_of(snippet)
    return sha256(snippet.read_bytes() + (others.read_bytes() if others.is_file() else b"")).hexdigest()


def write_evidence(project: Path, evidence: PageEvidence, suite: str | None = None) -> None:
    """Write the evidence for a page and a suite (the machine's own when not given), in place of what was there.

    Raises:
        GuideError: it cannot be written.
    """
    path = evidence_file(project, evidence.page, suite)
    writing.write(path, evidence.model_dump_json(indent=2) + "\n", folders=True)


def read_evidence(project: Path, page: str, suite: str | None = None) -> PageEvidence | None:
    """Return the evidence for a page and a suite (the machine's own when not given); None when none can be read."""
    try:
        return PageEvidence.model_validate_json(evidence_file(project, page, suite).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None


def evidence_file(project: Path, page: str, suite: str | None = None) -> Path:
    """Return where the evidence for a page and a suite is: build/evidence/trixie/log-in/openssh.md.json."""
    return project / "build" / "evidence" / (suite or suites.own()) / f"{page}.json"


def read_all(project: Path, page: Page) -> dict[str, PageEvidence]:
    """Return the evidence that is about a page as it is: by the suite, the oldest first.

    Evidence about other instructions, or about these with other texts or in another order, is about no such page.
    """
    wanted = [(each.kind, each.snippet, hash_of(page.snippet(each))) for each in page.instructions]
    found = {suite: read_evidence(project, page.name, suite) for suite in (*suites.VERSIONS, suites.UNKNOWN)}
    return {
        suite: evidence
        for suite, evidence in found.items()
        if evidence and [(entry.kind, entry.snippet, entry.sha256) for entry in evidence.instructions] == wanted
    }
