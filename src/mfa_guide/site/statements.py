"""The table of what the guide must hold, for readers (mkdocs-macros): `{{ statements() }}`.

It is tests/statements.yml, beside the tests that it names; the evidence of the last check says the rest.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import yaml
from mkdocs.utils.meta import get_data
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from mfa_guide.errors import GuideError
from mfa_guide.instructions.evidence import hash_of, read_evidence
from mfa_guide.instructions.pages import DOCS, SNIPPETS
from mfa_guide.site.badges import UNCHECKED, day

if TYPE_CHECKING:
    from mkdocs_macros.plugin import MacrosPlugin

TABLE = "tests/statements.yml"
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
    reason: str = ""
    """Why it is not carried out."""
    limit: str = ""
    """What of it is not carried out, although the rest is."""

    @model_validator(mode="after")
    def _complete(self) -> Statement:
        if bool(self.by) != (self.check == "carried out"):
            raise ValueError("what is carried out, and only that, says by what")
        if bool(self.reason) != (self.check in ("format", "by hand", "not checked")):
            raise ValueError("what is not carried out, and only that, says why")
        if bool(self.anchor) != (self.check != "planned"):
            raise ValueError("what is on a page has an anchor there")
        return self

    @property
    def snippets(self) -> tuple[str, ...]:
        """The snippets by which it is carried out."""
        return tuple(name for name in self.by if "::" not in name)


def define_env(env: MacrosPlugin) -> None:
    """Give every page the table."""
    env.variables["statements"] = partial(statements, Path(env.project_dir))


def read(project: Path) -> tuple[Statement, ...]:
    """Read the table.

    Raises:
        GuideError: it cannot be read.
    """
    try:
        content = yaml.safe_load((project / TABLE).read_text(encoding="utf-8"))
        return TypeAdapter(tuple[Statement, ...]).validate_python(content)
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise GuideError(f"{TABLE} cannot be read: {error}") from error


def statements(project: Path) -> str:
    """Return the table as Markdown for a page in a folder of docs/: what each page holds, folded, below a count.

    Raises:
        GuideError: the table cannot be read, or a page that it names.
    """
    rows = [row for row in read(project) if row.check != "planned"]
    counts = Counter(_in_words(row) for row in rows)
    lines = [f"{len(rows)} statements: {', '.join(f'{count} {check}' for check, count in counts.most_common())}.", ""]
    for page in dict.fromkeys(row.page for row in rows):
        of_page = [row for row in rows if row.page == page]
        lines += [f'??? info "{_title(project, page)} ({len(of_page)})"', ""]
        for row in of_page:
            lines += [f"    - [{row.says}](../{page}#{row.anchor})", f"        <br>{_checked(project, row)}"]
        lines.append("")
    return "\n".join(lines)


def _title(project: Path, page: str) -> str:
    try:
        _, meta = get_data((project / DOCS / page).read_text(encoding="utf-8"))
    except OSError as error:
        raise GuideError(f"{TABLE} names {page}, which cannot be read: {error.strerror}") from error
    return str(meta["title"])


def _checked(project: Path, row: Statement) -> str:
    """Return whether a statement was checked, with what, when, and what was not."""
    if row.check != "carried out":
        return f"**{_in_words(row).capitalize()}**: {row.reason}."
    limit = f" But: {row.limit}." if row.limit else ""
    return f"{_carried_out(project, row)}.{limit}"


def _in_words(row: Statement) -> str:
    return _ONLY_FORMAT.get(row.check, row.check)


def _carried_out(project: Path, row: Statement) -> str:
    if not row.snippets:
        return "Carried out by tests that run before the guide is published; they leave no date"
    evidence = read_evidence(project, row.page)
    current = {(snippet, hash_of(project / SNIPPETS / snippet)) for snippet in row.snippets}
    entries = [each for each in evidence.instructions if (each.snippet, each.sha256) in current] if evidence else []
    if {entry.snippet for entry in entries} != {*row.snippets}:
        return UNCHECKED
    when = day(max(entry.when for entry in entries))
    if any(entry.result != "holds" for entry in entries):
        return f"**Does not hold**: tried on {when}"
    clients = dict.fromkeys(f"{entry.client} {entry.version}" for entry in entries if entry.client)
    return f"Carried out on {when} with {', '.join(clients)}"
