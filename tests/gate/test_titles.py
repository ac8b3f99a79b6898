"""Two pages of one name cannot be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_guide.gate import orphans
from mfa_guide.kinds import open_guide
from tests.support.guides import write_guide

if TYPE_CHECKING:
    from pathlib import Path

TITLED = "---\ndescription: D\ntitle: {}\n---\n"


def twins(folder: Path, *titles: str) -> list[str]:
    """Return what is said of a guide with pages of these titles."""
    write_guide(folder, "words")
    for number, title in enumerate(titles):
        (folder / "docs" / f"{number}.md").write_text(TITLED.format(title), encoding="utf-8")
    return [str(finding) for finding in orphans.findings(open_guide(folder)) if "is called" in finding.message]


def test_pages_have_names_of_their_own(tmp_path: Path) -> None:
    assert twins(tmp_path, "FileZilla", "FileZilla does not get in") == []


def test_a_page_that_is_called_as_another_is_named(tmp_path: Path) -> None:
    assert twins(tmp_path, "FileZilla", "PuTTY", "Filezilla") == [
        "docs/2.md:3: docs/0.md is called “Filezilla”, too: say what this one is"
    ]
