"""The Python interface to a practice site, in a lab and on loopback, as a notebook or somebody's own tests use it."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.child import KEPT
from mfa_guide.base.errors import CannotRunError
from mfa_guide.practice.hosting.running import LINK
from mfa_guide.practice.lab import Lab
from tests.support import POLICY, POLICY_2024
from tests.support.loopback_site import LoopbackSite, read_link

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_guide.policy import Policy

PATIENCE = 60
"""Seconds after which what does not come never comes."""


@pytest.mark.parametrize(("policy", "begins"), [(POLICY_2024, ["key accepted"]), (POLICY, [])], ids=["2024", "today"])
def test_a_login_from_beginning_to_end(policy: Policy, begins: list[str]) -> None:
    with Lab.start(policy, managed=policy.address.managed_are_open) as lab:
        machine = lab.machine("campus")
        command = ["ssh", "-i", "/home/reader/.ssh/id_rsa_vsc", "vsc98765@login.hpc.kuleuven.be", "hostname"]
        pipe = subprocess.PIPE
        ssh = subprocess.Popen(machine.argv(command), stdout=pipe, stderr=pipe, text=True)
        assert ssh.stderr is not None
        said = ssh.stderr.readline() + ssh.stderr.readline()
        link = LINK.findall(said)[0]
        lab.approve(link)
        assert ssh.communicate(timeout=30)[0] == "login.hpc.kuleuven.be\n"

        names = [event for event, _details in lab.events()]
        wanted = [*begins, "link shown", "link approved", "logged in"]
        assert [name for name in names if name != "key refused"][-len(wanted) :] == wanted
        assert ("key accepted" in names) == bool(begins)
        event, details = lab.events(last=1)[0]
        assert (event, details["account"], details["by"]) == ("logged in", "vsc98765", "browser")

        before = lab.ask(do="clock", shift="+0s")["now"]
        lab.move_clock("+16h")
        assert lab.ask(do="clock", shift="+0s")["now"] > before


def test_a_site_goes_on_when_it_says_more_than_anybody_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python tells of each module that it loads: more in all than a pipe holds."""
    monkeypatch.setenv("PYTHONVERBOSE", "1")
    site = LoopbackSite.start(tmp_path, managed=True)
    monkeypatch.delenv("PYTHONVERBOSE")
    login = site.ssh("whoami")
    site.approve(read_link(login))
    assert login.communicate(timeout=PATIENCE)[0] == "vsc98765\n"
    assert site.stop() == 0
    assert len(site.process.complaints) == KEPT


def test_a_lab_that_has_ended_says_why() -> None:
    with Lab.start(POLICY) as lab:
        assert lab._process
        os.killpg(lab._process.pid, signal.SIGKILL)
        lab._process.end()
        with pytest.raises(CannotRunError, match=r"^the lab has ended: it was killed$"):
            lab.events()
