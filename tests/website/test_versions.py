"""`./run site`: all versions, and the reader's own repository as it was."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from mfa_guide.base.errors import GuideError
from mfa_guide.website.versions import EDITIONS, build_versions
from tests.support.built import DESCRIPTION
from tests.support.html import one

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def git(folder: Path, *arguments: str) -> str:
    """Return what git says."""
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@localhost", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


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
    assert {version["version"] for version in versions} == set(EDITIONS) == {"2024", "dev"}
    assert "2024/" in (site / "index.html").read_text(encoding="utf-8")
    assert not (site / "2023").exists()
    for edition in EDITIONS:
        html = (site / edition / "more" / "two" / "index.html").read_text(encoding="utf-8")
        page = BeautifulSoup(html, "html.parser")
        # The version that people read is the one that search engines are told of.
        assert one(page, "link[rel=canonical]")["href"] == "https://guide.example/2024/more/two/"
        banners = [link["href"] for link in page.select(".md-banner a")]
        assert banners == ([] if edition == "2024" else ["../../../2024/"])


def test_a_warning_stops_it(small_guide: Callable[..., Path], capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(GuideError, match="mike deploy"):
        build_versions(small_guide({"docs/index.md": "# One\n\n[Gone](gone.md)\n"}))
    assert "gone.md" in capfd.readouterr().err
