"""Tabs: a page is carried out once for each label, as by a reader who follows it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from mfa_guide.checking.evidence import read_evidence
from mfa_guide.gate import orphans
from mfa_guide.gate.on_page import findings
from mfa_guide.guide.layout import Tab
from mfa_guide.kinds import open_guide
from tests.support.guides import write_guide

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """\
# A page

``` transcript
--8<-- "all.txt"
```

=== "Linux"

    ``` transcript
    --8<-- "linux.txt"
    ```

=== "macOS"

    Words.

Between.

=== "By hand"

    ``` transcript
    --8<-- "hand.txt"
    ```

===! "Linux"

    ``` transcript
    --8<-- "who.txt"
    ```

=== "Solaris"

    Nothing to do.

=== "Of words"

    Only words.
""".replace("Nothing to do.\n\n===", "Nothing to do.\n\nBetween.\n\n===")
SNIPPETS = {
    "all": "$ word=hello\n",
    "linux": "$ word=linux\n",
    "hand": "$ true\n",
    "who": "$ echo $word\nlinux\n",
}


def test_tabs_that_follow_each_other_are_a_group(tmp_path: Path) -> None:
    tabs = write_guide(tmp_path, PAGE, **SNIPPETS).tabs
    assert tabs == (
        Tab(7, "Linux", 7),
        Tab(7, "macOS", 13),
        Tab(19, "By hand", 19),
        Tab(25, "Linux", 25),
        Tab(25, "Solaris", 31),
        Tab(37, "Of words", 37),
    )


def test_a_run_follows_its_label_and_else_the_first_tab(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, **SNIPPETS)
    assert {label: [each.snippet.removesuffix(".txt") for each in page.run(label)] for label in page.labels} == {
        "Linux": ["all", "linux", "hand", "who"],
        "macOS": ["all", "hand", "who"],
        "By hand": ["all", "linux", "hand", "who"],
        "Solaris": ["all", "linux", "hand"],
    }


def front_matter(**labels: str) -> str:
    return "---\npractice:\n  labels:\n" + "".join(f"    {label}: '{why}'\n" for label, why in labels.items()) + "---\n"


NOT = "not checked: it needs a Mac; review 2020-01-01"


def test_a_label_may_be_not_checked_with_a_reason(tmp_path: Path) -> None:
    page = write_guide(tmp_path, front_matter(macOS=NOT, Linux=NOT) + PAGE, **SNIPPETS)
    assert page.labels == ("By hand", "Solaris")
    # Of the group of Linux and macOS nothing is carried out; its snippets are shown, and are no orphans.
    assert [each.snippet for each in page.run("By hand")] == ["all.txt", "hand.txt"]
    assert findings(page) == []
    assert orphans.findings(open_guide(tmp_path)) == []


def test_a_page_of_which_no_label_is_checked_is_carried_out_without_its_tabs(tmp_path: Path) -> None:
    page = write_guide(
        tmp_path, front_matter(macOS=NOT, Linux=NOT, Solaris=NOT) + PAGE.replace("By hand", "macOS"), **SNIPPETS
    )
    assert [(each.snippet, each.id) for each in page.instructions] == [("all.txt", "page.md:10")]


def test_a_label_that_no_tab_has_is_named(tmp_path: Path) -> None:
    page = write_guide(tmp_path, front_matter(MacOs=NOT) + PAGE, **SNIPPETS)
    assert [str(finding) for finding in findings(page)] == [
        "docs/page.md:4: `practice.labels`: no tab has the label “MacOs”; the nearest is “macOS”"
    ]


@pytest.mark.parametrize("command", [["mfa-guide", "check"], ["python", "-m", "pytest", "-p", "no:cacheprovider"]])
def test_each_label_is_a_run_of_its_own(tmp_path: Path, command: list[str]) -> None:
    write_guide(tmp_path, PAGE, **SNIPPETS)
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "docs/page.md:27[macOS] (snippets/who.txt:2): expected “linux”, saw “hello”" in done.stdout
    evidence = read_evidence(tmp_path, "page.md")
    assert evidence is not None
    assert [(entry.id, entry.result) for entry in evidence.instructions] == [
        ("page.md:3[Linux]", "holds"),
        ("page.md:9[Linux]", "holds"),
        ("page.md:21[Linux]", "holds"),
        ("page.md:27[Linux]", "holds"),
        ("page.md:3[macOS]", "holds"),
        ("page.md:21[macOS]", "holds"),
        ("page.md:27[macOS]", "fails"),
        ("page.md:3[By hand]", "holds"),
        ("page.md:9[By hand]", "holds"),
        ("page.md:21[By hand]", "holds"),
        ("page.md:27[By hand]", "holds"),
        ("page.md:3[Solaris]", "holds"),
        ("page.md:9[Solaris]", "holds"),
        ("page.md:21[Solaris]", "holds"),
    ]
