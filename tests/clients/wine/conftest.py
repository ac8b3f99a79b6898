"""A reader's machine that is a Windows computer."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from mfa_guide.kinds.walkthrough.walker import WineDesktop
from mfa_guide.practice.lab import Lab
from tests.support import POLICY
from tests.support.machines import Impatient

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab.start(POLICY) as lab:
        yield lab


@pytest.fixture(scope="module")
def desktop(lab: Lab) -> Iterator[WineDesktop]:
    with contextlib.closing(WineDesktop(lab.machine("home", new=True), "trixie")) as desktop:
        yield desktop


@pytest.fixture(scope="module")
def impatient(lab: Lab) -> Iterator[WineDesktop]:
    with contextlib.closing(WineDesktop(Impatient(lab.machine("home", new=True)), "trixie")) as desktop:
        yield desktop
