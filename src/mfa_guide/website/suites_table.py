"""Which page was carried out with which versions, for readers: `{{ by_version() }}` and more.

The evidence of the last checks says the one, what stands beside the snippets and in the fences the other.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from packaging.version import Version

from mfa_guide.checking.evidence import read_all
from mfa_guide.clients import suites
from mfa_guide.guide.page import WINDOWS
from mfa_guide.problems.catalogue import code
from mfa_guide.website import what_differs
from mfa_guide.website.evidence_in_words import carried_out, listed, versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mfa_guide.checking.evidence import PageEvidence
    from mfa_guide.clients.requirement import Requirement
    from mfa_guide.guide.guide import Guide
    from mfa_guide.guide.page import Page
    from mfa_guide.kinds.transcript.by_version import Difference

_RELEASES = {"bullseye": "Debian 11", "bookworm": "Debian 12", "trixie": "Debian 13", "sid": "Debian unstable"}
_NO_MARKS = str.maketrans("", "", "«»")
"""Takes away what marks typed input."""


def by_version(guide: Guide, order: Sequence[str] = ()) -> str:
    """Return a table of the pages that tell the reader to do something, by the suites, as HTML.

    Args:
        guide: the guide.
        order: names of pages, in the order in which they are listed; others come last.

    Raises:
        GuideError: a page cannot be read.
    """
    pages = [page for page in guide.pages() if set(page.labels) - {WINDOWS} and page.instructions]
    evidence = {page.name: read_all(page) for page in pages}
    columns = [*suites.VERSIONS]
    if any(suites.UNKNOWN in found for found in evidence.values()):
        columns.append(suites.UNKNOWN)
    return _table("Which page was carried out with which versions", _in_order(pages, order), columns, evidence)


def by_windows(guide: Guide, order: Sequence[str] = ()) -> str:
    """Return the same of the pages with steps for Windows, by the suites of programs for Windows."""
    pages = [page for page in guide.pages() if WINDOWS in page.labels]
    evidence = {page.name: read_all(page) for page in pages}
    caption = "Which page was carried out with which programs for Windows"
    return _table(caption, _in_order(pages, order), [*suites.ON_WINDOWS], evidence)


def _in_order(pages: Sequence[Page], order: Sequence[str]) -> list[Page]:
    return sorted(pages, key=lambda page: order.index(page.name) if page.name in order else len(order))


def _table(
    caption: str, pages: Sequence[Page], columns: Sequence[str], evidence: Mapping[str, Mapping[str, PageEvidence]]
) -> str:
    heads = "".join(f'<th scope="col">{_heading(suite, [*evidence.values()])}</th>' for suite in columns)
    rows = ""
    for page in pages:
        cells = "".join(
            f'<td data-suite="{_release(suite)}">{_cell(page, suite, evidence[page.name].get(suite))}</td>'
            for suite in columns
        )
        # As seen from the page with the table, which lies in a folder, too.
        address = f"../../{page.name.removesuffix('.md').removesuffix('index')}/".replace("//", "/")
        rows += f'<tr><th scope="row"><a href="{address}">{escape(page.title)}</a></th>{cells}</tr>'
    return (
        f'<table class="suites"><caption>{escape(caption)}</caption>'
        f'<thead><tr><th scope="col">Page</th>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    )


def _release(suite: str) -> str:
    return "Windows" if suite in suites.ON_WINDOWS else _RELEASES.get(suite, "another system")


def _heading(suite: str, evidence: Sequence[Mapping[str, PageEvidence]]) -> str:
    """Return the clients of a suite, with the versions in which they were carried out, as HTML."""
    if suite in suites.ON_WINDOWS:
        return f"Windows<br><span>PuTTY {escape(suites.ON_WINDOWS[suite]['PuTTY'])}</span>"
    told: dict[str, list[str]] = {client: [] for client in suites.VERSIONS[suites.REFERENCE]}
    for entry in (entry for found in evidence if suite in found for entry in found[suite].instructions):
        if entry.client in told and entry.version:
            told[entry.client].append(entry.version)
    known = {client: [version] for client, version in suites.VERSIONS.get(suite, {}).items()}
    lines = [
        f"{client} {versions(client, found or known[client])}"
        for client, found in told.items()
        if found or client in known
    ]
    return "<br>".join([escape(_release(suite)), *(f"<span>{escape(line)}</span>" for line in lines)])


def _cell(page: Page, suite: str, evidence: PageEvidence | None) -> str:
    """Return what became of a page with a suite, as HTML."""
    entries = carried_out(evidence) if evidence else []
    if not entries:
        meant = all(each.met_by(suites.everywhere().get(suite, {})) for each in page.practice.only)
        return "not carried out" if meant and evidence is None else "not for these versions"
    wrong = [entry for entry in entries if entry.result != "holds"]
    left = sum(entry.result == "not reached" for entry in wrong)
    result = "holds"
    if wrong:
        result = f"<strong>does not hold</strong>: {len(wrong) - left} of {len(entries)}"
        result += f", {left} not reached" if left else ""
    if page.practice.program and not wrong:
        result = f"holds with what stands in for {escape(page.practice.program)}"
    return f"{result}<br><small>{max(entry.when for entry in entries):%-d %b %Y}</small>"


def not_covered(guide: Guide) -> str:
    """Return which pages are for some versions only, and why, as Markdown for a page in a folder.

    Raises:
        GuideError: a page cannot be read.
    """
    lines = [
        f"- {_link(page)}: only with {requirement.in_words()}, because {reason}."
        for page in guide.pages()
        for requirement, reason in page.practice.only.items()
    ]
    return "\n".join(lines) or "Every page is for all of them."


def differing(guide: Guide) -> str:
    """Return what differs between versions, below a heading for each range of them, as Markdown for a page in a folder.

    Raises:
        GuideError: a page cannot be read, or what stands beside a snippet.
    """
    found: dict[Requirement, dict[str, list[str]]] = {}
    for differs in what_differs.of_guide(guide):
        said = found.setdefault(differs.requirement, {}).setdefault(_said(differs.difference), [])
        if (link := _link(differs.page)) not in said:
            said.append(link)
    lines = [f"The pages show the words of {listed(map(' '.join, suites.VERSIONS[suites.REFERENCE].items()))}.", ""]
    for requirement in sorted(found, key=_age):
        lines += [f"### {requirement.in_words()}", ""]
        lines += [f"- {said}\n    <br>On {listed(links)}." for said, links in found[requirement].items()]
        lines.append("")
    return "\n".join(lines)


def _age(requirement: Requirement) -> tuple[str, list[Version]]:
    return requirement.client, sorted(Version(each.version) for each in requirement.versions)


def _said(difference: Difference | None) -> str:
    if difference is None:
        return "A step is for these versions only."
    there, shown = _lines(difference.anchor), _lines(difference.lines)
    if difference.after:
        return f"Behind {there} comes {shown}."
    return f"Instead of {there} you see {shown}." if difference.lines else f"You do not see {there}."


def _lines(lines: Sequence[str]) -> str:
    return " / ".join(code(line.translate(_NO_MARKS)) for line in lines)


def _link(page: Page) -> str:
    return f"[{escape(page.title)}](../{page.name})"
