"""What the pages say about what people did by hand is what the records hold, and no more."""

from __future__ import annotations

import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import GuideError
from mfa_guide.by_hand import records
from mfa_guide.website.people import all_tried, last_compared, tried

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.built import Guide

TEXT = "$ ssh x\nhello\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets" / "login.txt").write_text(TEXT)
    return tmp_path


def compare(project: Path, day: int, *, same: int = 5, different: int = 0) -> None:
    """Leave the record of a comparison."""
    record = records.Compared(
        page="log-in/openssh.md",
        snippet="login.txt",
        sha256=sha256(TEXT.encode()).hexdigest(),
        date=datetime.date(2026, 11, day),
        same=same,
        different=different,
        missing=0,
        extra=0,
        log="x.txt",
    )
    records.add(project, record)


def test_a_comparison(project: Path) -> None:
    assert last_compared(project) == "**never**"
    compare(project, 24)
    compare(project, 20, different=3)
    assert last_compared(project) == "**24 November 2026** ([this page](log-in/openssh.md): all lines were the same)"
    compare(project, 25, same=4, different=2)
    said = last_compared(project)
    assert said == "**25 November 2026** ([this page](log-in/openssh.md): 4 lines were the same, 2 not)"
    (project / "snippets" / "login.txt").write_text("$ ssh x\ngoodbye\n")
    assert last_compared(project).endswith("2 not; the page has changed since)")


def test_a_program(project: Path) -> None:
    assert tried(project, "mobaxterm") == "Nobody has tried MobaXterm with `mfa-guide verify mobaxterm` yet."
    assert "| WinSCP | never |" in all_tried(project)
    steps = {
        "login": "passed",
        "certificate": "skipped",
        "again": "failed: no-certificate",
        "files": "passed",
    }
    for day, result in ((24, steps), (23, dict.fromkeys(steps, "passed"))):
        record = records.Verified(
            client="winscp", version="SSH-2.0-WinSCP_x", date=datetime.date(2026, 11, day), steps=result
        )
        records.add(project, record)
    assert tried(project, "winscp") == (
        "A person last tried WinSCP with `mfa-guide verify winscp` on 24 November 2026 (`SSH-2.0-WinSCP_x`): "
        "2 of 4 steps passed."
    )
    assert "| WinSCP | 24 November 2026 | `SSH-2.0-WinSCP_x` | login, files | again |" in all_tried(project)
    assert "another program" not in all_tried(project)


def test_a_list_that_cannot_be_read_says_where(project: Path) -> None:
    (project / "by-hand").mkdir()
    (project / "by-hand" / "compared.yml").write_text("- page: x\n")
    with pytest.raises(GuideError, match=r"by-hand/compared.yml:1: `snippet`: this is missing"):
        last_compared(project)
    (project / "by-hand" / "compared.yml").write_text("{")
    with pytest.raises(GuideError, match=r"by-hand/compared.yml:1: this is not YAML"):
        last_compared(project)


def test_the_pages_show_it(guide: Guide) -> None:
    limit = guide.soup("").find(string=lambda text: "last compared this guide with the real service" in text)
    assert limit is not None
    assert limit.parent is not None
    shown = limit.parent.get_text()
    assert last_compared(guide.project).partition("**")[2].partition("**")[0] in shown
    table = guide.soup("contribute/by-hand").find("table")
    assert table is not None
    assert "MobaXterm" in table.get_text()
