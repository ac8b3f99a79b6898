"""Guides to look at: the real one, and small ones that a test makes up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

PROJECT = Path(__file__).parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests that look at the built guide on one worker, so that it is built once."""
    for item in items:
        if "guide" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("site"))


@dataclass(frozen=True)
class Guide:
    """A project and the HTML that was built from it."""

    project: Path
    html: Path

    def pages(self) -> list[Path]:
        """Return the HTML files that are pages."""
        return sorted(path for path in self.html.rglob("index.html"))

    def soup(self, page: str = "") -> BeautifulSoup:
        """Return the HTML of the page with that address."""
        return BeautifulSoup((self.html / page / "index.html").read_text(encoding="utf-8"), "html.parser")


def mkdocs_build(project: Path, html: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Build a guide, strictly."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(html)]
    return subprocess.run(
        command, cwd=project, env=os.environ | environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Guide:
    """The real guide, built; as the edition that has the most on its pages, a notice above each."""
    html = tmp_path_factory.mktemp("html")
    built = mkdocs_build(PROJECT, html, GUIDE_EDITION="dev")
    assert built.returncode == 0, built.stderr
    return Guide(PROJECT, html)


def make_guide(project: Path, files: dict[str, str]) -> Path:
    """Make a project with the real configuration, and only the files that are named."""
    shutil.copytree(PROJECT / "docs" / "assets", project / "docs" / "assets")
    shutil.copytree(PROJECT / "src" / "mfa_guide" / "site", project / "src" / "mfa_guide" / "site")
    (project / "snippets").mkdir()
    configuration = (PROJECT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[0]
    (project / "mkdocs.yml").write_text(configuration, encoding="utf-8")
    for name, text in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    return project


@pytest.fixture
def small_guide(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Makes a project with the real configuration, and only the files that the test names."""
    return lambda files: make_guide(tmp_path / "guide", files)


@pytest.fixture
def build(tmp_path: Path) -> Callable[[Path], subprocess.CompletedProcess[str]]:
    """Builds a project into `html` beside it."""
    return lambda project: mkdocs_build(project, tmp_path / "html")


# Not for the session: Playwright can be in use only once at a time, and other tests have browsers too.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, which asks nobody for anything by itself."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(html: Path) -> Iterator[str]:
    """Serve a guide; tells where, ending with a slash."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(html)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="session")
def address(guide: Guide) -> Iterator[str]:
    """Where the real guide is served, ending with a slash."""
    with served(guide.html) as address:
        yield address
