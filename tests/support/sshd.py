"""OpenSSH's server on a reader's machine, for tests."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from mfa_guide.practice.lab.server import sshd_command
from tests.support.readers import ACCOUNT, wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.readers import Reader

PORT = "2222"
CONFIG = f"""\
Port {PORT}
ListenAddress 127.0.0.1
HostKey /home/reader/judge/host
PidFile none
TrustedUserCAKeys /home/reader/judge/user_ca.pub
AuthorizedPrincipalsFile /home/reader/judge/principals
AuthorizedKeysFile none
AuthenticationMethods publickey
LogLevel VERBOSE
"""


def start_sshd(reader: Reader, ca: bytes, command: Sequence[str] = ()) -> None:
    """Start `sshd` on a reader's machine, as the reader, on loopback there, with a configuration of its own.

    Args:
        reader: whose machine it is, and as whom one logs in there.
        ca: the public key of the authority whose certificates it accepts, for the practice account's name.
        command: the words that start it; those for this computer's own when not given.
    """
    command = command or sshd_command()
    reader.bash("mkdir -p judge && ssh-keygen -q -t ed25519 -N '' -f judge/host")
    reader.write("judge/config", CONFIG.encode())
    reader.write("judge/user_ca.pub", ca)
    reader.write("judge/principals", ACCOUNT.encode() + b"\n")
    reader.bash(f"touch judge/log; {shlex.join(command)} -f judge/config -t")
    reader.start(*command, "-D", "-f", "judge/config", "-E", "/home/reader/judge/log")
    wait_until(lambda: b"Server listening" in reader.read("judge/log"))
