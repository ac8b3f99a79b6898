"""Practice sites for the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.loopback_site import LoopbackSite

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopbackSite]:
    """A practice site on loopback, in a process of its own; the same for all tests of a module.

    By today's rules, on a computer that the university manages: no page has to be open first.
    """
    site = LoopbackSite.start(tmp_path_factory.mktemp("loopback"), managed=True)
    yield site
    assert site.stop() == 0


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopbackSite]:
    """One by the rules of early 2024: a key comes first."""
    site = LoopbackSite.start(tmp_path_factory.mktemp("keyed"), policy="2024")
    yield site
    assert site.stop() == 0
