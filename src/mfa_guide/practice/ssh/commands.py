"""The built-in commands of a session on the practice site, and the small shell that runs them.

`whoami`, `hostname`, `pwd`, `ls`, `cat`, `echo`, `true`, `false`, `exit`, `ssh` and `ssh-add -l`; `grammar.py` reads
the lines. Files are those of the account's home directory: nothing outside it can be named, no links can be made in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import asyncssh
from asyncssh.public_key import decode_ssh_certificate, decode_ssh_public_key

from mfa_guide.practice.ssh.grammar import Line, Reader, ShellError, Variable
from mfa_guide.practice.ssh.keys import kind_of_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from mfa_guide.practice.ssh.grammar import Word
    from mfa_guide.practice.ssh.onward import Onward

LARGEST_FILE = 1_000_000
"""How many bytes redirection may write to one file. Ours."""


class Shell:
    """Runs lines for one session, in the account's home directory."""

    def __init__(
        self,
        *,
        account: str,
        host: str,
        home: Path,
        agent: asyncssh.SSHServerConnection | None,
        onward: Onward | None = None,
        out: Callable[[str], None],
        err: Callable[[str], None],
    ) -> None:
        """Begin a shell.

        Args:
            account: who is logged in.
            host: the host name of the machine it plays.
            home: the folder of this machine that holds the account's files; made when missing.
            agent: the connection over which the client forwards its agent; None when it does not.
            onward: carries out `ssh`; None where there is nowhere to go.
            out: takes what is written to standard output.
            err: takes what is written to standard error.
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
        home.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def run(self, text: str) -> int:
        """Carry out a line and return the exit status of its last command."""
        try:
            await self._run_line(Reader(text).line(), self._out)
        except ShellError as error:
            self._err(f"-bash: {error}\n")
            self.status = 2
        except OSError as error:
            # Without its name: that is the one on this computer.
            self._err(f"-bash: {error.strerror}\n")
            self.status = 1
        return self.status

    async def _run_line(self, line: Line, out: Callable[[str], None]) -> None:
        for call in line.calls:
            if self.ended or (call.needs_success and self.status):
                continue
            words = [await self._expand(word) for word in call.words]
            if call.target is None:
                self.status = await self._call(words, out)
            else:
                path = self._path(await self._expand(call.target))
                written: list[str] = []
                self.status = await self._call(words, written.append)
                self._write(path, "".join(written), append=call.append)

    async def _expand(self, word: Word) -> str:
        text = []
        for part in word:
            if isinstance(part, Line):
                written: list[str] = []
                await self._run_line(part, written.append)
                text.append("".join(written).rstrip("\n"))
            elif isinstance(part, Variable):
                text.append(str(self.status) if part.name == "?" else self._variables.get(part.name, ""))
            else:
                text.append(part)
        return "".join(text)

    async def _call(self, words: list[str], out: Callable[[str], None]) -> int:
        if not words:
            return 0
        name, *arguments = words
        command: Callable[[list[str], Callable[[str], None]], Awaitable[int]] | None = getattr(
            self, "_do_" + name.replace("-", "_"), None
        )
        if command is None or not re.fullmatch(r"[a-z-]+", name):
            self._err(f"-bash: {name}: command not found\n")
            return 127
        try:
            return await command(arguments, out)
        except ShellError as error:
            self._err(f"{name}: {error}\n")
            return 1

    # -- files ---------------------------------------------------------------------------------------------------

    def _path(self, name: str) -> Path:
        home = self._variables["HOME"] + "/"
        plain = name.removeprefix(home).removeprefix("./")
        parts = plain.split("/")
        if not all(re.fullmatch(r"[A-Za-z0-9_.,+=@ -]{1,100}", part) and part not in (".", "..") for part in parts):
            raise ShellError(f"{name}: only files of your own home directory can be used here")
        return self._home / plain

    def _write(self, path: Path, text: str, *, append: bool) -> None:
        if not path.parent.is_dir() or path.is_dir():
            raise ShellError(f"{path.name}: no such file can be written")
        data = text.encode()
        before = path.stat().st_size if append and path.exists() else 0
        if before + len(data) > LARGEST_FILE:
            raise ShellError(f"{path.name}: file too large")
        with path.open("ab" if append else "wb") as file:
            file.write(data)

    # -- commands ------------------------------------------------------------------------------------------------

    async def _do_whoami(self, _arguments: list[str], out: Callable[[str], None]) -> int:
        out(self._account + "\n")
        return 0

    async def _do_hostname(self, _arguments: list[str], out: Callable[[str], None]) -> int:
        out(self._host + "\n")
        return 0

    async def _do_pwd(self, _arguments: list[str], out: Callable[[str], None]) -> int:
        out(self._variables["HOME"] + "\n")
        return 0

    async def _do_ls(self, arguments: list[str], out: Callable[[str], None]) -> int:
        for argument in [a for a in arguments if not a.startswith("-")] or ["."]:
            here = argument.rstrip("/") in (".", self._variables["HOME"])
            path = self._home if here else self._path(argument.rstrip("/"))
            if not path.exists():
                raise ShellError(f"cannot access '{argument}': No such file or directory")
            names = sorted(child.name for child in path.iterdir()) if path.is_dir() else [argument]
            out("".join(f"{name}\n" for name in names if not name.startswith(".")))
        return 0

    async def _do_cat(self, arguments: list[str], out: Callable[[str], None]) -> int:
        for argument in arguments:
            path = self._path(argument)
            if not path.is_file():
                raise ShellError(f"{argument}: No such file or directory")
            out(path.read_bytes().decode(errors="replace"))
        return 0

    async def _do_echo(self, arguments: list[str], out: Callable[[str], None]) -> int:
        end = "\n"
        if arguments[:1] == ["-n"]:
            arguments, end = arguments[1:], ""
        out(" ".join(arguments) + end)
        return 0

    async def _do_true(self, _arguments: list[str], _out: Callable[[str], None]) -> int:
        return 0

    async def _do_false(self, _arguments: list[str], _out: Callable[[str], None]) -> int:
        return 1

    async def _do_exit(self, arguments: list[str], _out: Callable[[str], None]) -> int:
        self.ended = True
        if not arguments:
            return self.status
        if not re.fullmatch(r"\d{1,3}", arguments[0]):
            raise ShellError(f"{arguments[0]}: numeric argument required")
        return int(arguments[0]) % 256

    async def _do_ssh(self, arguments: list[str], out: Callable[[str], None]) -> int:
        forward = arguments[:1] == ["-A"]
        target, *command = arguments[forward:] or [""]
        if self._onward is None or not command or target.startswith("-"):
            raise ShellError("on the practice site write ssh [-A] [account@]host command")
        return await self._onward.run(target, " ".join(command), forward=forward, out=out, err=self._err)

    async def _do_ssh_add(self, arguments: list[str], out: Callable[[str], None]) -> int:
        if arguments != ["-l"]:
            raise ShellError("only ssh-add -l is known on the practice site")
        if self._agent is None:
            self._err("Could not open a connection to your authentication agent.\n")
            return 2
        try:
            async with asyncssh.connect_agent(self._agent) as agent:
                pairs = await agent.get_keys()
        except (OSError, ValueError, asyncssh.Error):
            # As measured in a session of OpenSSH's server: its socket is there, and nobody answers behind it.
            self._err("error fetching identities: communication with agent failed\n")
            return 1
        if not pairs:
            out("The agent has no identities.\n")
            return 1
        for pair in pairs:
            out(_describe(pair.public_data, pair.get_comment() or "no comment") + "\n")
        return 0


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
