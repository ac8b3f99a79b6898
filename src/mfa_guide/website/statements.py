"""The table of what the guide must hold, for readers: `{{ statements() }}`.

It is docs/reference/statements.yml, beside the tests that it names; the evidence of the last check says the rest.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mfa_guide.base.errors import GuideError
from mfa_guide.base.reading import read_yaml
from mfa_guide.checking.evidence import read_all
from mfa_guide.website.evidence_in_words import UNCHECKED, carried_out, clients, clients_of, day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mfa_guide.checking.evidence import Entry, PageEvidence
    from mfa_guide.guide.edition import Edition
    from mfa_guide.guide.guide import Guide

TABLE = "docs/reference/statements.yml"
_ONLY_FORMAT = {"format": "only by format"}


class Statement(BaseModel):
    """One row of the table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int
    says: str = Field(min_length=10)
    page: str = Field(pattern=r"^[a-z/-]+\.md$")
    """Relative to docs/."""
    anchor: str = ""
    """Where on the page it stands."""
    check: Literal["carried out", "format", "by hand", "not checked", "planned"]
    by: tuple[str, ...] = ()
    """Snippets of that page, relative to snippets/, and tests, `tests/…::test_…`."""
    on_windows: tuple[str, ...] = ()
    """Snippets of that page that are for Windows alone, where some of `by` are for Linux alone."""
    reason: str = ""
    """Why it is not carried out."""
    limit: str = ""
    """What of it is not carried out, although the rest is."""

    @model_validator(mode="after")
    def _complete(self) -> Statement:
        if bool(self.by) != (self.check == "carried out"):
            raise ValueError("what is carried out, and only that, says by what")
        if self.on_windows and not self.by:
            raise ValueError("what is carried out on Windows says `by` what it is on Linux")
        if bool(self.reason) != (self.check in ("format", "by hand", "not checked")):
            raise ValueError("what is not carried out, and only that, says why")
        if bool(self.anchor) != (self.check != "planned"):
            raise ValueError("what is on a page has an anchor there")
        return self

    @property
    def snippets(self) -> tuple[str, ...]:
        """The snippets by which it is carried out."""
        return tuple(name for name in self.by if "::" not in name)


def read(edition: Edition) -> tuple[Statement, ...]:
    """Read the table of an edition of the guide.

    Raises:
        GuideError: it cannot be read.
    """
    path = edition.file(TABLE)
    return read_yaml(path, edition.where(path), tuple[Statement, ...])


def statements(guide: Guide) -> str:
    """Return the table as Markdown for a page in a folder of docs/: what each page holds, folded, below a count.

    Raises:
        GuideError: the table cannot be read, or a page that it names.
    """
    rows = [row for row in read(guide.edition) if row.check != "planned"]
    counts = Counter(_in_words(row) for row in rows)
    lines = [f"{len(rows)} statements: {', '.join(f'{count} {check}' for check, count in counts.most_common())}.", ""]
    for page in dict.fromkeys(row.page for row in rows):
        of_page = [row for row in rows if row.page == page]
        try:
            told = guide.page(page)
        except GuideError as error:
            raise GuideError(f"{TABLE} names {page}: {error}") from error
        evidence = read_all(told)
        lines += [f'??? info "{told.title} ({len(of_page)})"', ""]
        for row in of_page:
            lines += [f"    - [{row.says}](../{page}#{row.anchor})", f"        <br>{_checked(evidence, row)}"]
        lines.append("")
    return "\n".join(lines)


def _checked(evidence: Mapping[str, PageEvidence], row: Statement) -> str:
    """Return whether a statement was checked, with what, when, and what was not."""
    if row.check != "carried out":
        return f"**{_in_words(row).capitalize()}**: {row.reason}."
    limit = f" But: {row.limit}." if row.limit else ""
    told = _carried_out(evidence, row.snippets)
    if row.on_windows:
        on_windows = _carried_out(evidence, row.on_windows)
        told += f". On Windows: {on_windows[0].lower()}{on_windows[1:]}"
    return f"{told}.{limit}"


def _in_words(row: Statement) -> str:
    return _ONLY_FORMAT.get(row.check, row.check)


def _carried_out(evidence: Mapping[str, PageEvidence], snippets: Sequence[str]) -> str:
    if not snippets:
        return "Carried out by tests that run before the guide is published; they leave no date"
    held: list[Entry] = []
    failures: list[str] = []
    for suite, of_suite in evidence.items():
        of_page = carried_out(of_suite)
        entries = [entry for entry in of_page if entry.snippet in snippets]
        if any(entry.result != "holds" for entry in entries):
            with_what = f" with {of}" if (of := clients_of(suite, of_page)) else ""
            failures.append(f"**Does not hold**{with_what}: tried on {day(max(entry.when for entry in entries))}")
        else:
            held += entries
    told = failures
    if {entry.snippet for entry in held} == {*snippets}:
        with_what = f" with {of}" if (of := clients(held)) else ""
        told = [f"Carried out on {day(max(entry.when for entry in held))}{with_what}", *failures]
    return ". ".join(told) or UNCHECKED
