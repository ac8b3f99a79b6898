"""A server of somebody else's: what its root can do with an agent that a reader takes along.

OpenSSH's own server lets the practice key in there. It runs once for each connection, and as the account itself: so it
needs no root, and the lab needs no line from machine to machine.

Root there is root of a user namespace that any reader could make on a machine of the lab: over what the account runs
there, and over nothing else. The kernel knows both by one and the same user id. Root opens the account's files because
of that, as real root does because it is root.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mfa_guide.base import descriptors
from mfa_guide.base.errors import CannotRunError
from mfa_guide.base.writing import write_private
from mfa_guide.practice.lab import network
from mfa_guide.practice.lab.machine import HOME, READER_ID, known_host

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable, Iterator

    import asyncssh

    from mfa_guide.policy import Policy
    from mfa_guide.practice.hosting.installation import Installation
    from mfa_guide.practice.lab.machine import Disk, Sandbox

UNPACKED = Path(sys.prefix) / "debian" / "openssh-server"
"""Where `./run` unpacks OpenSSH's server. Installed, it would run for everyone on this computer."""

AS_ROOT = ("/usr/bin/unshare", "--user", "--map-root-user", "--")
_AS_ACCOUNT = ("/usr/bin/unshare", "--user", f"--map-user={READER_ID}", f"--map-group={READER_ID}", "--")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_CONFIG = """\
HostKey /etc/ssh/ssh_host_ed25519_key
AuthenticationMethods publickey
AcceptEnv LANG LC_*
PrintMotd no
PrintLastLog no
"""


def sshd_command() -> list[str]:
    """Return the words that start OpenSSH's server: the system's, or the one that `./run` has unpacked.

    Since OpenSSH 9.8 it is several programs, and they look for each other where Debian installs them. Those that are
    unpacked are told where they are, by options that a server of one program does not know.

    Raises:
        CannotRunError: there is neither.
    """
    if installed := shutil.which("sshd", path="/usr/sbin"):
        return [installed]
    if unpacked := shutil.which("sshd", path=UNPACKED / "usr" / "sbin"):
        return elsewhere_sshd(Path(unpacked), UNPACKED / "usr" / "lib" / "openssh")
    raise CannotRunError("there is no sshd here: ./run unpacks Debian's; elsewhere install OpenSSH's server")


def elsewhere_sshd(program: Path, others: Path) -> list[str]:
    """Return the words that start a server which is not where Debian installs it.

    Args:
        program: the server.
        others: the folder with the other programs that it has since OpenSSH 9.8, if it has them.
    """
    options = {"SshdSessionPath": others / "sshd-session", "SshdAuthPath": others / "sshd-auth"}
    told = [("-o", f"{option}={path}") for option, path in options.items() if path.exists()]
    return [str(program), *(word for words in told for word in words)]


def environment() -> dict[str, str]:
    """Return the environment of root's commands."""
    names = {"HOME": "/root", "USER": "root", "LOGNAME": "root", "SHELL": "/bin/bash", "LANG": "C.UTF-8"}
    return {**names, "PATH": _PATH, "PYTHONDONTWRITEBYTECODE": "1"}


@contextlib.contextmanager
def _there_may_be_no_room() -> Iterator[None]:
    """Where no program can be started now, a connection ends; the next one may find room."""
    try:
        yield
    except OSError as error:
        if not descriptors.is_no_room(error):
            raise


class Server:
    """The server, in the lab's process."""

    def __init__(self, policy: Policy, key: asyncssh.SSHKey) -> None:
        """Begin.

        Args:
            policy: has its name and addresses.
            key: the private key by which it is known.
        """
        self.host = policy.text("practice_server_host")
        self.addresses = network.addresses(policy, "practice_server_ssh")
        """At which it is reached; it connects onwards from others."""
        self._key = key

    def known_host(self, *, by_address: bool = False) -> str:
        """Return the line by which OpenSSH knows it, by its addresses too if that is asked for."""
        addresses = [self.addresses.v4, self.addresses.v6] if by_address else []
        return known_host([self.host, *addresses], self._key)

    def furnish(self, disk: Disk, installation: Installation, known: str) -> None:
        """Fill its disk.

        Args:
            disk: the machine's.
            installation: has the key that is let in.
            known: the lines by which OpenSSH knows the hosts of the lab.

        Raises:
            CannotRunError: there is no `sshd` on this computer.
        """
        sshd_command()
        (disk.etc / "ssh" / "ssh_known_hosts").write_text(known)
        (disk.etc / "ssh" / "sshd_config").write_text(_CONFIG)
        write_private(disk.etc / "ssh" / "ssh_host_ed25519_key", self._key.export_private_key("openssh"))
        keys = disk.home / ".ssh"
        keys.mkdir(mode=0o700)
        write_private(keys / "authorized_keys", installation.user_key.with_suffix(".pub").read_bytes())
        # The prompt by which a terminal is known to wait, as on the login node.
        (disk.home / ".bash_profile").write_text("PS1='$ '\n")

    async def serve(self, listener: socket.socket, machine: Callable[[], Awaitable[Sandbox]]) -> None:
        """Let in whoever connects, until this is cancelled.

        Args:
            listener: where they connect.
            machine: returns the server's machine, once there is one. Where there can be none, connections end at once;
                whoever asks the lab for the machine is told why.
        """
        command = [*_AS_ACCOUNT, *sshd_command(), "-i"]
        # The lab may have begun deaf to Ctrl+C.
        clean = ["/usr/bin/env", "-i", "-C", str(HOME), "--default-signal=HUP,INT,QUIT", f"PATH={_PATH}"]
        clean += ["/usr/bin/setpriv", "--no-new-privs", "--"]
        listener.setblocking(False)
        async with asyncio.TaskGroup() as sessions:
            while True:
                connection, _ = await asyncio.get_running_loop().sock_accept(listener)
                with connection, contextlib.suppress(CannotRunError), _there_may_be_no_room():
                    connection.setblocking(True)
                    sandbox = await machine()
                    process = await asyncio.create_subprocess_exec(
                        *sandbox.enter(), *clean, *command,
                        stdin=connection.fileno(), stdout=connection.fileno(), stderr=subprocess.DEVNULL,
                    )  # fmt: skip
                    sessions.create_task(process.wait())
