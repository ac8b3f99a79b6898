"""What no page leads to, and dates to look again."""

from __future__ import annotations

import datetime
import subprocess
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from mfa_guide.base.errors import GuideError
from mfa_guide.gate import orphans, reviews
from mfa_guide.gate.on_page import findings
from mfa_guide.kinds import open_guide, open_guides
from mfa_guide.policy import NEWEST
from mfa_guide.problems import catalogue
from tests.support.editions import FILES, write_editions
from tests.support.guides import write_guide

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """\
---
practice:
  labels:
    macOS: "not checked: it needs a Mac; review 2027-01-01"
---
=== "macOS"

    ``` transcript
    --8<-- "a.txt"
    ```

``` unchecked why="it needs Windows" review="2026-06-01"
dir
```
"""
NAV = "nav:\n  - page.md\n  - More:\n      - Sub: [notebooks/a.ipynb]\nextra: !ENV [A, b]\nx: !!python/name:a.b\n"
OTHER_RULES = f"it begins by the rules of 2000, and the guide is that of {NEWEST}: write"


def guide(folder: Path, nav: str = NAV, cell: int | None = 1, text: str = "Text", code: str = "1") -> None:
    write_guide(folder, PAGE, a="$ true\n")
    (folder / "mkdocs.yml").write_text(nav)
    (folder / "notebooks").mkdir()
    cells = [new_markdown_cell(text), new_code_cell(code, execution_count=cell)]
    (folder / "notebooks" / "a.ipynb").write_text(nbformat.writes(new_notebook(cells=cells)))


def found(folder: Path) -> list[str]:
    page = write_guide(folder, PAGE)
    nav = (folder / "mkdocs.yml").read_text()
    (folder / "mkdocs.yml").write_text(nav)
    return [str(finding) for finding in [*findings(page), *orphans.findings(page.guide)]]


def test_what_is_met_passes(tmp_path: Path) -> None:
    code = f'p = start_lab("{NEWEST}")'
    guide(tmp_path, text="[A notebook](a.ipynb#x), [a page](../page.md), and [this](#x).", code=code)
    assert found(tmp_path) == []
    (tmp_path / "mkdocs.yml").write_text("# MkDocs makes a navigation of all pages\n")
    assert found(tmp_path) == []


def test_an_entry_of_the_catalogue_that_its_page_does_not_show_is_named(tmp_path: Path) -> None:
    guide(tmp_path)
    chapter = catalogue.load(NEWEST)[0]
    path = tmp_path / "docs" / chapter.page
    path.parent.mkdir()
    first, *others = (f'{{{{ problem("{entry.id}") }}}}' for entry in chapter.entries)
    path.write_text("\n\n".join(others))
    named = [line for line in found(tmp_path) if "problem" in line]
    file = chapter.page.removeprefix("fix/").replace(".md", ".yml")
    assert named == [
        f"docs/{chapter.page}:1: {chapter.entries[0].id} of problems/{file} is on no page: write {first} here"
    ]
    for text in ("\n\n".join((first, *others)), "Another guide's page.\n"):
        path.write_text(text)
        assert not [line for line in found(tmp_path) if "problem" in line]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"nav": NAV.replace("- page.md", "- other.md")}, "docs/page.md:1: the navigation in mkdocs.yml does not lead"),
        ({"nav": NAV.replace("a.ipynb", "b.ipynb")}, "notebooks/a.ipynb:1: the navigation in mkdocs.yml does not"),
        ({"cell": None}, "notebooks/a.ipynb:1: a cell was never run"),
        ({"code": 'start_on_laptop("2000")'}, f"notebooks/a.ipynb:1: cell 2: {OTHER_RULES}"),
        ({"code": "start_lab('2000', managed=True)"}, f"notebooks/a.ipynb:1: cell 2: {OTHER_RULES}"),
        ({"text": "[b](b.ipynb)"}, "notebooks/a.ipynb:1: cell 1: the link goes to b.ipynb, which does not exist"),
        ({"text": "[p](../page.md#gone)"}, "notebooks/a.ipynb:1: cell 1: the link goes to #gone, which is not in"),
    ],
)
def test_what_escapes_is_named(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    guide(tmp_path, **change)
    (message,) = found(tmp_path)
    assert message.startswith(says)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("mkdocs.yml", "a: [", r"mkdocs\.yml:1: this is not YAML: "),
        ("notebooks/a.ipynb", "{}", r"notebooks/a\.ipynb: this is no notebook"),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, name: str, text: str, says: str) -> None:
    guide(tmp_path)
    (tmp_path / name).write_text(text)
    with pytest.raises(GuideError, match=f"^{says}") as error:
        orphans.findings(open_guide(tmp_path))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("today", "lines"),
    [("2026-05-31", []), ("2026-06-01", [12]), ("2026-12-31", [12]), ("2027-01-01", [4, 12])],
)
def test_review_dates_pass(tmp_path: Path, today: str, lines: list[int]) -> None:
    page = write_guide(tmp_path, PAGE, a="$ true\n")
    assert [finding.line for finding in reviews.passed(page, datetime.date.fromisoformat(today))] == lines


@pytest.mark.parametrize(("year", "status", "says"), [(2020, 1, "docs/page.md:1: this block was to be"), (2999, 0, "")])
def test_only_the_look_at_review_dates_fails_by_them(tmp_path: Path, year: int, status: int, says: str) -> None:
    write_guide(tmp_path, f'``` unchecked why="x" review="{year}-06-01"\ndir\n```\n')
    look = subprocess.run(["mfa-guide", "check", "--reviews"], cwd=tmp_path, capture_output=True, text=True)
    assert (look.returncode, look.stderr) == (status, "")
    assert says in look.stdout
    assert subprocess.run(["mfa-guide", "check"], cwd=tmp_path, capture_output=True).returncode == 0


def test_an_older_edition_holds_only_what_differs(tmp_path: Path) -> None:
    same = {"editions/2024/docs/other.md": FILES["docs/other.md"], "editions/2024/snippets/b.txt": "$ true\n"}
    today, older = open_guides(write_editions(tmp_path, **same))
    assert orphans.findings(today) == []
    assert [str(finding) for finding in orphans.findings(older)] == [
        f"editions/2024/{path}:1: this is the same as {path}: delete it, and that takes its place"
        for path in ("docs/other.md", "snippets/b.txt")
    ]
    # What stands beside a snippet goes where that goes.
    (tmp_path / "editions/2024/snippets/b.versions.yml").write_text("")
    assert len(orphans.findings(open_guide(tmp_path, "2024"))) == 1


def test_what_an_older_edition_names_is_there_and_what_it_has_is_named(tmp_path: Path) -> None:
    nav = "- page.md\n- old.md\n- gone.md\n"
    _, older = open_guides(write_editions(tmp_path, **{"editions/2024/nav.yml": nav}))
    assert [str(finding) for finding in orphans.findings(older)] == [
        "editions/2024/docs/other.md:1: the navigation in editions/2024/nav.yml does not lead to this page",
        "editions/2024/nav.yml:1: the navigation leads to gone.md, which does not exist",
    ]
