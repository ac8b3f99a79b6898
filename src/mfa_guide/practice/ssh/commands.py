"""The built-in commands of a session on the practice site.

`whoami`, `hostname`, `pwd`, `ls`, `cat`, `echo`, `true`, `false`, `ssh` and `ssh-add -l`; `shell.py` runs them. Files
are those of the account's home directory: nothing outside it can be named, no links can be made in it.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncssh
from asyncssh.public_key import decode_ssh_certificate, decode_ssh_public_key

from mfa_guide.base.printable import printable
from mfa_guide.practice.ssh import agents
from mfa_guide.practice.ssh.grammar import ShellError
from mfa_guide.practice.ssh.keys import kind_of_key

if TYPE_CHECKING:
    from io import FileIO

    from mfa_guide.practice.ssh.onward import Onward
    from mfa_guide.practice.ssh.own_files import OwnFiles

Out = Callable[[str], Awaitable[None]]
"""Takes what is written, and returns when more may come."""

_PIECE = 32_768
"""How many bytes of a file are read at once."""


@dataclass(frozen=True)
class Streams:
    """Where a command writes to."""

    out: Out
    """Standard output."""
    err: Out
    """Standard error."""


Command = Callable[[list[str], Streams], Awaitable[int]]
"""Takes its arguments, and returns its exit status."""


class Commands:
    """The commands of one session."""

    def __init__(
        self,
        account: str,
        host: str,
        files: OwnFiles,
        *,
        agent: agents.Forwarded | None = None,
        onward: Onward | None = None,
    ) -> None:
        """Begin.

        Args:
            account: who is logged in.
            host: the host name of the machine that the role plays.
            files: the account's files.
            agent: the agent that the client forwards; None when it does not.
            onward: carries out `ssh`; None where there is nowhere to go.
        """
        self.account = account
        self.host = host
        self.files = files
        self._agent = agent
        self._onward = onward

    def named(self, name: str) -> Command | None:
        """Return the command of that name; None when there is none."""
        if not re.fullmatch(r"[a-z-]+", name):
            return None
        command: Command | None = getattr(self, "_do_" + name.replace("-", "_"), None)
        return command

    async def _do_whoami(self, _arguments: list[str], streams: Streams) -> int:
        await streams.out(self.account + "\n")
        return 0

    async def _do_hostname(self, _arguments: list[str], streams: Streams) -> int:
        await streams.out(self.host + "\n")
        return 0

    async def _do_pwd(self, _arguments: list[str], streams: Streams) -> int:
        await streams.out(self.files.folder + "\n")
        return 0

    async def _do_ls(self, arguments: list[str], streams: Streams) -> int:
        for argument in [a for a in arguments if not a.startswith("-")] or ["."]:
            here = argument.rstrip("/") in (".", self.files.folder)
            path = self.files.home.folder if here else self.files.path(argument.rstrip("/"))
            if not path.exists():
                raise ShellError(f"cannot access '{argument}': No such file or directory")
            names = sorted(child.name for child in path.iterdir()) if path.is_dir() else [argument]
            await streams.out("".join(f"{printable(name)}\n" for name in names if not name.startswith(".")))
        return 0

    async def _do_cat(self, arguments: list[str], streams: Streams) -> int:
        for argument in arguments:
            path = self.files.path(argument)
            if not path.is_file():
                raise ShellError(f"{argument}: No such file or directory")
            with self.files.open_to_read(path) as file:
                await _copy(file, streams.out)
        return 0

    async def _do_echo(self, arguments: list[str], streams: Streams) -> int:
        end = "\n"
        if arguments[:1] == ["-n"]:
            arguments, end = arguments[1:], ""
        await streams.out(" ".join(arguments) + end)
        return 0

    async def _do_true(self, _arguments: list[str], _streams: Streams) -> int:
        return 0

    async def _do_false(self, _arguments: list[str], _streams: Streams) -> int:
        return 1

    async def _do_ssh(self, arguments: list[str], streams: Streams) -> int:
        forward = arguments[:1] == ["-A"]
        target, *command = arguments[forward:] or [""]
        if self._onward is None or not command or target.startswith("-"):
            raise ShellError("on the practice site write ssh [-A] [account@]host command")
        return await self._onward.run(target, " ".join(command), forward=forward, streams=streams)

    async def _do_ssh_add(self, arguments: list[str], streams: Streams) -> int:
        if arguments != ["-l"]:
            raise ShellError("only ssh-add -l is known on the practice site")
        if self._agent is None:
            await streams.err("Could not open a connection to your authentication agent.\n")
            return 2
        try:
            async with asyncio.timeout(agents.PATIENCE), agents.connect(self._agent.connection) as agent:
                pairs = await agents.held(agent)
        except agents.AGENT_ERRORS:
            # As measured in a session of OpenSSH's server: its socket is there, and nobody answers behind it.
            await streams.err("error fetching identities: communication with agent failed\n")
            return 1
        if not pairs:
            await streams.out("The agent has no identities.\n")
            return 1
        for pair in pairs:
            await streams.out(_describe(pair.public_data, printable(pair.get_comment() or "no comment")) + "\n")
        return 0


async def _copy(file: FileIO, out: Out) -> None:
    """Write what a file holds now: it may be the one that is written to."""
    left = os.fstat(file.fileno()).st_size
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    while left > 0:
        piece = file.read(min(left, _PIECE))
        left = left - len(piece) if piece else 0
        await out(decoder.decode(piece, final=not left))
        # The next piece is another turn: whoever takes the output may not have waited.
        await asyncio.sleep(0)


def _describe(blob: bytes, comment: str) -> str:
    """Return the line by which `ssh-add -l` describes a key or certificate."""
    try:
        certificate = decode_ssh_certificate(blob)
    except asyncssh.KeyImportError:
        key, suffix = decode_ssh_public_key(blob), ""
    else:
        key, suffix = certificate.key, "-CERT"
    bits = getattr(key.pyca_key, "key_size", 256)
    return f"{bits} {key.get_fingerprint()} {comment} ({kind_of_key(key)}{suffix})"
