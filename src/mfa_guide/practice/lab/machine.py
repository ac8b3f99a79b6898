"""A reader's machine in the lab: what is on its disk, and the sandbox that it is.

It is a bubblewrap sandbox with user, mount, process, network and host-name namespaces of its own, in which the reader
is an ordinary user without capabilities. One sleeping process keeps it; everything the reader does enters it.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mfa_guide.base.child import Child
from mfa_guide.base.errors import CannotRunError
from mfa_guide.base.program import run
from mfa_guide.base.writing import write_private
from mfa_guide.practice.lab.unprivileged import find_program
from mfa_guide.practice.lab.view import cover_arguments, show_arguments
from mfa_guide.practice.rules.roles import all_roles

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncssh

    from mfa_guide.policy import Policy
    from mfa_guide.practice.hosting.installation import Installation

READER = "reader"
READER_ID = 1000
HOME = Path("/home") / READER
LAPTOP = "laptop"
"""The host name of the reader's own machines."""
STARTS_WITHIN = 60
"""Seconds in which a machine is there, on a computer that is busy. Ours."""
CONTROL = Path("/run/mfa-guide")
"""Where a machine finds the practice site's control socket and card."""


@dataclass(frozen=True)
class Disk:
    """The folders outside that a machine is made of."""

    name: str
    """The machine's host name."""
    home: Path
    tmp: Path
    etc: Path


@dataclass(frozen=True)
class Sandbox:
    """A machine that runs."""

    process: int
    """A process in it, by which others join its namespaces."""
    keeper: int
    """A process of whoever sits at it, by its number in the machine."""

    def enter(self) -> list[str]:
        """Return the words that, put before a command, run it in the machine as whoever sits at it.

        They are for a process that is root of the lab. bubblewrap makes two user namespaces, and its other namespaces
        belong to the outer one. So: first into those others, and then into that of the person.
        """
        others = ["--mount", "--pid", "--net", "--uts", "--ipc", "--root"]
        steps = [[f"--target={self.process}", *others], [f"--target={self.keeper}", "--user"]]
        nsenter = find_program("nsenter")
        return [word for step in steps for word in (nsenter, *step, "--preserve-credentials", "--")]


def shipped_ssh_config(ssh: str) -> str:
    """Return what Debian ships as `/etc/ssh/ssh_config` for these clients.

    It is written here, for this computer's own may have what its owner added. Debian's clients of 2026 no longer know
    GSSAPI, and complain of its option each time.

    Args:
        ssh: the path of the program.
    """
    knows = "gssapiauthentication yes" in _settings(ssh, "-o", "GSSAPIAuthentication=yes")
    gssapi = "    GSSAPIAuthentication yes\n" if knows else ""
    return f"Host *\n    SendEnv LANG LC_*\n    HashKnownHosts yes\n{gssapi}"


def knows_addresses(ssh: str) -> bool:
    """Tell whether a client knows machines by their addresses beside their names, as OpenSSH did before 8.5.

    Args:
        ssh: the path of the program.
    """
    return "checkhostip yes" in _settings(ssh)


def _settings(ssh: str, *options: str) -> list[str]:
    asked = [ssh, "-G", "-F", "none", *options, LAPTOP]
    return run(asked, "ssh -G").stdout.splitlines()


def make_disk(folder: Path, *, name: str, hosts: str, ssh_config: str = "") -> Disk:
    """Make the folders of a machine, with nothing in the home.

    Args:
        folder: where they are made.
        name: the machine's host name.
        hosts: what its `/etc/hosts` says about others.
        ssh_config: the content of its `/etc/ssh/ssh_config`; what fits this computer's own clients when not given.

    Raises:
        CannotRunError: there are no such clients.
    """
    disk = Disk(name, folder / "home", folder / "tmp", folder / "etc")
    for path in (disk.home, disk.tmp, disk.etc, disk.etc / "ssh"):
        path.mkdir(parents=True, exist_ok=True)
    files = {
        "passwd": f"root:x:0:0:root:/root:/bin/bash\n{READER}:x:{READER_ID}:{READER_ID}::{HOME}:/bin/bash\n"
        "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
        "group": f"root:x:0:\n{READER}:x:{READER_ID}:\nnogroup:x:65534:\n",
        "hosts": f"127.0.0.1 localhost\n::1 localhost\n127.0.1.1 {name}\n{hosts}",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
        "ssh/ssh_config": ssh_config or shipped_ssh_config(find_program("ssh")),
    }
    for name, text in files.items():
        (disk.etc / name).write_text(text)
    return disk


def give_key(disk: Disk, policy: Policy, installation: Installation, known: str) -> None:
    """Put the practice key into the reader's home.

    Args:
        disk: the machine's.
        policy: says what the key file is called.
        installation: has the keys.
        known: the content of `~/.ssh/known_hosts`.
    """
    key = disk.home / policy.text("key_file").removeprefix("~/")
    key.parent.mkdir(mode=0o700, exist_ok=True)
    write_private(key, installation.user_key.read_bytes())
    key.with_suffix(".pub").write_bytes(installation.user_key.with_suffix(".pub").read_bytes())
    write_private(key.with_name("known_hosts"), known.encode())


def known_hosts(policy: Policy, installation: Installation, *, by_address: bool = False) -> str:
    """Return the lines by which OpenSSH knows the gateway under its names.

    Args:
        policy: says what the names are.
        installation: has the keys.
        by_address: whether it knows the addresses, too.
    """
    names = [host for role in all_roles(policy) for host in role.hosts]
    if by_address:
        names += [address for role in all_roles(policy) for address in policy.names(role.rules.addresses)]
    return "".join(known_host(names, key) for key in installation.host_keys)


def known_host(names: Sequence[str], key: asyncssh.SSHKey) -> str:
    """Return the line by which OpenSSH knows a host key under these names."""
    return f"{','.join(names)} {' '.join(key.export_public_key().decode().split()[:2])}\n"


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


def control_arguments(control: Path) -> list[str]:
    """Return the arguments by which bubblewrap gives a machine the practice site's control socket and card."""
    return ["--ro-bind", str(control), str(CONTROL)]


def start_sandbox(
    disk: Disk, network: int, show: Sequence[Path], more: Sequence[str], keeper: Sequence[str] = ()
) -> Sandbox:
    """Start a machine in the network namespace of a process.

    Args:
        disk: what is on its disk.
        network: the process.
        show: files and folders of the caller that it shows, read-only.
        more: further arguments of bubblewrap.
        keeper: words put before the command that keeps the machine.

    Raises:
        CannotRunError: this machine does not allow such a sandbox.
    """
    told, tell = os.pipe()
    arguments = [find_program("nsenter"), f"--target={network}", "--net", "--", find_program("bwrap")]
    arguments += ["--unshare-user", "--uid", str(READER_ID), "--gid", str(READER_ID)]
    arguments += ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--hostname", disk.name]
    arguments += ["--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    arguments += ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    arguments += cover_arguments()
    arguments += ["--bind", str(disk.tmp), "/tmp", *show_arguments(show), "--bind", str(disk.home), str(HOME)]
    # A file can be laid over one that is there; a folder of our own takes files that are not.
    arguments += ["--tmpfs", "/etc/ssh"]
    for file in sorted(file for file in disk.etc.rglob("*") if file.is_file()):
        arguments += ["--ro-bind", str(file), str("/etc" / file.relative_to(disk.etc))]
    arguments += [*more, "--chdir", str(HOME), "--info-fd", str(tell)]
    # It says its number when it is ready: the process is there before its disk is.
    arguments += ["--", *keeper, "sh", "-c", "echo $$; exec sleep infinity"]
    child = Child(arguments, "a machine of the lab", pass_fds=[tell])
    os.close(tell)
    with os.fdopen(told) as info:
        number = child.line(STARTS_WITHIN)
        if not number:
            reason = child.last_words() or f"exit status {child.end()}"
            raise CannotRunError(f"a machine of the lab cannot be made on this computer: {reason}")
        return Sandbox(int(json.load(info)["child-pid"]), int(number))
