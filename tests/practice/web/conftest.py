"""Practice sites for the tests of the pages: with the lab's addresses, and with those on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import POLICY
from tests.support.site_apart import LOOPBACK, Site
from tests.support.site_in_thread import RunningSite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site.make(tmp_path)
    yield site
    site.state.close()


@pytest.fixture
def loopback(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """By today's rules, or by the policy that a test asks for."""
    # A folder of its own: one test may use both.
    folder = tmp_path / "loopback"
    folder.mkdir()
    site = Site.make(folder, LOOPBACK, users=3, policy=getattr(request, "param", POLICY))
    yield site
    site.state.close()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningSite]:
    running = RunningSite(tmp_path)
    yield running
    running.stop()
