"""A desktop on which PuTTY's configuration window is open."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from mfa_guide.kinds.walkthrough.walker import Desktop
from mfa_guide.practice.lab import Lab
from tests.support import POLICY
from tests.support.machines import Impatient
from tests.support.windows import do

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.clients.machine import Machine


@pytest.fixture(scope="package")
def machine() -> Iterator[Machine]:
    # PuTTY looks up the home in /etc/passwd: only a machine of the lab has another than this computer's user.
    with Lab.start(POLICY) as lab:
        yield lab.machine("home", new=True)


@pytest.fixture(scope="package")
def desktop(machine: Machine) -> Iterator[Desktop]:
    with contextlib.closing(Desktop(Impatient(machine))) as desktop:
        do(desktop, "- start: putty")
        yield desktop
