"""A Windows computer in the lab: the reader's, whoever runs the lab, and the practice site is where the real one is."""

from __future__ import annotations

import sys

import pytest

from mfa_guide.clients.machine import ask
from mfa_guide.practice.lab import Lab
from tests.support import POLICY

COPIES = """
from pathlib import Path
from mfa_guide.clients.wine import prefix
prefix.copy(Path.home() / "windows", "sid")
"""
RUNS = """
import subprocess, sys
from pathlib import Path
from mfa_guide.clients.wine import prefix
subprocess.run(["wine", *sys.argv[1:]], env=prefix.environment(Path.home() / "windows"))
prefix.end(Path.home() / "windows")
"""


@pytest.mark.windows
def test_a_reader_has_one_and_reaches_the_practice_site_from_it() -> None:
    with Lab.start(POLICY, managed=True) as lab:
        machine = lab.machine("home", new=True)
        copied = ask(machine, [sys.executable, "-c", COPIES])
        assert (copied.returncode, copied.stderr) == (0, "")
        words = ("plink", "-batch", "vsc98765@login.hpc.kuleuven.be")
        said = ask(machine, [sys.executable, "-c", RUNS, *words]).stderr
        assert "The host key is not cached for this server:" in said
        assert "login.hpc.kuleuven.be (port 22)" in said
        assert "FATAL ERROR: Cannot confirm a host key in batch mode" in said
