"""The line below a page's title: was this page checked, when, and with which programs?"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from mfa_guide.checking.evidence import read_all
from mfa_guide.gate import reviews
from mfa_guide.guide.page import read_page
from mfa_guide.website.evidence_in_words import UNCHECKED, carried_out, clients, clients_of, day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from mfa_guide.checking.evidence import Entry, PageEvidence


def badge(project: Path, path: Path, explained: str, today: date) -> str:
    """Return the badge of a page as HTML; nothing when the page tells the reader to do nothing.

    Args:
        project: the folder with `mkdocs.yml`, below which the evidence lies.
        path: the file of the page.
        explained: the address at which the guide says what checked means.
        today: the day on which the guide is built.

    Raises:
        GuideError: the front matter of the page cannot be read.
    """
    page = read_page(project, path)
    if not page.instructions:
        return ""
    kind, text = ("unchecked", UNCHECKED)
    if reviews.passed(page, today):
        text = "Not checked: something on this page was to be looked at again before today"
    else:
        kind, text = _summary(read_all(project, page))
    for requirement, because in page.practice.only.items():
        text += f". Only with {escape(requirement.in_words())}: {escape(because)}"
    for label, reason in page.practice.labels.items():
        text += f". Not checked for {escape(label)}: {escape(reason.why)}"
    return f'<p class="badge badge--{kind}">{text}. <a href="{explained}">What does this mean?</a></p>'


def _summary(evidence: Mapping[str, PageEvidence]) -> tuple[str, str]:
    """Return the kind of badge, and what it says of all suites with which the page was carried out."""
    held: list[Entry] = []
    failures: list[str] = []
    for suite, of_suite in evidence.items():
        entries = carried_out(of_suite)
        wrong = [entry for entry in entries if entry.result != "holds"]
        if wrong:
            when = day(max(entry.when for entry in entries))
            with_what = f" with {escape(of)}" if (of := clients_of(suite, entries)) else ""
            failures.append(f"Does not hold{with_what}: {len(wrong)} of {len(entries)} steps failed on {when}")
        else:
            held += entries
    if not held:
        return ("failed", ". ".join(failures)) if failures else ("unchecked", UNCHECKED)
    with_what = f" with {escape(of)}" if (of := clients(held)) else ""
    checked = f"Checked on {day(max(entry.when for entry in held))}{with_what}"
    return ("partly" if failures else "passed"), ". ".join([checked, *failures])
