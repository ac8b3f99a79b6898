"""The guide's pages as tests."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mfa_guide.checking.evidence import read_evidence
from tests.support.editions import write_editions
from tests.support.guides import THREE_SNIPPETS, THREE_STEPS, write_guide

if TYPE_CHECKING:
    from pathlib import Path


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(project), *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("workers", [(), ("-n", "2", "--dist", "loadgroup")], ids=["alone", "two workers"])
def test_one_test_for_each_instruction_and_one_for_the_gate(tmp_path: Path, workers: tuple[str, ...]) -> None:
    write_guide(tmp_path, THREE_STEPS, **THREE_SNIPPETS)
    done = run(tmp_path, "-v", "docs", *workers)
    assert done.returncode == 0, done.stdout
    for name in ("gate", "page.md:3", "page.md:7", "page.md:11"):
        assert f"docs/page.md::{name}" in done.stdout
    assert "4 passed" in done.stdout
    assert len(set(re.findall(r"\[(gw\d)\]", done.stdout))) == bool(workers), "a page is for one worker"
    evidence = read_evidence(tmp_path, "page.md")
    assert evidence is not None
    assert [entry.result for entry in evidence.instructions] == ["holds"] * 3


def test_a_failure_is_the_report_and_no_traceback(tmp_path: Path) -> None:
    write_guide(tmp_path, THREE_STEPS + "\n    code\n", **{**THREE_SNIPPETS, "b": "$ echo $word\nhallo\n"})
    done = run(tmp_path, "docs")
    assert done.returncode == 1
    for shown in (
        "docs/page.md:15: indented code is not checked",
        "docs/page.md:7 (snippets/b.txt:2): expected “hallo”, saw “hello”\n",
        "2 failed, 2 passed",
    ):
        assert shown in done.stdout
    assert "Traceback" not in done.stdout
    assert ".py" not in done.stdout


def test_a_chosen_test_gets_what_prepares_it_and_leaves_no_evidence(tmp_path: Path) -> None:
    write_guide(tmp_path, THREE_STEPS, **THREE_SNIPPETS)
    done = run(tmp_path, "docs/page.md::page.md:7")
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
    assert read_evidence(tmp_path, "page.md") is None


def test_front_matter_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    page = write_guide(tmp_path, THREE_STEPS, **THREE_SNIPPETS).path
    page.write_text("---\npractice:\n  from: mars\n---\n")
    done = run(tmp_path, "docs")
    assert done.returncode == 2
    assert "docs/page.md:3: `practice.from`" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize(
    "configuration",
    [None, "", "site_name: Another\n", "plugins: [search]\n", "plugins: mfa-guide\n", "plugins: [\n"],
)
def test_other_projects_are_left_alone(tmp_path: Path, configuration: str | None) -> None:
    page = write_guide(tmp_path, THREE_STEPS, **THREE_SNIPPETS)
    (page.project / "mkdocs.yml").unlink()
    if configuration is not None:
        (page.project / "mkdocs.yml").write_text(configuration)
    assert "no tests ran" in run(tmp_path, "docs").stdout


@pytest.mark.parametrize(
    "configuration",
    [
        "plugins: [mfa-guide]\n",
        "plugins:\n  - search\n  - mfa-guide:\n      x: !ENV A\n",
        "plugins:\n  mfa-guide: {}\n",
    ],
)
def test_guides_of_this_kind_are_collected(tmp_path: Path, configuration: str) -> None:
    (tmp_path / "mkdocs.yml").write_text(configuration)
    write_guide(tmp_path, THREE_STEPS, **THREE_SNIPPETS)
    assert "4 tests collected" in run(tmp_path, "docs", "--collect-only", "-q").stdout


def test_where_there_can_be_no_lab_every_test_of_the_page_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_guide(tmp_path, THREE_STEPS, **THREE_SNIPPETS)
    monkeypatch.setenv("PATH", str(tmp_path))
    done = run(tmp_path, "docs")
    assert "3 failed, 1 passed" in done.stdout
    assert "Traceback" not in done.stdout
    assert "StopIteration" not in done.stdout
    said = [line for line in done.stdout.splitlines() if "the lab needs" in line]
    # Which program is missed first depends on who starts the lab.
    assert (len(said), len(set(said))) == (3, 1)
    assert re.fullmatch(r"the lab needs the program \w+: apt-get install [\w-]+", said[0])


def test_a_page_of_two_editions_is_two_pages(tmp_path: Path) -> None:
    write_editions(tmp_path, **{"editions/2024/snippets/a.txt": "$ echo once\ntwice\n"})
    done = run(tmp_path, "-v", "docs", "editions")
    assert done.returncode == 1
    for name, outcome in (
        ("docs/page.md::page.md:3", "PASSED"),
        ("docs/page.md::page.md:3 (2024)", "FAILED"),
        ("docs/other.md::other.md:3", "PASSED"),
        ("editions/2024/docs/other.md::other.md:4", "PASSED"),
    ):
        assert f"{name} {outcome}" in done.stdout
    assert "other.md:3 (2024)" not in done.stdout
    assert "docs/page.md:3 (editions/2024/snippets/a.txt:2): expected “twice”, saw “once”" in done.stdout
    results = [read_evidence(tmp_path, "page.md", edition=name) for name in ("2026", "2024")]
    assert [each and each.instructions[0].result for each in results] == ["holds", "fails"]
