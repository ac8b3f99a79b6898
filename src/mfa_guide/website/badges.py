"""The line below a page's title: was this page checked, when, and with which programs?"""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from mfa_guide.checking.evidence import read_all
from mfa_guide.clients import suites
from mfa_guide.gate import reviews
from mfa_guide.guide.page import WINDOWS
from mfa_guide.website.evidence_in_words import UNCHECKED, carried_out, clients, clients_of, day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from mfa_guide.checking.evidence import Entry, PageEvidence
    from mfa_guide.guide.page import Page


def badge(page: Page, explained: str, today: date) -> str:
    """Return the badge of a page as HTML; nothing when the page tells the reader to do nothing.

    Args:
        page: the page.
        explained: the address at which the guide says what checked means.
        today: the day on which the guide is built.

    Raises:
        GuideError: a page that it needs cannot be read.
    """
    if not page.instructions:
        return ""
    kind, text = ("unchecked", UNCHECKED)
    evidence = read_all(page)
    if reviews.passed(page, today):
        text = "Not checked: something on this page was to be looked at again before today"
    else:
        kind, text = _summary(evidence)
        if page.practice.program and kind == "passed":
            # What others do in its place says little of it.
            kind, text = "partly", f"{escape(page.practice.program)} itself was not tried. In its place: {_begun(text)}"
    if {WINDOWS} < {*page.labels} and not evidence.keys() & suites.ON_WINDOWS:
        text += ". Not checked for Windows in this copy of the guide"
    for requirement, because in page.practice.only.items():
        text += f". Only with {escape(requirement.in_words())}: {escape(because)}"
    for label, reason in page.practice.labels.items():
        text += f". Not checked for {escape(label)}: {escape(reason.why)}"
    return f'<p class="badge badge--{kind}">{text}. <a href="{explained}">What does this mean?</a></p>'


def _in_numbers(entries: Sequence[Entry]) -> str:
    """Return how many of the steps failed, and how many nobody got to."""
    counts = Counter(entry.result for entry in entries)
    failed = f"{counts['fails']} of {len(entries)} steps failed" if counts["fails"] else ""
    left = counts["not reached"]
    reached = f"{left or ''} {'was' if left == 1 else 'were'} not reached" if left else ""
    return ", ".join(part for part in (failed, reached) if part)


def _begun(sentence: str) -> str:
    """Return a sentence as the second half of one."""
    return sentence[:1].lower() + sentence[1:]


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
            failures.append(f"Does not hold{with_what}: {_in_numbers(entries)}, on {when}")
        else:
            held += entries
    if not held:
        return ("failed", ". ".join(failures)) if failures else ("unchecked", UNCHECKED)
    with_what = f" with {escape(of)}" if (of := clients(held)) else ""
    checked = f"Checked on {day(max(entry.when for entry in held))}{with_what}"
    return ("partly" if failures else "passed"), ". ".join([checked, *failures])
