"""Guides to look at: the real one, and small ones that a test makes up."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from mfa_guide.clients.suites import Suite
from tests.support import PROJECT
from tests.support.built import Guide, make_elsewhere, make_guide, mkdocs_build, served

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests that look at the built guide on one worker, so that it is built once."""
    for item in items:
        if {"guide", "older"} & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.xdist_group("site"))


@pytest.fixture(autouse=True)
def no_suite_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Evidence that a test makes up is about no packages: it holds where no suite was fetched that could say others."""
    monkeypatch.setattr(Suite, "packages", "")


@pytest.fixture(scope="session")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Guide:
    """The real guide, built."""
    return _built(tmp_path_factory, "")


@pytest.fixture(scope="session")
def older(tmp_path_factory: pytest.TempPathFactory) -> Guide:
    """The real guide by the rules of early 2024, built."""
    return _built(tmp_path_factory, "2024")


def _built(tmp_path_factory: pytest.TempPathFactory, edition: str) -> Guide:
    html = tmp_path_factory.mktemp("html")
    built = mkdocs_build(PROJECT, html, GUIDE_EDITION=edition)
    assert built.returncode == 0, built.stderr
    return Guide(PROJECT, html)


@pytest.fixture
def small_guide(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Makes a project with the real configuration, and only the files that the test names."""
    return lambda files: make_guide(tmp_path / "guide", files)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A guide of somebody else's, as small as it can be."""
    return make_elsewhere(tmp_path / "guide")


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


@pytest.fixture(scope="session")
def address(guide: Guide) -> Iterator[str]:
    """Where the real guide is served, ending with a slash."""
    with served(guide.html) as address:
        yield address
