"""One lab for the tests of each rule, and readers at its machines."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mfa_guide.practice.hosting.control import short_folder
from mfa_guide.practice.hosting.installation import open_installation
from mfa_guide.practice.lab import Lab
from mfa_guide.practice.lab.unprivileged import lab_user
from tests.support import POLICY
from tests.support.readers import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mfa_guide.policy import Policy


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep each of these modules on one worker: its tests share a lab."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.xdist_group(item.path.name))


@pytest.fixture(scope="session")
def fresh_state() -> Iterator[Callable[[], Path]]:
    """Makes states of practice sites on which nothing has happened. They share their keys, which take long to make."""
    with tempfile.TemporaryDirectory(prefix="mfa-guide-test-", dir=short_folder()) as name:
        # A lab that root starts is another user's.
        shutil.chown(name, lab_user())
        keys = Path(name) / "keys"
        open_installation(keys, POLICY)
        numbers = itertools.count()

        def make() -> Path:
            state = shutil.copytree(keys, Path(name) / str(next(numbers)))
            shutil.chown(state, lab_user())
            return state

        yield make


@pytest.fixture(scope="module")
def lab(request: pytest.FixtureRequest, fresh_state: Callable[[], Path]) -> Iterator[Lab]:
    """A fresh lab; the same for all tests of a module.

    It goes by the policy that the module calls RULES. Otherwise by today's, with readers whose computers the university
    manages, so that no page has to be open first.
    """
    policy: Policy = getattr(request.module, "RULES", POLICY)
    with Lab.start(policy, fresh_state(), managed=policy.address.managed_are_open) as lab:
        yield lab


@pytest.fixture(scope="module")
def home(lab: Lab) -> Reader:
    return Reader(lab, lab.machine("home"))


@pytest.fixture(scope="module")
def campus(lab: Lab) -> Reader:
    return Reader(lab, lab.machine("campus"))


@pytest.fixture(scope="module")
def abroad(lab: Lab) -> Reader:
    return Reader(lab, lab.machine("abroad"))
