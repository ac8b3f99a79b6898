"""The profile for PuTTY on Windows: regedit imports it, PuTTY logs in with it, and a reader's own session stays."""

from __future__ import annotations

import base64
import contextlib
from typing import TYPE_CHECKING

import pytest

from mfa_guide.clients.machine import ask
from mfa_guide.clients.profiles import make
from mfa_guide.kinds.walkthrough.walker import WineDesktop
from mfa_guide.practice.lab import Lab
from tests.support import POLICY
from tests.support.windows import do

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.windows, pytest.mark.xdist_group("windows")]

SESSIONS = r"HKCU\Software\SimonTatham\PuTTY\Sessions"
SAVED = "Downloads/VSC-profile.reg"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab for a computer that the university manages: no page comes before the connection."""
    with Lab.start(POLICY, managed=True) as lab:
        yield lab


def asked(desktop: WineDesktop, *command: str, given: str = "") -> str:
    """Return what a command of the computer says, which must succeed."""
    done = ask(desktop, command, given=given)
    assert done.returncode == 0, done
    return done.stdout


def test_the_profile_is_imported_beside_the_readers_session_and_logs_in(lab: Lab) -> None:
    profile = make("putty-reg", "vsc98765", None, POLICY).content
    with contextlib.closing(WineDesktop(lab.machine("home"), "trixie")) as desktop:
        do(
            desktop,
            "- start: putty",
            "- type: host.example\n  into: Host Name (or IP address)",
            "- type: VSC\n  into: Saved Sessions",
            "- press: Save",
            "- press: Cancel",
        )
        own = asked(desktop, "wine", "reg", "query", rf"{SESSIONS}\VSC")
        assert "host.example" in own
        asked(desktop, "sh", "-c", f"base64 -d > {SAVED}", given=base64.b64encode(profile).decode())
        asked(desktop, "wine", "regedit", SAVED)
        assert asked(desktop, "wine", "reg", "query", rf"{SESSIONS}\VSC") == own
        # It is empty, and the login puts a certificate into it.
        do(desktop, "- start: pageant", window="pageant")
        do(
            desktop,
            "- start: putty",
            "- see: VSC",
            "- select: VSC-profile",
            "- press: Load",
            "- see: login.hpc.kuleuven.be",
            "- press: Open",
            "- press: Accept",
            "- see: '| Please open https://firewall.vscentrum.be/8dK2nWq7VbTz4pLmXhR to complete log'",
        )
        lab.approve(str(desktop.link))
        do(desktop, "- see: $", "- type: ssh-add -l", "- see: …ssh-proxy-tier2 (RSA-CERT)", "- type: exit")
