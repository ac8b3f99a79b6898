"""What no page leads to, what was done by hand, and dates to look again."""

from __future__ import annotations

import datetime
import hashlib
import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import GuideError
from mfa_guide.gate import orphans, reviews
from mfa_guide.gate.on_page import findings
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

``` by-hand
--8<-- "hand.txt"
```

``` unchecked why="it needs Windows" review="2026-06-01"
dir
```
"""
HAND = "Press the big button.\n"
SEAL = """\
hand.txt:
  sha256: "{}"
  date: 2026-11-01
  client: MobaXterm
  version: "24.1"
  result: A window opened.
"""
NAV = "nav:\n  - page.md\n  - More:\n      - Sub: [notebooks/a.ipynb]\nextra: !ENV [A, b]\nx: !!python/name:a.b\n"


def guide(folder: Path, nav: str = NAV, hand: str = HAND, cell: int | None = 1, seal: str = SEAL) -> None:
    write_guide(folder, PAGE, a="$ true\n", hand=hand)
    (folder / "mkdocs.yml").write_text(nav)
    (folder / "snippets" / "by-hand.yml").write_text(seal.format(hashlib.sha256(HAND.encode()).hexdigest()))
    (folder / "notebooks").mkdir()
    content = {"cells": [{"cell_type": "markdown"}, {"cell_type": "code", "execution_count": cell}]}
    (folder / "notebooks" / "a.ipynb").write_text(json.dumps(content))


def found(folder: Path) -> list[str]:
    page = write_guide(folder, PAGE)
    nav = (folder / "mkdocs.yml").read_text()
    (folder / "mkdocs.yml").write_text(nav)
    return [str(finding) for finding in [*findings(page), *orphans.findings(folder)]]


def test_what_is_met_and_sealed_passes(tmp_path: Path) -> None:
    guide(tmp_path)
    assert found(tmp_path) == []
    (tmp_path / "mkdocs.yml").write_text("# MkDocs makes a navigation of all pages\n")
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"nav": NAV.replace("- page.md", "- other.md")}, "docs/page.md:1: the navigation in mkdocs.yml does not lead"),
        ({"nav": NAV.replace("a.ipynb", "b.ipynb")}, "notebooks/a.ipynb:1: the navigation in mkdocs.yml does not"),
        ({"cell": None}, "notebooks/a.ipynb:1: a cell was never run"),
        ({"hand": HAND.replace("big", "red")}, "docs/page.md:12: hand.txt is not what was done by hand on 2026-11-01"),
        ({"seal": ""}, "docs/page.md:12: snippets/by-hand.yml has no entry for hand.txt"),
        (
            {"seal": SEAL + SEAL.replace("hand.txt", "b.txt").replace("{}", "0" * 64)},
            "snippets/by-hand.yml:1: no page shows b.txt",
        ),
    ],
)
def test_what_escapes_is_named(tmp_path: Path, change: dict[str, str], says: str) -> None:
    guide(tmp_path, **change)  # type: ignore[arg-type]
    (message,) = found(tmp_path)
    assert message.startswith(says)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("snippets/by-hand.yml", SEAL, r"snippets/by-hand\.yml: hand\.txt: sha256: "),
        ("snippets/by-hand.yml", "a: [", r"snippets/by-hand\.yml cannot be read: "),
        ("mkdocs.yml", "a: [", r"mkdocs\.yml cannot be read: "),
        ("notebooks/a.ipynb", "{}", r"notebooks/a\.ipynb cannot be read: "),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, name: str, text: str, says: str) -> None:
    guide(tmp_path)
    (tmp_path / name).write_text(text)
    with pytest.raises(GuideError, match=f"^{says}") as error:
        orphans.findings(tmp_path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("today", "lines"),
    [("2026-05-31", []), ("2026-06-01", [16]), ("2026-12-31", [16]), ("2027-01-01", [1, 16])],
)
def test_review_dates_pass(tmp_path: Path, today: str, lines: list[int]) -> None:
    page = write_guide(tmp_path, PAGE, a="$ true\n", hand=HAND)
    assert [finding.line for finding in reviews.passed(page, datetime.date.fromisoformat(today))] == lines


@pytest.mark.parametrize(("year", "status", "says"), [(2020, 1, "docs/page.md:1: this block was to be"), (2999, 0, "")])
def test_only_the_look_at_review_dates_fails_by_them(tmp_path: Path, year: int, status: int, says: str) -> None:
    write_guide(tmp_path, f'``` unchecked why="x" review="{year}-06-01"\ndir\n```\n')
    look = subprocess.run(["mfa-guide", "check", "--reviews"], cwd=tmp_path, capture_output=True, text=True)
    assert (look.returncode, look.stderr) == (status, "")
    assert says in look.stdout
    assert subprocess.run(["mfa-guide", "check"], cwd=tmp_path, capture_output=True).returncode == 0
