"""What stands in a machine's `/etc/ssh/ssh_config`: nothing of which its clients complain."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from mfa_guide.practice.lab import Lab
from mfa_guide.practice.lab.machine import make_disk, shipped_ssh_config
from tests.support import POLICY

if TYPE_CHECKING:
    from pathlib import Path

WITHOUT_GSSAPI = """#!/bin/sh
# As OpenSSH of Debian since 10.4p1-5.
case "$*" in *GSSAPI*) echo 'command-line line 0: Unsupported option "gssapiauthentication"' >&2 ;; esac
echo "hashknownhosts no"
"""


def test_clients_without_gssapi_are_not_told_of_it(tmp_path: Path) -> None:
    ssh = tmp_path / "ssh"
    ssh.write_text(WITHOUT_GSSAPI)
    ssh.chmod(0o755)
    assert shipped_ssh_config(str(ssh)) == "Host *\n    SendEnv LANG LC_*\n    HashKnownHosts yes\n"


def test_clients_with_gssapi_are_as_debian_ships_them(tmp_path: Path) -> None:
    ssh = shutil.which("ssh")
    assert ssh
    told = (
        "gssapiauthentication yes"
        in subprocess.run([ssh, "-G", "-o", "GSSAPIAuthentication=yes", "x"], capture_output=True, text=True).stdout
    )
    assert ("GSSAPIAuthentication yes" in shipped_ssh_config(ssh)) == told


def test_what_is_given_stands_there(tmp_path: Path) -> None:
    disk = make_disk(tmp_path, name="laptop", hosts="", ssh_config="Host *\n    HashKnownHosts no\n")
    assert (disk.etc / "ssh" / "ssh_config").read_text() == "Host *\n    HashKnownHosts no\n"


def test_the_clients_of_a_machine_do_not_complain() -> None:
    with Lab.start(POLICY) as lab:
        command = lab.machine("home").argv(["ssh", "-G", "login.hpc.kuleuven.be"])
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert "hashknownhosts yes\n" in done.stdout, "it is read"
    assert "Unsupported option" not in done.stderr
    assert "Bad configuration" not in done.stderr
