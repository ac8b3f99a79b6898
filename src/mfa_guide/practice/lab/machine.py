"""A reader's machine in the lab: what is on its disk, and the sandbox that it is.

It is a bubblewrap sandbox with user, mount, process, network and host-name namespaces of its own, in which the reader
is an ordinary user without capabilities. One sleeping process keeps it; everything the reader does enters it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mfa_guide.errors import CannotRunError
from mfa_guide.practice.installation import write_private
from mfa_guide.practice.lab.ordinary import find_program
from mfa_guide.practice.lab.view import cover_arguments, show_arguments
from mfa_guide.practice.roles import all_roles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_guide.policy import Policy
    from mfa_guide.practice.installation import Installation

READER = "reader"
READER_ID = 1000
HOME = Path("/home") / READER
HOST_NAME = "laptop"
CONTROL = Path("/run/mfa-guide")
"""Where a machine finds the practice site's control socket and card."""


@dataclass(frozen=True)
class Disk:
    """The folders outside that a machine is made of."""

    home: Path
    tmp: Path
    etc: Path


def make_disk(folder: Path, *, new: bool, policy: Policy, installation: Installation, hosts: str) -> Disk:
    """Make the folders of a machine.

    Args:
        folder: where they are made.
        new: nothing is in `~/.ssh` and no host is known: the machine of someone who has never used SSH. Otherwise the
            practice key is there, and the gateway's host keys are known.
        policy: says what the key file is called.
        installation: has the keys.
        hosts: the content of `/etc/hosts`.
    """
    disk = Disk(folder / "home", folder / "tmp", folder / "etc")
    for path in (disk.home, disk.tmp, disk.etc, disk.etc / "ssh"):
        path.mkdir(parents=True, exist_ok=True)
    files = {
        "passwd": f"root:x:0:0:root:/root:/bin/bash\n{READER}:x:{READER_ID}:{READER_ID}::{HOME}:/bin/bash\n"
        "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
        "group": f"root:x:0:\n{READER}:x:{READER_ID}:\nnogroup:x:65534:\n",
        "hosts": hosts,
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
        # What Debian ships, without what this machine's owner may have added.
        "ssh/ssh_config": "Host *\n    SendEnv LANG LC_*\n    HashKnownHosts yes\n    GSSAPIAuthentication yes\n",
    }
    for name, text in files.items():
        (disk.etc / name).write_text(text)
    if not new:
        key = disk.home / policy.text("key_file").removeprefix("~/")
        key.parent.mkdir(mode=0o700, exist_ok=True)
        write_private(key, installation.user_key.read_bytes())
        key.with_suffix(".pub").write_bytes(installation.user_key.with_suffix(".pub").read_bytes())
        write_private(key.with_name("known_hosts"), known_hosts(policy, installation).encode())
    return disk


def known_hosts(policy: Policy, installation: Installation) -> str:
    """Return the lines by which OpenSSH knows the gateway under its names."""
    names = ",".join([*(role.host for role in all_roles(policy)), policy.text("login_host_genius")])
    lines = [f"{names} {key.export_public_key().decode().rsplit(' ', 1)[0]}" for key in installation.host_keys]
    return "\n".join(lines) + "\n"


def environment(spki: str) -> dict[str, str]:
    """Return the environment of everything that runs in a machine: nothing of the caller's comes along.

    Args:
        spki: the fingerprint of the practice site's TLS key, by which a browser in the lab trusts it.
    """
    return {
        "HOME": str(HOME),
        "USER": READER,
        "LOGNAME": READER,
        "SHELL": "/bin/bash",
        "LANG": "C.UTF-8",
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin:/usr/games",
        "MFA_GUIDE_LAB": "1",
        "MFA_GUIDE_RUNTIME": str(CONTROL),
        "MFA_GUIDE_SPKI": spki,
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def start_sandbox(disk: Disk, control: Path, network: int, show: Sequence[Path], more: Sequence[str]) -> int:
    """Start a machine in the network namespace of a process.

    Args:
        disk: what is on its disk.
        control: the folder with the practice site's control socket and card.
        network: the process.
        show: files and folders of the caller that it shows, read-only.
        more: further arguments of bubblewrap.

    Returns:
        The id of a process in it that others can join.

    Raises:
        CannotRunError: this machine does not allow such a sandbox.
    """
    told, tell = os.pipe()
    arguments = [find_program("nsenter"), f"--target={network}", "--net", "--", find_program("bwrap")]
    arguments += ["--unshare-user", "--uid", str(READER_ID), "--gid", str(READER_ID)]
    arguments += ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--hostname", HOST_NAME]
    arguments += ["--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    arguments += ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    arguments += cover_arguments()
    arguments += ["--bind", str(disk.tmp), "/tmp", *show_arguments(show), "--bind", str(disk.home), str(HOME)]
    arguments += ["--ro-bind", str(control), str(CONTROL)]
    # A file can be laid over one that is there; a folder of our own takes files that are not.
    arguments += ["--tmpfs", "/etc/ssh"]
    for file in sorted(file for file in disk.etc.rglob("*") if file.is_file()):
        arguments += ["--ro-bind", str(file), str("/etc" / file.relative_to(disk.etc))]
    arguments += [*more, "--chdir", str(HOME), "--info-fd", str(tell)]
    # It says so when it is ready: the process is there before its disk is.
    arguments += ["--", "sh", "-c", "echo ready; exec sleep infinity"]
    sandbox = subprocess.Popen(
        arguments, pass_fds=[tell], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    os.close(tell)
    assert sandbox.stdout is not None
    assert sandbox.stderr is not None
    with os.fdopen(told) as info:
        text = info.read()
    if not sandbox.stdout.readline():
        reason = sandbox.stderr.read().decode().strip() or f"exit status {sandbox.wait()}"
        raise CannotRunError(f"a machine of the lab cannot be made on this computer: {reason}")
    return int(json.loads(text)["child-pid"])
