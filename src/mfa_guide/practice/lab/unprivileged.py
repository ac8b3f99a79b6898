"""Becoming an ordinary user before anything of the lab begins.

In a user namespace that root made, a process is still root outside it and reads root's files. So a lab that root starts
is first handed to a user id that owns nothing. Ordinary users stay who they are.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from mfa_guide.base.errors import CannotRunError
from mfa_guide.practice.lab.view import closed, cover_arguments, show_arguments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NOBODYS_ID = 64123
"""The user and group id of a lab that root starts: below those that systemd hands out, and nobody's on Debian."""

NEEDED = {
    "bwrap": "bubblewrap",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "setpriv": "util-linux",
    "unshare": "util-linux",
    "ssh": "openssh-client",
}
"""Programs that the lab needs, with the Debian packages that bring them."""


def find_program(name: str) -> str:
    """Return the full path of a program that the lab needs.

    Raises:
        CannotRunError: it is missing; the message names its Debian package.
    """
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        raise CannotRunError(f"the lab needs the program {name}: apt-get install {NEEDED[name]}")
    return path


def lab_user() -> int:
    """Return the user id, outside, of everything in the lab."""
    return NOBODYS_ID if os.getuid() == 0 else os.getuid()


def as_lab_user() -> list[str]:
    """Return the words that, put before a command, run it as the lab's user."""
    if os.getuid() != 0:
        return []
    identity = str(NOBODYS_ID)
    return [
        find_program("setpriv"),
        f"--reuid={identity}",
        f"--regid={identity}",
        "--clear-groups",
        "--inh-caps=-all",
        "--bounding-set=-all",
        "--no-new-privs",
        "--",
    ]


def with_readable_disk(show: Sequence[Path], writable: Sequence[Path], fuse: Path | None) -> list[str]:
    """Return the words that, put before a command that root starts, let the lab's user reach what it needs.

    A project or a Python may lie in root's home or in another folder that is closed to the lab's user: then
    it is mounted over an empty one. Nobody but that command sees the mounts.

    Args:
        show: files and folders of the caller that it reads.
        writable: folders that the lab's user owns and writes to.
        fuse: a device that takes the place of `/dev/fuse`, which is often root's alone.
    """
    if os.getuid() != 0:
        return []
    arguments = [find_program("bwrap"), "--dev-bind", "/", "/", *cover_arguments()]
    for folder in closed(show):
        arguments += ["--tmpfs", str(folder)]
    arguments += show_arguments(show)
    for folder in writable:
        arguments += ["--bind", str(folder), str(folder)]
    if fuse:
        arguments += ["--dev-bind", str(fuse), "/dev/fuse"]
    return [*arguments, "--die-with-parent", "--", *as_lab_user()]
