"""Tabs for Windows: followed at a computer with Windows, by suites of their own, and by nobody else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import CannotRunError, UsageError
from mfa_guide.checking import matrix
from mfa_guide.checking.carrying_out import Way
from mfa_guide.checking.command import Wish, check
from mfa_guide.checking.evidence import read_all, read_evidence
from mfa_guide.checking.run import Run
from mfa_guide.clients import suites
from mfa_guide.clients.wine import kept
from mfa_guide.mutants import making
from mfa_guide.mutants.command import Choice, mutate
from tests.support.guides import write_guide

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_guide.guide.page import Page

PAGE = """\
# A page

=== "Windows"

    ``` transcript
    --8<-- "windows.txt"
    ```

    ``` walkthrough
    --8<-- "about.yml"
    ```

=== "Linux"

    ``` transcript
    --8<-- "linux.txt"
    ```

``` transcript
--8<-- "both.txt"
```
"""
ABOUT = """\
window: putty
steps:
  - start: putty
  - press: About
  - see: Release 0.83
  - press: Close
  - press: Cancel
"""
SNIPPETS = {
    "windows": "$ plink -V\nplink: Release …\n…\n$ echo hello > hello.txt\n$ type hello.txt\nhello\n",
    "about_yml": ABOUT,
    "linux": "$ echo $HOME\n/home/reader\n",
    "both": "$ echo hello\nhello\n",
}


@pytest.fixture
def page(tmp_path: Path) -> Page:
    """A page with tabs for Windows and Linux, and something for both below them."""
    return write_guide(tmp_path, PAGE, **SNIPPETS)


def outcomes(page: Page, suite: suites.Suite | None) -> list[tuple[str, str]]:
    """Carry out a page; return the label and the outcome of each instruction."""
    return [(each.instruction.label, each.outcome) for each in Run(page, Way(suite=suite)).results()]


def test_windows_comes_last_and_nobody_else_sees_its_tabs(page: Page) -> None:
    assert page.labels == ("Linux", "Windows")
    assert [each.snippet for each in page.run("Windows")] == ["windows.txt", "about.yml", "both.txt"]
    # A reader of another page, who sits at a computer with Linux.
    assert page.followed("macOS") == "Linux"
    assert [each.snippet for each in page.run("macOS")] == ["linux.txt", "both.txt"]


def test_each_suite_is_for_computers_of_one_kind(page: Page) -> None:
    for name, known in suites.everywhere().items():
        for instruction in page.instructions:
            assert page.is_for(instruction, known) == ((name in suites.ON_WINDOWS) == (instruction.label == "Windows"))


def test_at_a_computer_with_linux_what_is_for_windows_is_not_for_it(page: Page) -> None:
    assert outcomes(page, None) == [("Linux", "holds")] * 2 + [("Windows", "not for this version")] * 3


def test_mutants_of_what_is_for_windows_are_noticed_by_its_suites(page: Page) -> None:
    found = making.of_guide(page.guide, [page])
    for snippet, noticing in (
        ("windows.txt", ((*suites.ON_WINDOWS,), False)),
        ("linux.txt", ((*suites.VERSIONS,), True)),
        ("both.txt", ((*suites.everywhere(),), True)),
    ):
        of_it = {(each.suites, each.anywhere) for each in found if each.file == f"snippets/{snippet}"}
        assert of_it == {noticing}
    assert {each.suites for each in found if each.line == 5} == {(*suites.ON_WINDOWS,)}


def test_what_is_not_here_is_said(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kept, "KEPT", tmp_path / "nothing")
    with pytest.raises(CannotRunError, match=r"PuTTY for Windows of Debian trixie is not here: \./run windows"):
        suites.named("windows-0.83")
    with pytest.raises(UsageError, match=r"choose bullseye, .*, windows-0\.85"):
        suites.named("windows-0.1")
    assert suites.made() == []
    check(page.project, Wish())
    assert "not carried out for Windows: ./run windows makes the programs" in capsys.readouterr().out


@pytest.mark.windows
def test_check_carries_out_a_page_with_each_suite_and_keeps_evidence_of_each(
    page: Page, capsys: pytest.CaptureFixture[str]
) -> None:
    assert suites.made() == [*suites.ON_WINDOWS]
    assert check(page.project, Wish([page.path])) == 1
    said = capsys.readouterr().out
    # The page names one version.
    assert said.count("docs/page.md:9[Windows] (snippets/about.yml:5): no window shows “Release 0.83”") == 2
    assert "7 holds, 2 fails, 2 not reached" in said
    kept_by = {name: read_evidence(page.project, page.name, name) for name in (suites.own(), "windows-0.83")}
    assert {name: [entry.result for entry in found.instructions] for name, found in kept_by.items() if found} == {
        suites.own(): ["holds"] * 2 + ["not for this version"] * 3,
        "windows-0.83": ["not for this version"] * 2 + ["holds"] * 3,
    }
    on_windows = kept_by["windows-0.83"]
    assert on_windows
    assert [(each.client, each.version) for each in on_windows.instructions[2:]] == [("PuTTY", "0.83")] * 2 + [
        (None, None)
    ]
    assert {*read_all(page)} == {suites.own(), *suites.ON_WINDOWS}


@pytest.mark.windows
def test_the_matrix_takes_the_suites_for_windows_and_what_is_for_them(
    page: Page, capsys: pytest.CaptureFixture[str]
) -> None:
    (page.project / "docs" / "other.md").write_text('# Other\n\n``` transcript\n--8<-- "linux.txt"\n```\n')
    assert matrix.run(page.project, ["windows-0.83"], []) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["✓ windows-0.83  docs/page.md", "1 of 1 hold, 0 not met"]


@pytest.mark.windows
def test_command_prompt_tells_what_fails(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, **{**SNIPPETS, "windows": "$ plink -V\nplink: Release 0.1\n…\n$ nosuch\n…\n"})
    results = list(Run(page, Way(suite=suites.named("windows-0.83"), keep_going=True)).results())
    failures = [str(failure) for result in results for failure in result.failures]
    assert "expected “plink: Release 0.1”, saw “plink: Release 0.83”" in failures[0]


@pytest.mark.windows
def test_a_mutant_of_a_step_for_windows_is_noticed_at_its_line(
    page: Page, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    choice = Choice(suite="windows-0.83", sample=8, seed=4)
    assert mutate(page.project, [], choice, tmp_path / "out.json") == 0, capsys.readouterr().out
    judged = json.loads((tmp_path / "out.json").read_text())["mutants"]
    assert {each["file"] for each in judged} >= {"snippets/windows.txt", "snippets/about.yml"}
    for each in judged:
        if each["file"] == "snippets/about.yml" and "becomes" in each["change"]:
            assert f"({each['file']}:{each['line']})" in each["caught"], each
