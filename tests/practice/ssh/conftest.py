"""A practice site in the test's own process: what it says of time and number can be made small."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

import pytest

from mfa_guide.practice.hosting import loopback
from mfa_guide.practice.hosting.installation import open_installation
from tests.support import POLICY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from mfa_guide.policy import Policy

    Open = Callable[..., AbstractAsyncContextManager[loopback.Loopback]]


@pytest.fixture(scope="session")
def _keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    open_installation(folder, POLICY)
    return folder


@pytest.fixture
def site_here(_keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens a practice site in the loop of whoever calls it, with other facts if some are given; a second one has the
    state of the first. Its computer is managed, where that counts: no page has to be open first."""
    (tmp_path / "runtime").mkdir(mode=0o700)
    monkeypatch.setenv("MFA_GUIDE_RUNTIME", str(tmp_path / "runtime"))
    shutil.copytree(_keys, tmp_path / "state")

    @contextlib.asynccontextmanager
    async def open_site(policy: Policy = POLICY) -> AsyncIterator[loopback.Loopback]:
        managed = policy.address.managed_are_open
        async with loopback.run(policy, tmp_path / "state", ssh_port=0, web_port=0, managed=managed) as site:
            yield site

    return open_site
