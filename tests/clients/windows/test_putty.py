"""PuTTY's real window while it waits for the browser: what the mouse copies, and where Ctrl+C goes."""

from __future__ import annotations

import contextlib
import subprocess
from typing import TYPE_CHECKING

import pytest

from mfa_guide.kinds.walkthrough.walker import Desktop
from mfa_guide.practice.lab import Lab
from tests.support import POLICY
from tests.support.windows import do

if TYPE_CHECKING:
    from collections.abc import Iterator

LINK = "https://firewall.vscentrum.be/3fYc9JtXrQe6PbWnHsA"
SHOWS_LINK = f"- see: '| Please open {LINK} to complete log'"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab.start(POLICY, managed=True) as lab:
        yield lab


@pytest.fixture(scope="module")
def desktop(lab: Lab) -> Iterator[Desktop]:
    with contextlib.closing(Desktop(lab.machine("home"))) as desktop:
        do(
            desktop,
            "- start: putty",
            "- type: vsc98765@login.hpc.kuleuven.be\n  into: Host Name (or IP address)",
            "- type: VSC\n  into: Saved Sessions",
            "- press: Save",
            "- press: Open",
            "- press: Accept",
            SHOWS_LINK,
        )
        yield desktop


def prompts(desktop: Desktop) -> int:
    """Return how many prompts the terminal shows at which nothing was typed."""
    # To see something there, all of it was selected.
    do(desktop, "- see: $")
    command = desktop.argv(["xclip", "-selection", "primary", "-out"])
    shown = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return sum(line.strip() == "$" for line in shown.splitlines())


def test_a_drag_copies_the_link_and_a_double_click_misses_its_beginning(desktop: Desktop) -> None:
    do(desktop, f"- copy: {LINK}")
    link = desktop.link
    assert link is not None
    do(desktop, f"- double-click: {LINK}\n  copies: {link.removeprefix('https:')}")


def test_ctrl_c_ends_nothing_and_reaches_the_machine_after_the_login(lab: Lab, desktop: Desktop) -> None:
    do(desktop, SHOWS_LINK, "- keys: Ctrl+C", f"- copy: {LINK}")
    lab.approve(str(desktop.link))
    assert prompts(desktop) == 2
    do(desktop, "- type: exit", "- closes: login.hpc.kuleuven.be - PuTTY")
    # Without it, there is one prompt.
    do(desktop, "- start: putty", "- select: VSC", "- press: Load", "- press: Open", SHOWS_LINK, f"- copy: {LINK}")
    lab.approve(str(desktop.link))
    assert prompts(desktop) == 1
    do(desktop, "- type: exit", "- closes: login.hpc.kuleuven.be - PuTTY")
