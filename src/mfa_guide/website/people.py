"""What people have done by hand, on the pages: when the guide was last compared, and what was tried."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from mfa_guide.by_hand import records
from mfa_guide.by_hand.programs import OTHER, find, programs
from mfa_guide.guide.page import SNIPPETS
from mfa_guide.website.evidence_in_words import day

if TYPE_CHECKING:
    from pathlib import Path


def last_compared(project: Path) -> str:
    """Return when a person last compared the guide with the real service, and what came of it, for the first page.

    Raises:
        GuideError: the list cannot be read.
    """
    compared = records.read(project, records.Compared)
    if not compared:
        return "**never**"
    last = max(compared, key=lambda record: record.date)
    others = last.different + last.missing + last.extra
    result = "all lines were the same" if not others else f"{last.same} lines were the same, {others} not"
    snippet = project / SNIPPETS / last.snippet
    same_text = snippet.is_file() and sha256(snippet.read_bytes()).hexdigest() == last.sha256
    since = "" if same_text else "; the page has changed since"
    return f"**{day(last.date)}** ([this page]({last.page}): {result}{since})"


def tried(project: Path, client: str) -> str:
    """Return when a person last tried a program on the practice site, and what came of it, in a sentence.

    Raises:
        UsageError: there is no such program.
        GuideError: the list cannot be read.
    """
    title = find(client).title
    last = _last(project, client)
    if last is None:
        return f"Nobody has tried {title} with `mfa-guide verify {client}` yet."
    return (
        f"A person last tried {title} with `mfa-guide verify {client}` on {day(last.date)} (`{last.version}`): "
        f"{len(last.passed)} of {len(last.steps)} steps passed."
    )


def all_tried(project: Path) -> str:
    """Return a table of all programs that people can try.

    Raises:
        GuideError: the list cannot be read.
    """
    rows = ["| program | last tried | it calls itself | steps that passed | steps that did not |"]
    rows.append("| --- | --- | --- | --- | --- |")
    for client, program in programs().items():
        last = _last(project, client)
        if last is not None:
            passed, failed = (", ".join(steps) or "none" for steps in (last.passed, last.failed))
            rows.append(f"| {program.title} | {day(last.date)} | `{last.version}` | {passed} | {failed} |")
        elif client != OTHER:
            rows.append(f"| {program.title} | never | | | |")
    return "\n".join(rows)


def _last(project: Path, client: str) -> records.Verified | None:
    found = [record for record in records.read(project, records.Verified) if record.client == client]
    return max(found, key=lambda record: record.date, default=None)
