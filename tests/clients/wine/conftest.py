"""A reader's machine that is a Windows computer."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from mfa_guide.kinds.walkthrough.walker import WineDesktop
from mfa_guide.practice.lab import Lab
from tests.support import POLICY_2024
from tests.support.machines import Impatient

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """By the rules of early 2024: the way of a reader is longest there, for it begins with a key."""
    with Lab.start(POLICY_2024) as lab:
        yield lab


@pytest.fixture(scope="module")
def desktop(lab: Lab) -> Iterator[WineDesktop]:
    with contextlib.closing(WineDesktop(lab.machine("home", new=True), "trixie")) as desktop:
        yield desktop


@pytest.fixture(scope="module")
def impatient(lab: Lab) -> Iterator[WineDesktop]:
    with contextlib.closing(WineDesktop(Impatient(lab.machine("home", new=True)), "trixie")) as desktop:
        yield desktop
