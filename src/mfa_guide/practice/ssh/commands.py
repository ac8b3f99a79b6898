"""The built-in commands of a session on the practice site, and the small shell that runs them.

`whoami`, `hostname`, `pwd`, `ls`, `cat`, `echo`, `true`, `false`, `exit`, `ssh` and `ssh-add -l`; `grammar.py` reads
the lines. Files are those of the account's home directory: nothing outside it can be named, no links can be made in it.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import re
from typing import TYPE_CHECKING, BinaryIO

import asyncssh
from asyncssh.public_key import decode_ssh_certificate, decode_ssh_public_key

from mfa_guide.base.printable import printable
from mfa_guide.practice.ssh import agents
from mfa_guide.practice.ssh.grammar import CommandLine, Parser, ShellError, Variable
from mfa_guide.practice.ssh.keys import kind_of_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from io import FileIO
    from pathlib import Path

    from mfa_guide.practice.ssh.grammar import Call, Word
    from mfa_guide.practice.ssh.homes import Home
    from mfa_guide.practice.ssh.onward import Onward

    Out = Callable[[str], Awaitable[None]]

MOST_TEXT = 131_072
"""How many characters the words of one command may have when everything in them was put in place: as many as Linux
allows for one word."""
_PIECE = 32_768
"""How many bytes of a file are read at once."""


class _Full(Exception):
    """A command in `$(…)` has written more than a command's words may have."""


class _Held:
    """What commands in `$(…)` write."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._written: list[str] = []

    async def write(self, text: str) -> None:
        self._room -= len(text)
        if self._room < 0:
            raise _Full
        self._written.append(text)

    def text(self) -> str:
        return "".join(self._written).rstrip("\n")


class _Target:
    """A file that a command's output goes to."""

    def __init__(self, file: FileIO, home: Home) -> None:
        self._file = file
        self._home = home

    async def write(self, text: str) -> None:
        data = text.encode(errors="replace")
        size = self._file.tell()
        self._home.grow(size, size + len(data))
        while data:
            data = data[self._file.write(data) :]


class Shell:
    """Runs lines for one session, in the account's home directory."""

    def __init__(
        self,
        *,
        account: str,
        host: str,
        home: Home,
        agent: asyncssh.SSHServerConnection | None,
        onward: Onward | None = None,
        out: Out,
        err: Out,
    ) -> None:
        """Begin a shell.

        Args:
            account: who is logged in.
            host: the host name of the machine it plays.
            home: the account's files.
            agent: the connection over which the client forwards its agent; None when it does not.
            onward: carries out `ssh`; None where there is nowhere to go.
            out: takes what is written to standard output, and returns when more may come.
            err: likewise, to standard error.
        """
        self.status = 0
        self.ended = False
        self._account = account
        self._host = host
        self._home = home
        self._agent = agent
        self._onward = onward
        self._out = out
        self._err = err
        self._variables = {"HOME": f"/home/{account}", "USER": account, "HOSTNAME": host}

    async def run(self, text: str) -> int:
        """Carry out a line and return the exit status of its last command.

        Raises:
            BrokenPipeError: whoever reads the output has gone.
        """
        # Others have their turn, however many lines come.
        await asyncio.sleep(0)
        try:
            line = Parser(text).line()
        except ShellError as error:
            await self._complain(f"-bash: {error}")
            self.status = 2
        else:
            await self._run_line(line, self._out)
        return self.status

    async def _complain(self, message: str) -> None:
        # In it stands what the user typed, or how a file is called.
        await self._err(printable(message) + "\n")

    async def _run_line(self, line: CommandLine, out: Out) -> None:
        for call in line.calls:
            await asyncio.sleep(0)
            if self.ended or (call.needs_success and self.status):
                continue
            try:
                self.status = await self._run_call(call, out)
            except ShellError as error:
                await self._complain(f"-bash: {error}")
                self.status = 1

    async def _run_call(self, call: Call, out: Out) -> int:
        words: list[str] = []
        room = MOST_TEXT
        for word in call.words:
            words.append(await self._expand(word, room))
            room -= len(words[-1])
        if call.target is None:
            return await self._run_command(words, out)
        name = await self._expand(call.target, room)
        try:
            file = self._open(name, append=call.append)
        except OSError as error:
            raise ShellError(f"{name}: {_words(error)}") from None
        self._home.opened(file)
        with file:
            return await self._run_command(words, _Target(file, self._home).write)

    async def _expand(self, word: Word, room: int) -> str:
        """Return a word with everything in its place.

        Raises:
            ShellError: it has more characters than there is room for.
        """
        text: list[str] = []
        for part in word:
            if isinstance(part, CommandLine):
                held = _Held(room)
                try:
                    await self._run_line(part, held.write)
                except _Full:
                    raise ShellError("Argument list too long") from None
                text.append(held.text())
            elif isinstance(part, Variable):
                text.append(str(self.status) if part.name == "?" else self._variables.get(part.name, ""))
            else:
                text.append(part)
            room -= len(text[-1])
            if room < 0:
                raise ShellError("Argument list too long")
        return "".join(text)

    async def _run_command(self, words: list[str], out: Out) -> int:
        if not words:
            return 0
        name, *arguments = words
        command: Callable[[list[str], Out], Awaitable[int]] | None = getattr(
            self, "_do_" + name.replace("-", "_"), None
        )
        if command is None or not re.fullmatch(r"[a-z-]+", name):
            await self._complain(f"-bash: {name}: command not found")
            return 127
        try:
            return await command(arguments, out)
        except BrokenPipeError:
            raise
        except (ShellError, OSError) as error:
            # An error of the system without the file's name: that is the one on this computer.
            await self._complain(f"{name}: {_words(error) if isinstance(error, OSError) else error}")
            return 1

    # -- files ---------------------------------------------------------------------------------------------------

    def _path(self, name: str) -> Path:
        home = self._variables["HOME"] + "/"
        plain = name.removeprefix(home).removeprefix("./")
        parts = plain.split("/")
        if not all(re.fullmatch(r"[A-Za-z0-9_.,+=@ -]{1,100}", part) and part not in (".", "..") for part in parts):
            raise ShellError(f"{name}: only files of your own home directory can be used here")
        return self._home.folder / plain

    def _open(self, name: str, *, append: bool) -> FileIO:
        path = self._path(name)
        self._home.opens()
        if not path.exists():
            self._home.add()
        # Without a buffer: what could not be written is known at once, and nothing is left for the end.
        return path.open("ab" if append else "wb", buffering=0)

    # -- commands ------------------------------------------------------------------------------------------------

    async def _do_whoami(self, _arguments: list[str], out: Out) -> int:
        await out(self._account + "\n")
        return 0

    async def _do_hostname(self, _arguments: list[str], out: Out) -> int:
        await out(self._host + "\n")
        return 0

    async def _do_pwd(self, _arguments: list[str], out: Out) -> int:
        await out(self._variables["HOME"] + "\n")
        return 0

    async def _do_ls(self, arguments: list[str], out: Out) -> int:
        for argument in [a for a in arguments if not a.startswith("-")] or ["."]:
            here = argument.rstrip("/") in (".", self._variables["HOME"])
            path = self._home.folder if here else self._path(argument.rstrip("/"))
            if not path.exists():
                raise ShellError(f"cannot access '{argument}': No such file or directory")
            names = sorted(child.name for child in path.iterdir()) if path.is_dir() else [argument]
            await out("".join(f"{printable(name)}\n" for name in names if not name.startswith(".")))
        return 0

    async def _do_cat(self, arguments: list[str], out: Out) -> int:
        for argument in arguments:
            path = self._path(argument)
            if not path.is_file():
                raise ShellError(f"{argument}: No such file or directory")
            self._home.opens()
            with path.open("rb") as file:
                self._home.opened(file)
                await self._copy(file, out)
        return 0

    async def _copy(self, file: BinaryIO, out: Out) -> None:
        """Write what a file holds now: it may be the one that is written to."""
        left = os.fstat(file.fileno()).st_size
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        while left > 0:
            piece = file.read(min(left, _PIECE))
            left = left - len(piece) if piece else 0
            await out(decoder.decode(piece, final=not left))
            # The next piece is another turn: whoever takes the output may not have waited.
            await asyncio.sleep(0)

    async def _do_echo(self, arguments: list[str], out: Out) -> int:
        end = "\n"
        if arguments[:1] == ["-n"]:
            arguments, end = arguments[1:], ""
        await out(" ".join(arguments) + end)
        return 0

    async def _do_true(self, _arguments: list[str], _out: Out) -> int:
        return 0

    async def _do_false(self, _arguments: list[str], _out: Out) -> int:
        return 1

    async def _do_exit(self, arguments: list[str], _out: Out) -> int:
        self.ended = True
        if not arguments:
            return self.status
        if not re.fullmatch(r"\d{1,3}", arguments[0]):
            raise ShellError(f"{arguments[0]}: numeric argument required")
        return int(arguments[0]) % 256

    async def _do_ssh(self, arguments: list[str], out: Out) -> int:
        forward = arguments[:1] == ["-A"]
        target, *command = arguments[forward:] or [""]
        if self._onward is None or not command or target.startswith("-"):
            raise ShellError("on the practice site write ssh [-A] [account@]host command")
        return await self._onward.run(target, " ".join(command), forward=forward, out=out, err=self._err)

    async def _do_ssh_add(self, arguments: list[str], out: Out) -> int:
        if arguments != ["-l"]:
            raise ShellError("only ssh-add -l is known on the practice site")
        if self._agent is None:
            await self._err("Could not open a connection to your authentication agent.\n")
            return 2
        try:
            async with asyncio.timeout(agents.PATIENCE), agents.connect(self._agent) as agent:
                pairs = await agents.held(agent)
        except agents.AGENT_ERRORS:
            # As measured in a session of OpenSSH's server: its socket is there, and nobody answers behind it.
            await self._err("error fetching identities: communication with agent failed\n")
            return 1
        if not pairs:
            await out("The agent has no identities.\n")
            return 1
        for pair in pairs:
            await out(_describe(pair.public_data, printable(pair.get_comment() or "no comment")) + "\n")
        return 0


def _words(error: OSError) -> str:
    return error.strerror or str(error)


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
