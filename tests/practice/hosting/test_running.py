"""The Python interface to a practice site in a lab, used as a notebook or somebody's own tests would."""

from __future__ import annotations

import subprocess

from mfa_guide.practice.hosting.running import LINK
from mfa_guide.practice.lab import Lab


def test_a_login_from_beginning_to_end() -> None:
    with Lab.start() as lab:
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
        assert names[-4:] == ["key accepted", "link shown", "link approved", "logged in"]
        event, details = lab.events(last=1)[0]
        assert (event, details["account"], details["by"]) == ("logged in", "vsc98765", "browser")

        before = lab.ask(do="clock", shift="+0s")["now"]
        lab.move_clock("+16h")
        assert lab.ask(do="clock", shift="+0s")["now"] > before
