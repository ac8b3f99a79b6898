"""The badge of a page never claims more than the evidence shows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from mfa_guide.checking.evidence import Entry, PageEvidence, evidence_file, write_evidence
from mfa_guide.checking.fingerprint import fingerprint
from mfa_guide.clients.suites import own
from mfa_guide.kinds import open_guide
from mfa_guide.website.badges import badge
from mfa_guide.website.evidence_in_words import UNCHECKED, clients
from tests.support.guides import write_guide
from tests.support.html import one

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    from mfa_guide.checking.result import Outcome
    from tests.support.built import Guide

FENCE = '``` transcript\n--8<-- "{}.txt"\n```\n'
TODAY = date(2026, 11, 24)
SNIPPETS = {"a": "$ true\n", "b": "$ ssh -V\nOpenSSH …\n"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one page of two instructions, and one page of prose."""
    for folder in ("docs", "snippets"):
        (tmp_path / folder).mkdir()
    (tmp_path / "mkdocs.yml").touch()
    (tmp_path / "docs" / "page.md").write_text("# Page\n\n" + FENCE.format("a") + "\n" + FENCE.format("b"))
    (tmp_path / "docs" / "prose.md").write_text("# Prose\n\nOnly words.\n")
    for name, text in SNIPPETS.items():
        (tmp_path / "snippets" / f"{name}.txt").write_text(text)
    return tmp_path


def check(
    project: Path,
    a: Outcome = "holds",
    b: Outcome = "holds",
    *,
    suite: str | None = None,
    clients: tuple[str, str] = ("OpenSSH 9.2p1", "OpenSSH 9.2p1"),
    day: int = 24,
) -> None:
    """Leave the evidence of a check of the page with the clients of a suite."""
    entries = [
        Entry(
            id=f"page.md:{line}",
            kind="transcript",
            snippet=f"{name}.txt",
            client=client.split()[0] if outcome in ("holds", "fails") else None,
            version=client.split()[1] if outcome in ("holds", "fails") else None,
            when=datetime(2026, 11, day, 10, line, tzinfo=UTC),
            result=outcome,
            message=None,
        )
        for line, name, client, outcome in ((3, "a", clients[0], a), (7, "b", clients[1], b))
    ]
    about = fingerprint(open_guide(project).page("page.md"))
    write_evidence(PageEvidence(page="page.md", about=about, clients={}, instructions=tuple(entries)), project, suite)


def shown(project: Path, page: str = "page.md") -> str:
    """Return the text of a page's badge."""
    html = badge(open_guide(project).page(page), "../#what-checked-means", TODAY)
    return BeautifulSoup(html, "html.parser").get_text().removesuffix(". What does this mean?")


def test_without_evidence_nothing_is_claimed(project: Path) -> None:
    assert shown(project) == UNCHECKED


def test_evidence_is_shown_with_its_day_and_each_client_once(project: Path) -> None:
    check(project)
    assert shown(project) == "Checked on 24 November 2026 with OpenSSH 9.2"


def test_what_failed_and_what_came_after_it_is_counted(project: Path) -> None:
    check(project, a="fails", b="not reached")
    assert (
        shown(project) == "Does not hold with OpenSSH 9.2: 1 of 2 steps failed, 1 was not reached, on 24 November 2026"
    )


def test_all_suites_are_named_by_their_clients_without_what_a_distribution_adds(project: Path) -> None:
    check(project, suite="trixie", clients=("OpenSSH 10.0p2", "Chromium 156.0.8078.108"), day=25)
    check(project, suite="bookworm", clients=("PuTTY 0.78", "OpenSSH 9.2p1"), day=24)
    check(project, suite="sid", clients=("OpenSSH 10.6p1", "Chromium 156.0.8078.108"), day=23)
    # The browser comes last, and the day is the latest.
    assert shown(project) == "Checked on 25 November 2026 with PuTTY 0.78, OpenSSH 9.2, 10.0 and 10.6, Chromium 156"


def test_a_suite_alone_says_with_what_it_was_checked(project: Path) -> None:
    assert own() != "sid"
    check(project, suite="sid", clients=("OpenSSH 10.6p1", "OpenSSH 10.6p1"))
    assert shown(project) == "Checked on 24 November 2026 with OpenSSH 10.6"


def test_a_suite_that_fails_is_named_beside_those_that_hold(project: Path) -> None:
    check(project, suite="bookworm")
    check(project, a="fails", b="not reached", suite="sid", clients=("OpenSSH 10.6p1", "OpenSSH 10.6p1"), day=25)
    assert shown(project) == (
        "Checked on 24 November 2026 with OpenSSH 9.2. "
        "Does not hold with OpenSSH 10.6: 1 of 2 steps failed, 1 was not reached, on 25 November 2026"
    )


def test_a_suite_that_fails_in_the_browser_is_named_by_its_own_clients(project: Path) -> None:
    clients = ("OpenSSH 10.6p1", "Chromium 156.0.8078.108")
    check(project, b="fails", suite="sid", clients=clients)
    assert shown(project) == "Does not hold with OpenSSH 10.6: 1 of 2 steps failed, on 24 November 2026"


def test_what_is_not_for_a_version_neither_holds_nor_fails(project: Path) -> None:
    check(project, a="not for this version", suite="sid", clients=("OpenSSH 10.6p1", "OpenSSH 10.6p1"))
    assert shown(project) == "Checked on 24 November 2026 with OpenSSH 10.6"
    check(project, a="not for this version", b="fails", suite="sid", clients=("OpenSSH 10.6p1", "OpenSSH 10.6p1"))
    assert shown(project) == "Does not hold with OpenSSH 10.6: 1 of 1 steps failed, on 24 November 2026"
    check(project, a="not for this version", b="not for this version", suite="sid")
    assert shown(project) == UNCHECKED


def test_a_changed_snippet_is_not_what_was_checked(project: Path) -> None:
    check(project)
    (project / "snippets" / "b.txt").write_text("$ ssh -V\nOpenSSH_9 …\n")
    assert shown(project) == UNCHECKED


def test_a_removed_or_moved_instruction_is_not_what_was_checked(project: Path) -> None:
    check(project)
    (project / "docs" / "page.md").write_text("# Page\n\n" + FENCE.format("b") + "\n" + FENCE.format("a"))
    assert shown(project) == UNCHECKED
    (project / "docs" / "page.md").write_text("# Page\n\n" + FENCE.format("a"))
    assert shown(project) == UNCHECKED


def test_evidence_that_cannot_be_read_is_none(project: Path) -> None:
    check(project)
    evidence_file(project, "page.md").write_text("{}")
    assert shown(project) == UNCHECKED


def test_a_page_without_instructions_has_no_badge(project: Path) -> None:
    assert shown(project, "prose.md") == ""


def test_the_badge_stands_below_the_title(
    small_guide: Callable[..., Path], build: Callable[[Path], CompletedProcess[str]], tmp_path: Path
) -> None:
    page = "# Page\n\n" + FENCE.format("a")
    built = build(small_guide({"docs/index.md": "# Home\n", "docs/one/page.md": page, "snippets/a.txt": "$ true\n"}))
    assert built.returncode == 0, built.stderr
    html = BeautifulSoup((tmp_path / "html" / "one" / "page" / "index.html").read_text(encoding="utf-8"), "html.parser")
    (below,) = html.select("h1 + .badge")
    assert below.get_text().startswith(UNCHECKED)
    assert one(below, "a")["href"] == "../..#what-checked-means"


def test_a_review_date_that_has_passed_takes_the_claim_back(project: Path) -> None:
    check(project)
    path = project / "docs" / "page.md"
    text = path.read_text()
    path.write_text(text + '\n``` unchecked why="x" review="2026-11-25"\ndir\n```\n')
    assert shown(project).startswith("Checked on")
    path.write_text(text + '\n``` unchecked why="x" review="2026-11-24"\ndir\n```\n')
    assert shown(project).startswith("Not checked: something on this page was to be looked at again")


def test_labels_that_are_not_checked_are_named(project: Path) -> None:
    path = project / "docs" / "page.md"
    label = 'practice:\n  labels:\n    macOS: "not checked: no Mac <here>; review 2027-01-01"\n'
    path.write_text(f"---\n{label}---\n{path.read_text()}")
    check(project)
    assert "Not checked for macOS: no Mac <here>" in shown(project)


def test_a_program_that_was_never_run_has_no_green_line(project: Path) -> None:
    path = project / "docs" / "page.md"
    path.write_text(f"---\npractice:\n  program: MobaXterm\n---\n{path.read_text()}")
    check(project, clients=("PuTTY 0.78", "PuTTY 0.78"))
    assert shown(project) == (
        "MobaXterm itself was not tried. In its place: checked on 24 November 2026 with PuTTY 0.78"
    )
    assert "badge--passed" not in badge(open_guide(project).page("page.md"), "", TODAY)
    check(project, a="fails", b="not reached", clients=("PuTTY 0.78", "PuTTY 0.78"))
    assert shown(project).startswith("Does not hold with PuTTY 0.78")


def test_a_page_for_some_versions_only_says_so(project: Path) -> None:
    path = project / "docs" / "page.md"
    only = 'practice:\n  with:\n    "PuTTY >=0.78": older ones <of it> know no certificates\n'
    path.write_text(f"---\n{only}---\n{path.read_text()}")
    check(project)
    assert shown(project) == (
        "Checked on 24 November 2026 with OpenSSH 9.2. Only with PuTTY 0.78 or later: "
        "older ones <of it> know no certificates"
    )


def test_the_guide_says_what_checked_means(guide: Guide) -> None:
    assert guide.soup().select("#what-checked-means")


def test_what_was_carried_out_for_windows_is_told_apart() -> None:
    told = [("page.md:1[Windows]", "PuTTY", "0.85"), ("page.md:1[Windows]", "PuTTY", "0.78")]
    told += [("page.md:1[Linux]", "PuTTY", "0.83"), ("page.md:3[Windows]", "Chromium", "140.1")]
    entries = [
        Entry(
            id=id,
            kind="walkthrough",
            snippet="a.yml",
            client=client,
            version=version,
            when=datetime(2026, 11, 24, tzinfo=UTC),
            result="holds",
            message=None,
        )
        for id, client, version in told
    ]
    assert clients(entries) == "PuTTY 0.78 and 0.85 for Windows, under Wine, PuTTY 0.83, Chromium 140"


def test_a_page_with_steps_for_windows_says_when_nobody_tried_them(tmp_path: Path) -> None:
    tabs = "".join(
        f'=== "{label}"\n\n    ``` transcript\n    --8<-- "a.txt"\n    ```\n\n' for label in ("Windows", "Linux")
    )
    page = write_guide(tmp_path, f"# Page\n\n{tabs}", a="$ true\n")
    assert "Not checked for Windows in this copy of the guide" in badge(page, "", TODAY)


def test_a_page_that_is_for_windows_alone_says_once_that_nobody_tried_it(tmp_path: Path) -> None:
    page = write_guide(
        tmp_path, '# Page\n\n=== "Windows"\n\n    ``` transcript\n    --8<-- "a.txt"\n    ```\n', a="$ true\n"
    )
    assert badge(page, "", TODAY).count("Not checked") == 1
