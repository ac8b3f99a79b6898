"""Whatever was ever published answers in every edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import GuideError
from mfa_guide.gate import addresses
from mfa_guide.guide import published
from mfa_guide.kinds import open_guides
from tests.support.editions import write_editions

if TYPE_CHECKING:
    from pathlib import Path

LISTED = """\
page.md:
other.md:
new.md:
  "2024": page.md
old.md:
  "2026": new.md
"""


def found(folder: Path, listed: str) -> list[list[str]]:
    """Return what is said of each edition, with this list."""
    write_editions(folder, **{published.LIST: listed})
    return [[str(finding) for finding in addresses.findings(guide)] for guide in open_guides(folder)]


def test_a_list_by_which_everything_answers(tmp_path: Path) -> None:
    assert found(tmp_path, LISTED) == [[], []]


def test_a_project_may_have_no_list(tmp_path: Path) -> None:
    write_editions(tmp_path)
    assert [[*addresses.findings(guide)] for guide in open_guides(tmp_path)] == [[], []]


@pytest.mark.parametrize(
    ("old", "new", "edition", "said"),
    [
        (
            "other.md:\n",
            "",
            0,
            "docs/other.md:1: editions/published.yml does not name other.md: add it, it answers for ever",
        ),
        (
            '  "2026": new.md\n',
            "",
            0,
            'old.md is not in edition 2026: say which page answers in its place, `"2026": …`',
        ),
        ('"2024": page.md', '"2024": pages.md', 1, "new.md leads to pages.md, which is not in edition 2024"),
        ('"2026": new.md', '"2026": other.md\n  "2024": page.md', 1, "no other page answers in its place"),
    ],
)
def test_what_would_not_answer_is_named(tmp_path: Path, old: str, new: str, edition: int, said: str) -> None:
    assert old in LISTED
    findings = found(tmp_path, LISTED.replace(old, new))
    assert any(said in finding for finding in findings[edition]), findings


def test_a_list_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(GuideError, match=r"^editions/published.yml:1: "):
        found(tmp_path, "- page.md\n")
