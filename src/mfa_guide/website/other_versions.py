"""What other versions show, and what is only for some, on a page: complete without JavaScript.

`data-with="OpenSSH >=10.0"` is hidden until the reader tells a version that meets it; `data-without`, one or more of
these, is hidden when one of them is met. theme/assets/versions.js does that, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError
from mfa_guide.checking.evidence import read_all
from mfa_guide.clients import suites
from mfa_guide.clients.requirement import Requirement
from mfa_guide.kinds.transcript import by_version
from mfa_guide.kinds.transcript.reading import output_line
from mfa_guide.website.evidence_in_words import day, versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mfa_guide.guide.guide import Guide
    from mfa_guide.guide.page import Page
    from mfa_guide.kinds.transcript.by_version import Difference
    from mfa_guide.website.wordings import Row

SEPARATOR = "; "
"""Between the requirements in one attribute."""


@dataclass(frozen=True)
class Other:
    """A difference, and whether anybody has seen it."""

    difference: Difference
    seen: str
    """With which versions, and when; empty when it was not carried out."""


def of_fence(guide: Guide, options: Mapping[str, str]) -> list[Other]:
    """Return what other versions show in a fence.

    Args:
        guide: the guide that is built.
        options: those of the fence; nothing is known of one that was not told its place.

    Raises:
        GuideError: it cannot be read.
    """
    if not options.keys() >= {"page", "snippet"}:
        return []
    page = guide.page(options["page"])
    differences = by_version.read_differences(page.snippet_file(options["snippet"]))
    return [
        Other(difference, _seen(page, options["snippet"], number, difference.requirement.client))
        for number, difference in enumerate(differences, start=1)
    ]


def _seen(page: Page, snippet: str, number: int, client: str) -> str:
    """Return with which versions of a client a page has shown a difference, and when."""
    entries = [
        (entry.version if entry.client == client else suites.VERSIONS.get(suite, {}).get(client), entry.when)
        for suite, evidence in read_all(page).items()
        for entry in evidence.instructions
        if entry.snippet == snippet and number in entry.met and entry.result == "holds"
    ]
    known = [version for version, _ in entries if version]
    return f"{client} {versions(client, known)} on {day(max(when for _, when in entries))}" if known else ""


def line(text: str) -> str:
    """Return a line of a terminal as HTML, with what is typed in it marked."""
    read = output_line(1, text)
    typed = "" if read.typed is None else f"<kbd>{escape(read.typed) or 'Enter'}</kbd>"
    return f"{escape(read.text)}{typed}"


def condition(row: Row) -> str:
    """Return the attributes by which a line is shown only to those for whom it is."""
    if row.only:
        return f' data-with="{escape(str(row.only))}" hidden'
    if row.unless:
        return f' data-without="{escape(SEPARATOR.join(map(str, row.unless)))}"'
    return ""


def fold(others: Sequence[Other]) -> str:
    """Return, folded, what other versions show, and, to those who have told such a version, what the guide's shows."""
    if not others:
        return ""
    told = "".join(f'<div class="other">{_told(other)}</div>' for other in others)
    return f'<details class="others"><summary>With other versions</summary>{told}</details>'


def _told(other: Other) -> str:
    difference = other.difference
    requirement = escape(str(difference.requirement))
    client = difference.requirement.client
    reference = f"{client} {suites.VERSIONS[suites.REFERENCE][client]}, with which this page was written"
    there, shown = _block(difference.anchor), _block(difference.lines)
    if difference.after:
        theirs, ours = (
            f"after{there}<p>{_these(difference.lines, 'comes', 'come')}:{shown}",
            _missing(shown, difference.lines),
        )
    elif difference.lines:
        theirs, ours = f"instead of{there}<p>you see:{shown}", f"you see{there}<p>instead of:{shown}"
    else:
        theirs, ours = _missing(there, difference.anchor), f"you also see:{there}"
    seen = f"een with {escape(other.seen)}." if other.seen else ""
    nobody = "not carried out in this copy of the guide."
    return (
        f'<div data-without="{requirement}"><p><strong>With {escape(difference.requirement.in_words())}</strong>, '
        f'{theirs}<p class="other__evidence">{f"S{seen}" if seen else nobody.capitalize()}</p></div>'
        f'<div data-with="{requirement}" hidden><p><strong>With {escape(reference)}</strong>, {ours}'
        f'<p class="other__evidence">What stands above now was {f"s{seen}" if seen else nobody}</p></div>'
    )


def _these(lines: Sequence[str], one: str, several: str) -> str:
    return f"this line {one}" if len(lines) == 1 else f"these lines {several}"


def _missing(block: str, lines: Sequence[str]) -> str:
    return f"{_these(lines, 'is missing', 'are missing')}:{block}"


def _block(lines: Sequence[str]) -> str:
    """Close a paragraph, and show lines of a terminal below it."""
    text = "".join(f"{line(each)}\n" for each in lines)
    return f'</p><pre class="other__lines"><samp>{text}</samp></pre>'


def only(options: Mapping[str, str], shown: str) -> str:
    """Return a block, below a line that says for which versions it is when it is not for all.

    Args:
        options: those of the fence.
        shown: what it shows, as HTML.

    Raises:
        GuideError: the option `with` is no requirement.
    """
    if "with" not in options:
        return shown
    try:
        requirement = Requirement.parse(options["with"])
    except ValueError as error:
        raise GuideError(f"`with`: {error}") from error
    return (
        f'<details class="only" open data-only="{escape(str(requirement))}">'
        f"<summary>Only with {escape(requirement.in_words())}"
        f'<span class="only__not" hidden>: not with the version that you told</span></summary>{shown}</details>'
    )
