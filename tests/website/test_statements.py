"""The table of what the guide must hold, statements.yml, is true: pages, anchors, snippets and tests exist."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import yaml
from pydantic import ValidationError

from mfa_guide.base.errors import GuideError
from mfa_guide.checking.evidence import collect, write_evidence
from mfa_guide.checking.fingerprint import fingerprint
from mfa_guide.checking.result import Result
from mfa_guide.clients.versions import Client
from mfa_guide.kinds import open_guide
from mfa_guide.website.statements import TABLE, Statement, read, statements
from tests.support import GUIDES, PROJECT
from tests.support.guides import THREE_SNIPPETS, THREE_STEPS, write_guide

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_guide.checking.result import Outcome
    from mfa_guide.guide.guide import Guide as GuideSource
    from mfa_guide.guide.page import Page
    from tests.support.built import Guide

NUMBERS = {"2026": 57, "2024": 84}
"""How many statements there are for each edition."""
each_edition = pytest.mark.parametrize("source", GUIDES, ids=lambda source: source.edition.name)


def faults(statement: Statement, source: GuideSource, built: Guide) -> list[str]:
    """Return what is not true of a row."""
    there = source.has_page(statement.page)
    if statement.check == "planned":
        return [f"{statement.page} is written: say how the statement is checked"] if there else []
    if not there:
        return [f"{statement.page} does not exist"]
    page = source.page(statement.page)
    ids = [tag["id"] for tag in built.soup(address_of(statement.page)).find_all(id=True)]
    shown = {instruction.snippet for instruction in page.instructions}
    found = [] if statement.anchor in ids else [f"{statement.page} has no #{statement.anchor}"]
    for name in (*statement.by, *statement.on_windows):
        file, is_test, test = name.partition("::")
        if is_test:
            text = (PROJECT / file).read_text(encoding="utf-8") if (PROJECT / file).is_file() else ""
            if not re.search(rf"^(async )?def {re.escape(test)}\(", text, re.MULTILINE):
                found.append(f"there is no test {name}")
        elif name not in shown:
            found.append(f"{statement.page} does not carry out {name}")
    return found


def address_of(page: str) -> str:
    return page.removesuffix(".md").removesuffix("index").rstrip("/")


@each_edition
def test_every_statement_has_one_row(source: GuideSource) -> None:
    expected = list(range(1, NUMBERS[source.edition.name] + 1))
    assert [statement.number for statement in read(source.edition)] == expected


@each_edition
def test_every_row_is_true(source: GuideSource, guide: Guide, older: Guide) -> None:
    built = older if source.edition.overlay else guide
    statements_of = read(source.edition)
    wrong = {statement.number: found for statement in statements_of if (found := faults(statement, source, built))}
    assert wrong == {}


ROW = {
    "number": 1,
    "says": "The ssh command logs in",
    "page": "log-in/openssh.md",
    "anchor": "2-type-the-command",
    "check": "carried out",
    "by": ["openssh/first-login.txt"],
}
PLANNED = {key: ROW[key] for key in ("number", "says")} | {"check": "planned"}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (ROW | {"page": "log-in/nowhere.md"}, "log-in/nowhere.md does not exist"),
        (ROW | {"anchor": "9-nowhere"}, "log-in/openssh.md has no #9-nowhere"),
        (ROW | {"by": ["openssh/agent-none.txt"]}, "log-in/openssh.md does not carry out openssh/agent-none.txt"),
        (ROW | {"on_windows": ["putty/no.yml"]}, "log-in/openssh.md does not carry out putty/no.yml"),
        (ROW | {"by": ["tests/test_run.py::test_no"]}, "there is no test tests/test_run.py::test_no"),
        (ROW | {"by": ["tests/nowhere.py::test_no"]}, "there is no test tests/nowhere.py::test_no"),
        (
            PLANNED | {"page": "log-in/openssh.md"},
            "log-in/openssh.md is written: say how the statement is checked",
        ),
    ],
)
def test_a_row_that_is_not_true(row: dict[str, object], fault: str, guide: Guide) -> None:
    assert faults(Statement.model_validate(row), GUIDES[0], guide) == [fault]
    assert faults(Statement.model_validate(ROW), GUIDES[0], guide) == []


@pytest.mark.parametrize(
    "row",
    [
        {key: value for key, value in ROW.items() if key != "by"},
        ROW | {"reason": "none is needed"},
        {key: value for key, value in ROW.items() if key != "by"} | {"check": "by hand"},
        ROW | {"check": "not checked", "reason": "advice"},
        {key: value for key, value in ROW.items() if key != "anchor"},
        PLANNED | {"page": "log-in/nowhere.md", "anchor": "somewhere"},
        ROW | {"check": "hoped"},
        {"number": 1, "says": ROW["says"], "page": "a.md", "anchor": "a", "check": "not checked", "reason": "advice"}
        | {"on_windows": ["putty/no.yml"]},
    ],
)
def test_a_row_that_is_not_complete(row: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Statement.model_validate(row)


ROWS: list[dict[str, object]] = [
    {"says": "The name is known", "check": "carried out", "by": ["b.txt", "c.txt", "tests/a.py::test_a"]},
    {"says": "The word is kept", "check": "carried out", "by": ["a.txt"], "limit": "not on a Mac"},
    {"says": "Links end after a while", "check": "carried out", "by": ["tests/a.py::test_a"]},
    {"says": "Windows open by themselves", "check": "not checked", "reason": "there are none"},
    {"says": "The file has two lines", "check": "format", "reason": "no program reads it"},
]


@pytest.fixture
def page(tmp_path: Path) -> Page:
    """A page of three instructions, and five statements about it."""
    rows = [{"number": number, "page": "page.md", "anchor": "top", **row} for number, row in enumerate(ROWS, start=1)]
    (tmp_path / TABLE).parent.mkdir(parents=True)
    (tmp_path / TABLE).write_text(yaml.safe_dump(rows))
    return write_guide(tmp_path, "---\ntitle: A page\n---\n" + THREE_STEPS, **THREE_SNIPPETS)


def check(page: Page, *outcomes: Outcome, suite: str | None = None, version: str = "9.2p1") -> None:
    """Leave the evidence of a check of the page with the clients of a suite."""
    results = [
        Result(instruction, outcome, datetime(2026, 11, day, tzinfo=UTC), client=client)
        for instruction, outcome, day, client in zip(
            page.instructions,
            outcomes,
            (22, 23, 24),
            (Client("OpenSSH", version), Client("PuTTY", "0.78"), Client("OpenSSH", version)),
            strict=True,
        )
    ]
    write_evidence(collect(page, results, fingerprint(page)), page.project, suite)


def told(page: Page) -> list[str]:
    """Return what is told of each statement."""
    return re.findall(r"<br>(.*)", statements(page.guide))


def test_readers_are_told_what_was_checked_when_and_with_what(page: Page) -> None:
    check(page, "holds", "holds", "holds")
    assert told(page) == [
        "Carried out on 24 November 2026 with PuTTY 0.78, OpenSSH 9.2.",
        "Carried out on 22 November 2026 with OpenSSH 9.2. But: not on a Mac.",
        "Carried out by tests that run before the guide is published; they leave no date.",
        "**Not checked**: there are none.",
        "**Only by format**: no program reads it.",
    ]
    shown = statements(page.guide)
    assert shown.startswith("5 statements: 3 carried out, 1 not checked, 1 only by format.\n")
    assert '??? info "A page (5)"' in shown
    assert "[The name is known](../page.md#top)" in shown


def test_readers_are_told_no_more_than_the_evidence(page: Page) -> None:
    nothing = ["Not checked in this copy of the guide.", "Not checked in this copy of the guide. But: not on a Mac."]
    assert told(page)[:2] == nothing
    check(page, "holds", "holds", "fails")
    assert told(page)[0] == "**Does not hold** with OpenSSH 9.2: tried on 24 November 2026."
    check(page, "holds", "holds", "holds")
    (page.project / "snippets" / "c.txt").write_text("$ hostname\ndesktop\n")
    # It was the page as a whole that was carried out.
    assert told(page)[:2] == nothing


def test_readers_are_told_of_every_suite(page: Page) -> None:
    check(page, "holds", "holds", "holds", suite="bookworm")
    check(page, "holds", "holds", "not for this version", suite="trixie", version="10.0p2")
    check(page, "holds", "fails", "not reached", suite="sid", version="10.6p1")
    assert told(page)[:2] == [
        "Carried out on 24 November 2026 with PuTTY 0.78, OpenSSH 9.2. "
        "**Does not hold** with PuTTY 0.78: tried on 24 November 2026.",
        "Carried out on 22 November 2026 with OpenSSH 9.2, 10.0 and 10.6. But: not on a Mac.",
    ]


def test_readers_are_told_of_windows_apart(page: Page) -> None:
    rows = [{"number": 1, "page": "page.md", "anchor": "top", **ROWS[1], "on_windows": ["b.txt"]}]
    (page.project / TABLE).write_text(yaml.safe_dump(rows))
    assert told(page) == [
        "Not checked in this copy of the guide. On Windows: not checked in this copy of the guide. But: not on a Mac."
    ]
    check(page, "holds", "holds", "holds")
    linux = "Carried out on 22 November 2026 with OpenSSH 9.2."
    assert told(page) == [f"{linux} On Windows: carried out on 23 November 2026 with PuTTY 0.78. But: not on a Mac."]
    check(page, "holds", "fails", "not reached")
    failed = "On Windows: **Does not hold** with PuTTY 0.78: tried on 23 November 2026."
    assert told(page) == [f"{linux} {failed} But: not on a Mac."]


def test_the_table_names_what_is_wrong_with_it(page: Page) -> None:
    page.path.unlink()
    guide = open_guide(page.project)
    with pytest.raises(GuideError, match=r"statements.yml names page.md: docs/page.md cannot be read: No such file"):
        statements(guide)
    (page.project / TABLE).write_text("- number: 1\n")
    with pytest.raises(GuideError, match=r"docs/reference/statements.yml:1: `says`: this is missing"):
        statements(guide)


@each_edition
def test_the_guide_shows_every_statement_with_its_place(source: GuideSource, guide: Guide, older: Guide) -> None:
    built = older if source.edition.overlay else guide
    links = built.soup("reference/checked").select("details li a")
    assert sorted(link.get_text() for link in links) == sorted(each.says for each in read(source.edition))
