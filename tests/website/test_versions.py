"""`./run site`: all versions, and the reader's own repository as it was."""

from __future__ import annotations

import json
import posixpath
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from bs4 import BeautifulSoup

from mfa_guide.base.errors import GuideError
from mfa_guide.guide import published
from mfa_guide.website.versions import build_versions
from tests.support import GUIDE, GUIDES, PROJECT
from tests.support.built import DESCRIPTION, Guide
from tests.support.html import one

if TYPE_CHECKING:
    from collections.abc import Callable


def git(folder: Path, *arguments: str) -> str:
    """Return what git says."""
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@localhost", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def soup(folder: Path) -> BeautifulSoup:
    return BeautifulSoup((folder / "index.html").read_text(encoding="utf-8"), "html.parser")


class _Loader(yaml.SafeLoader):
    """Reads what only MkDocs can follow as nothing."""


_Loader.add_multi_constructor("", lambda *_: None)

PUBLISHED = """\
index.md:
more/two.md:
more/new.md: {"2024": more/two.md}
gone.md: {"2026": more/new.md}
"""


def test_all_versions_are_built_and_nothing_else_changes(
    small_guide: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As on a new machine: git knows nobody.
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SITE_URL", "https://guide.example/")
    project = small_guide(
        {
            "docs/index.md": "# One\n",
            "docs/more/two.md": "# Two\n",
            "docs/more/new.md": "# New\n",
            "editions/2024/docs/more/two.md": "# Two, of old\n",
            "editions/2024/docs/gone.md": "# Gone\n",
            "editions/2024/nav.yml": "- index.md\n- more/two.md\n- gone.md\n",
            "editions/published.yml": PUBLISHED,
            ".gitignore": "/build/\n/site/\n",
            # What an earlier run left.
            "build/versions/.git/HEAD": "ref: refs/heads/earlier\n",
            "site/2023/index.html": "earlier",
        }
    )
    git(project, "init", "--quiet", "--initial-branch", "main")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message", "All")
    (project / "docs" / "index.md").write_text(f"{DESCRIPTION}# One, not committed\n", encoding="utf-8")
    before = git(project, "status", "--porcelain"), git(project, "for-each-ref")

    site = build_versions(project)

    assert (git(project, "status", "--porcelain"), git(project, "for-each-ref")) == before
    versions = json.loads((site / "versions.json").read_text(encoding="utf-8"))
    assert [(each["version"], each["aliases"]) for each in versions] == [("2026", ["latest"]), ("2024", [])]
    assert "2026/" in (site / "index.html").read_text(encoding="utf-8")
    assert "../2026/" in (site / "latest" / "index.html").read_text(encoding="utf-8")
    assert not (site / "2023").exists()
    for edition in ("2026", "2024"):
        for address in ("more/two", "more/new", "gone", "."):
            assert (site / edition / address / "index.html").is_file()
        page = soup(site / edition / "more" / "two")
        # The version that people read is the one that search engines are told of.
        assert one(page, "link[rel=canonical]")["href"] == "https://guide.example/2026/more/two/"
        banners = [link["href"] for link in page.select(".md-banner a")]
        assert banners == ([] if edition == "2026" else ["../../../2026/more/two/"])
    assert one(soup(site / "2024" / "more" / "two"), "h1").get_text().startswith("Two, of old")
    assert one(soup(site / "2026" / "gone"), "a")["href"] == "../more/new/"
    assert one(soup(site / "2024" / "more" / "new"), "a")["href"] == "../two/"


def test_the_configuration_names_todays_edition() -> None:
    told = yaml.load((PROJECT / "mkdocs.yml").read_text(encoding="utf-8"), _Loader)
    assert told["extra"]["version"]["default"] == GUIDE.edition.name
    (mike,) = (plugin["mike"] for plugin in told["plugins"] if "mike" in plugin and isinstance(plugin, dict))
    assert mike["canonical_version"] == GUIDE.edition.name


def test_each_page_of_the_older_edition_leads_to_the_same_page_of_today(older: Guide, guide: Guide) -> None:
    pages = [page.parent.relative_to(older.html).as_posix() for page in older.pages()]
    shown = [address for address in pages if older.soup(address).select(".md-banner")]
    # The others are redirects.
    assert len(shown) == len(GUIDES[1].pages()) + len(GUIDES[1].notebooks())
    for address in shown:
        (link,) = older.soup(address).select(".md-banner a")
        to = posixpath.normpath(posixpath.join(address, str(link["href"])))
        assert to == posixpath.normpath(f"../2026/{address}")
        assert (guide.html / address / "index.html").is_file()


@pytest.mark.parametrize("edition", [0, 1])
def test_whatever_was_published_answers(edition: int, guide: Guide, older: Guide) -> None:
    built = (guide, older)[edition]
    listed = published.read(PROJECT)
    assert listed
    for name in listed:
        address = re.sub(r"(^|/)index$", "", name.rpartition(".")[0])
        page = built.soup(address)
        if link := page.select_one("meta[http-equiv=refresh]"):
            to = posixpath.normpath(posixpath.join(address, str(link["content"]).partition("url=")[2]))
            page = built.soup(to)
        assert page.select("article"), name


def test_a_warning_stops_it(small_guide: Callable[..., Path], capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(GuideError, match="mike deploy"):
        build_versions(small_guide({"docs/index.md": "# One\n\n[Gone](gone.md)\n"}))
    assert "gone.md" in capfd.readouterr().err


def leads_out(built: Guide) -> list[str]:
    """Return what the pages of an edition need, or lead to, that is not in its own folder."""
    found = []
    for path in sorted(built.html.rglob("*.html")):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for banner in page.select(".md-banner"):
            banner.decompose()
        for tag in page.select("a[href], link[href], img[src], script[src]"):
            target = str(tag.get("href") or tag.get("src")).partition("#")[0]
            if not target or re.match(r"[a-z]+:", target):
                continue
            to = Path(posixpath.normpath(posixpath.join(path.parent.as_posix(), target)))
            there = (to / "index.html").is_file() or to.is_file()
            # Only the page for addresses that are not there says from where, for it is shown anywhere.
            if path.name != "404.html" and not (there and to.is_relative_to(built.html)):
                found.append(f"{path.relative_to(built.html)}: {target}")
    return found


def test_each_edition_works_served_alone(guide: Guide, older: Guide) -> None:
    assert leads_out(guide) == []
    assert leads_out(older) == []


def test_what_leads_out_of_an_edition_is_seen(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "index.html").touch()
    links = (
        '<a href="../beside/">a</a><a href="#b">b</a><img src="c.png"><a href="https://d.e/">d</a><a href="./">e</a>'
    )
    (tmp_path / "one" / "index.html").write_text(links, encoding="utf-8")
    assert leads_out(Guide(PROJECT, tmp_path / "one")) == ["index.html: ../beside/", "index.html: c.png"]
