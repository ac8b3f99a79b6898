"""The table page by version never claims more than the evidence, and names all that differs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from mfa_guide.checking.evidence import collect, write_evidence
from mfa_guide.checking.fingerprint import fingerprint
from mfa_guide.checking.result import Result
from mfa_guide.clients import suites
from mfa_guide.clients.versions import Client
from mfa_guide.kinds import open_guide
from mfa_guide.website.suites_table import by_version, differing, not_covered
from tests.support import GUIDE
from tests.support.guides import write_guide
from tests.support.html import attribute

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from mfa_guide.checking.result import Outcome
    from mfa_guide.guide.page import Page
    from tests.support.built import Guide

PAGE = """\
---
title: A <page>
---
# A page

``` transcript
--8<-- "a.txt"
```

``` transcript with="OpenSSH <10.3"
--8<-- "b.txt"
```
"""
ONLY = 'practice:\n  with:\n    "PuTTY >=0.78": older ones know no certificates\n'
SNIPPETS = {"a": "$ ssh-add\nPassphrase: «x»\nAdded.\n", "b": "$ ssh -q\n"}
VERSIONS = """\
- {for: OpenSSH >=10.6, instead of: "Passphrase: «x»", shows: "Passphrase for `id`: «x»"}
- {for: OpenSSH >=10.0, after: Added., shows: "One.\\nTwo."}
- {for: OpenSSH <=8.4, instead of: Added., shows: ""}
"""


@pytest.fixture
def page(tmp_path: Path) -> Page:
    """A page of two instructions, the second of which is for some versions only."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "prose.md").write_text("# Prose\n")
    return write_guide(tmp_path, PAGE, **SNIPPETS, **{"a_versions.yml": VERSIONS})


def check(page: Page, suite: str, version: str, *outcomes: Outcome) -> None:
    """Leave the evidence of a check of the page with a suite."""
    results = [
        Result(
            instruction,
            outcome,
            datetime(2026, 11, day, tzinfo=UTC),
            client=Client("OpenSSH", version),
        )
        for instruction, outcome, day in zip(page.instructions, outcomes, (1, 2), strict=True)
    ]
    write_evidence(collect(page, results, fingerprint(page)), page.project, suite)


def table(page: Page, *order: str) -> BeautifulSoup:
    """Return the table."""
    return BeautifulSoup(by_version(page.guide, order), "html.parser")


def cells(page: Page) -> dict[str, str]:
    """Return what became of the page, by the names of the columns."""
    return {attribute(cell, "data-suite"): cell.get_text(" ") for cell in table(page).select("tbody td")}


def test_the_table_says_what_became_of_a_page_with_each_suite(page: Page) -> None:
    check(page, "bookworm", "9.2p1", "holds", "holds")
    check(page, "trixie", "10.0p2", "fails", "not reached")
    check(page, "sid", "10.7p1", "holds", "not for this version")
    assert cells(page) == {
        "Debian 11": "not carried out",
        "Debian 12": "holds 2 Nov 2026",
        "Debian 13": "does not hold : 1 of 2, 1 not reached 2 Nov 2026",
        "Debian unstable": "holds 1 Nov 2026",
    }
    heads = [head.get_text(" ") for head in table(page).select("thead th")]
    assert heads[:2] == ["Page", "Debian 11 OpenSSH 8.4 PuTTY 0.74 FileZilla 3.52"]
    # What was carried out is what counts: the newest suite moves.
    assert "OpenSSH 10.7 PuTTY 0.85" in heads[4]


def test_evidence_about_another_text_is_none(page: Page) -> None:
    check(page, "bookworm", "9.2p1", "holds", "holds")
    (page.project / "snippets" / "b.txt").write_text("$ ssh -v\n")
    assert set(cells(page).values()) == {"not carried out"}


def test_clients_that_nobody_knows_have_a_column_once_they_are_there(page: Page) -> None:
    check(page, suites.UNKNOWN, "9.6p1", "holds", "holds")
    assert cells(page)["another system"] == "holds 2 Nov 2026"
    assert table(page).select("thead th")[-1].get_text(" ") == "another system OpenSSH 9.6"


def test_a_page_for_some_versions_only_says_so_and_why(page: Page) -> None:
    assert not_covered(page.guide) == "Every page is for all of them."
    page.path.write_text(PAGE.replace("title", f"{ONLY}title"))
    page = open_guide(page.project).page(page.name)
    assert cells(page)["Debian 11"] == "not for these versions"
    assert cells(page)["Debian 12"] == "not carried out"
    assert not_covered(page.guide) == (
        "- [A &lt;page&gt;](../page.md): only with PuTTY 0.78 or later, because older ones know no certificates."
    )


def test_pages_with_instructions_are_in_the_order_of_the_guide_and_linked(page: Page) -> None:
    (page.project / "docs" / "fix").mkdir()
    (page.project / "docs" / "fix" / "index.md").write_text(PAGE.replace("A <page>", "Fix"))
    links = table(page, "page.md", "fix/index.md").select("tbody th a")
    assert [(link.get_text(), link["href"]) for link in links] == [("A <page>", "../../page/"), ("Fix", "../../fix/")]
    reverse = table(page, "fix/index.md", "page.md").select("tbody th a")
    assert [link.get_text() for link in reverse] == ["Fix", "A <page>"]


def test_all_that_differs_is_named_with_its_page(page: Page) -> None:
    first, *rest = differing(page.guide).strip().split("\n\n")
    assert first == "The pages show the words of OpenSSH 9.2, PuTTY 0.78 and FileZilla 3.63."
    on = "\n    <br>On [A &lt;page&gt;](../page.md)."
    assert rest == [
        "### OpenSSH 8.4 or earlier",
        f"- You do not see `Added.`.{on}",
        "### OpenSSH 10.0 or later",
        f"- Behind `Added.` comes `One.` / `Two.`.{on}",
        "### OpenSSH before 10.3",
        f"- A step is for these versions only.{on}",
        "### OpenSSH 10.6 or later",
        f"- Instead of `Passphrase: x` you see `` Passphrase for `id`: x ``.{on}",
    ]


def test_a_difference_on_two_pages_is_named_once(page: Page) -> None:
    (page.project / "docs" / "zwei.md").write_text(PAGE.replace("A <page>", "Zwei"))
    shown = differing(page.guide)
    assert shown.count("`Passphrase: x`") == 1
    assert "On [A &lt;page&gt;](../page.md) and [Zwei](../zwei.md)." in shown


def test_the_guide_shows_every_page_and_leads_to_it(guide: Guide) -> None:
    soup = guide.soup("reference/versions")
    here, windows = ([*table.select("tbody th a")] for table in soup.select(".suites"))
    pages = [page for path in GUIDE.files() if (page := GUIDE.page_at(path)).instructions]
    assert len(here) == len([page for page in pages if set(page.labels) - {"Windows"}])
    assert len(windows) == len([page for page in pages if "Windows" in page.labels])
    links = [*here, *windows]
    assert links[0]["href"] == "../../log-in/openssh/"
    for link in links:
        assert (guide.html / "reference" / "versions" / attribute(link, "href") / "index.html").resolve().is_file()


def test_the_table_can_be_read_on_a_narrow_phone(address: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(address + "reference/versions/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    too_wide = page.locator(".suites, .suites *").evaluate_all(
        "parts => parts.filter(part => part.getBoundingClientRect().right > 360).length"
    )
    assert too_wide == 0
    context.close()
