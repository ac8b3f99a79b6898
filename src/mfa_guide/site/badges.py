"""The line below a page's title: was this page checked, when, and with which programs?"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from mfa_guide.instructions import reviews
from mfa_guide.instructions.evidence import PageEvidence, hash_of, read_evidence
from mfa_guide.instructions.pages import Page, read_page

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

UNCHECKED = "Not checked in this copy of the guide"


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
    evidence = read_evidence(project, page.name)
    kind, text = ("unchecked", UNCHECKED)
    if reviews.passed(page, today):
        text = "Not checked: something on this page was to be looked at again before today"
    elif evidence is not None and _is_about(evidence, page):
        kind, text = _summary(evidence)
    for label, reason in page.practice.labels.items():
        text += f". Not checked for {escape(label)}: {escape(reason.why)}"
    return f'<p class="badge badge--{kind}">{text}. <a href="{explained}">What does this mean?</a></p>'


def _is_about(evidence: PageEvidence, page: Page) -> bool:
    """Tell whether the evidence is about these instructions, with exactly these texts, in this order."""
    checked = [(entry.kind, entry.snippet, entry.sha256) for entry in evidence.instructions]
    return checked == [
        (instruction.kind, instruction.snippet, hash_of(page.snippet(instruction))) for instruction in page.instructions
    ]


def _summary(evidence: PageEvidence) -> tuple[str, str]:
    when = day(max(entry.when for entry in evidence.instructions))
    wrong = [entry for entry in evidence.instructions if entry.result != "holds"]
    if wrong:
        return "failed", f"Does not hold: {len(wrong)} of {len(evidence.instructions)} steps failed on {when}"
    clients = dict.fromkeys(f"{entry.client} {entry.version}" for entry in evidence.instructions if entry.client)
    return "passed", f"Checked on {when} with {', '.join(clients)}"


def day(when: date) -> str:
    """Return a day as people write it, such as 24 November 2026."""
    return f"{when.day} {when:%B %Y}"
