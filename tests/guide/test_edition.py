"""Editions: which files an older one has, and which are today's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import GuideError, UsageError
from mfa_guide.guide.edition import editions
from mfa_guide.kinds import open_guide, open_guides
from tests.support import GUIDES, PROJECT
from tests.support.editions import write_editions

if TYPE_CHECKING:
    from pathlib import Path


def test_an_older_edition_has_its_own_files_and_what_it_names_of_todays(tmp_path: Path) -> None:
    today, older = open_guides(write_editions(tmp_path))
    assert [guide.edition.name for guide in (today, older)] == ["2026", "2024"]
    assert [guide.policy.version for guide in (today, older)] == ["2026", "2024"]
    assert [page.where for page in today.pages()] == ["docs/new.md", "docs/other.md", "docs/page.md"]
    assert [page.where for page in older.pages()] == [
        "editions/2024/docs/old.md",
        "editions/2024/docs/other.md",
        "docs/page.md",
    ]
    (step,) = older.page("page.md").instructions
    assert (step.where, step.source) == ("docs/page.md:3", "editions/2024/snippets/a.txt")
    (step,) = older.page("other.md").instructions
    assert (step.where, step.source) == ("editions/2024/docs/other.md:4", "snippets/b.txt")
    assert not today.has_page("old.md")
    assert not older.has_page("new.md")


def test_a_file_belongs_to_the_edition_that_shows_it(tmp_path: Path) -> None:
    today, older = open_guides(write_editions(tmp_path))
    docs, overlay = tmp_path / "docs", tmp_path / "editions" / "2024" / "docs"
    assert [guide.name_of(docs / "page.md") for guide in (today, older)] == ["page.md", "page.md"]
    assert [guide.name_of(docs / "other.md") for guide in (today, older)] == ["other.md", None]
    assert [guide.name_of(overlay / "other.md") for guide in (today, older)] == [None, "other.md"]


def test_a_project_without_editions_has_todays(tmp_path: Path) -> None:
    write_editions(tmp_path)
    (tmp_path / "editions" / "2024" / "nav.yml").unlink()
    (only,) = editions(tmp_path)
    assert (only.name, only.layers) == ("2026", (tmp_path,))


def test_what_there_is_not_is_named(tmp_path: Path) -> None:
    write_editions(tmp_path)
    with pytest.raises(UsageError, match=r"no edition '2020' of this guide: choose of 2026, 2024"):
        open_guide(tmp_path, "2020")
    (tmp_path / "editions" / "2024").rename(tmp_path / "editions" / "2025")
    with pytest.raises(GuideError, match="there is no policy '2025'"):
        open_guides(tmp_path)


def test_the_guide_has_both() -> None:
    assert [guide.edition.name for guide in GUIDES] == ["2026", "2024"]
    assert all(guide.project == PROJECT for guide in GUIDES)


def test_what_a_navigation_leads_to_is_in_its_order(tmp_path: Path) -> None:
    nav = "- Start: index.md\n- More:\n    - a/b.md\n    - Deep:\n        - C: c.md\n- d.md\n"
    write_editions(tmp_path, **{"editions/2024/nav.yml": nav})
    assert open_guide(tmp_path, "2024").edition.named == ("index.md", "a/b.md", "c.md", "d.md")
    assert open_guide(tmp_path).edition.named is None
