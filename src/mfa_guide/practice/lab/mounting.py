"""`sshfs` on a machine of the lab: mounting for a reader who may not mount.

Elsewhere the setuid program `fusermount3` mounts for ordinary users; in a machine there is no setuid. A script in its
place passes what it was asked on to the lab, which has a helper carry it out in the machine's own mount namespace: with
the real program, only on folders below the reader's home or `/tmp`, and never with set-user-id programs or devices.
Nobody outside the machine sees the mount, and it ends with the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ctypes
import json
import os
import socket
import stat
import sys
from pathlib import Path
from typing import NoReturn

from mfa_guide.base import descriptors
from mfa_guide.base.errors import CannotRunError
from mfa_guide.base.program import run
from mfa_guide.practice.hosting.listening import Listener
from mfa_guide.practice.lab.unprivileged import find_program, lab_user

DEVICE = Path("/dev/fuse")
PROGRAM = Path("/usr/bin/fusermount3")
_REAL = Path("/run/mfa-guide-mounting/fusermount3")
_SOCKET = Path("/run/mfa-guide-mounting/lab.sock")
"""Where a machine has the program that the script stands in for, and the socket at which the lab listens."""
_PLACES = (Path("/home/reader"), Path("/tmp"))
_LONGEST = 65_536
_MOUNTED_WITHIN = 30
"""Seconds that one who asks may keep the others of the machine waiting. Ours."""
_DETACH, _NOFOLLOW = 2, 8
"""Flags of Linux's `umount2`."""

_SCRIPT = f"""\
#!{sys.executable}
from mfa_guide.practice.lab.mounting import ask
ask()
"""


def make_device(folder: Path) -> Path | None:
    """Make a device like `/dev/fuse` that the lab's user can open, where that is another user; return its path.

    None where it is not needed, and where this computer has none or does not allow it: sshfs says so in one line.
    """
    if lab_user() == os.getuid() or not DEVICE.exists():
        return None
    device = folder / "fuse"
    try:
        os.mknod(device, stat.S_IFCHR | 0o600, DEVICE.stat().st_rdev)
        os.chown(device, lab_user(), lab_user())
    except OSError:
        return None
    return device


class Mounting:
    """What the lab does for one machine."""

    def __init__(self, folder: Path) -> None:
        """Listen on a socket in `folder`, and write the script there."""
        self._folder = folder
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(folder / "mount.sock"))
        listener.listen()
        self._listener = Listener.over(listener)
        self._listener.setblocking(False)
        script = folder / "fusermount3"
        script.write_text(_SCRIPT)
        script.chmod(0o755)

    def arguments(self) -> list[str]:
        """Return the arguments with which bubblewrap puts everything in its place; none without the real program."""
        if not PROGRAM.exists():
            return []
        words = ["--dev-bind-try", str(DEVICE), str(DEVICE), "--ro-bind", str(PROGRAM), str(_REAL)]
        words += ["--ro-bind", str(self._folder / "fusermount3"), str(PROGRAM)]
        return [*words, "--ro-bind", str(self._folder / "mount.sock"), str(_SOCKET)]

    async def serve(self, machine: int) -> None:
        """Start a helper for whatever is asked in the machine of a process."""
        enter = [find_program("nsenter"), f"--target={machine}", "--mount", "--"]
        helper = [sys.executable, "-m", __name__]
        while True:
            connection, _ = await asyncio.get_running_loop().sock_accept(self._listener)
            with connection:
                try:
                    process = await asyncio.create_subprocess_exec(*enter, *helper, stdin=connection.fileno())
                except OSError as error:
                    if not descriptors.is_no_room(error):
                        raise
                    await _refuse(connection, f"the practice site cannot start a program now ({error.strerror})")
                    continue
            try:
                async with asyncio.timeout(_MOUNTED_WITHIN):
                    await process.wait()
            except TimeoutError:
                # Whoever asked has said nothing, or has mounted nothing.
                process.kill()
                await process.wait()


async def _refuse(connection: socket.socket, why: str) -> None:
    """Answer somebody who asks, in place of a helper."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(TimeoutError, OSError):
        async with asyncio.timeout(_MOUNTED_WITHIN):
            # Closed before it was read, the answer would be lost with the question.
            await loop.sock_recv(connection, _LONGEST)
            await loop.sock_sendall(connection, _answer(*_refusal(why)))


def _answer(status: int, said: str) -> bytes:
    """Return an answer for `ask`: the exit status, and what to say."""
    return json.dumps({"status": status, "said": said}).encode()


def _refusal(why: object) -> tuple[int, str]:
    return 1, f"{PROGRAM.name}: {why}\n"


class _RefusedError(Exception):
    """What cannot be done; the message is what the reader sees."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Refuse words that are not known, in one line."""
        raise _RefusedError("this is not known on the practice site")


def _parser() -> _Parser:
    """Return what knows the words of `fusermount3`: people write the short options, libfuse 3.17 and later the long."""
    parser = _Parser(add_help=False)
    parser.add_argument("-h", "--help", action="store_true")
    parser.add_argument("-V", "--version", action="store_true")
    parser.add_argument("-u", "--unmount", action="store_true")
    parser.add_argument("-z", "--lazy", action="store_true")
    parser.add_argument("-q", "--quiet", action="store_true")
    parser.add_argument("-o", "--options", default="")
    parser.add_argument("point", nargs="?")
    return parser


# -- in the machine, as the reader -------------------------------------------------------------------------------------


def ask() -> None:
    """Ask the lab to do what this program was called for, and end as `fusermount3` would."""
    try:
        words = _parser().parse_args()
    except _RefusedError as error:
        sys.exit(f"fusermount3: {error}")
    if words.help or words.version:
        # It needs no rights for what it says of itself.
        os.execv(_REAL, [PROGRAM.name, "--help" if words.help else "--version"])
    with socket.socket(socket.AF_UNIX) as lab:
        lab.connect(str(_SOCKET))
        descriptor = os.environ.get("_FUSE_COMMFD")
        request = json.dumps({"words": sys.argv[1:], "folder": str(Path.cwd())}).encode()
        socket.send_fds(lab, [request], [int(descriptor)] if descriptor else [])
        answer = json.loads(lab.makefile("rb").read(_LONGEST) or '{"said": "fusermount3: no answer\\n", "status": 1}')
    sys.stderr.write(answer["said"])
    sys.exit(answer["status"])


# -- in the machine's mount namespace, as root of the lab --------------------------------------------------------------


def _stand_in(folder: Path) -> None:
    """Make a folder the current one, if it is below a place of the reader's.

    What a name leads to can change at any time; the current folder does not.
    """
    try:
        os.chdir(folder)
    except OSError as error:
        raise _RefusedError(f"{folder}: {error.strerror}") from None
    if not any(Path.cwd().is_relative_to(place) for place in _PLACES):
        raise _RefusedError(f"{folder}: only folders below your home or /tmp can be used on the practice site")


def _mount(point: Path, options: str, descriptor: int) -> tuple[int, str]:
    _stand_in(point)
    if Path.cwd() in _PLACES:
        raise _RefusedError(f"{point}: choose a folder in it")
    # The last word counts.
    options = ",".join(filter(None, [options, "nosuid", "nodev"]))
    done = run(
        [str(_REAL), "-o", options, "--", "."],
        "mounting",
        environment={"_FUSE_COMMFD": str(descriptor)},
        pass_fds=[descriptor],
    )
    return done.returncode, done.stderr


def _unmount(point: Path, *, lazy: bool) -> tuple[int, str]:
    if point.name in ("", ".."):
        raise _RefusedError(f"{point}: not a mount point")
    _stand_in(point.parent)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.umount2(point.name.encode(), _NOFOLLOW | (_DETACH if lazy else 0)):
        raise _RefusedError(f"failed to unmount {point}: {os.strerror(ctypes.get_errno())}")
    return 0, ""


def _carry_out(words: list[str], folder: Path, descriptors: list[int]) -> tuple[int, str]:
    asked = _parser().parse_args(words)
    if asked.point is None or not (asked.unmount or descriptors):
        raise _RefusedError("this is not known on the practice site")
    point = folder / asked.point
    return _unmount(point, lazy=asked.lazy) if asked.unmount else _mount(point, asked.options, descriptors[0])


def main() -> None:
    """Carry out one request, which comes over standard input."""
    with socket.socket(fileno=0) as reader:
        data, descriptors, _flags, _address = socket.recv_fds(reader, _LONGEST, 1)
        try:
            request = json.loads(data)
            answer = _carry_out(request["words"], Path(request["folder"]), descriptors)
        except (_RefusedError, CannotRunError) as error:
            answer = _refusal(error)
        reader.sendall(_answer(*answer))


if __name__ == "__main__":
    main()
