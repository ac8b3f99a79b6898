"""The small shell of a session on the practice site: it runs lines, which `grammar.py` reads.

It knows the commands of `commands.py`, and `exit`.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from mfa_guide.base.printable import printable
from mfa_guide.practice.ssh.commands import Streams
from mfa_guide.practice.ssh.grammar import CommandLine, Parser, ShellError, Variable

if TYPE_CHECKING:
    from io import FileIO

    from mfa_guide.practice.ssh.commands import Commands, Out
    from mfa_guide.practice.ssh.grammar import Call, Word
    from mfa_guide.practice.ssh.homes import Home

MOST_TEXT = 131_072
"""How many characters the words of one command may have when everything in them was put in place: as many as Linux
allows for one word."""


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
    """Runs lines for one session."""

    def __init__(self, commands: Commands, streams: Streams) -> None:
        """Begin a shell.

        Args:
            commands: what it knows.
            streams: where what they write goes.
        """
        self.status = 0
        self.ended = False
        self._commands = commands
        self._files = commands.files
        self._streams = streams
        self._variables = {"HOME": self._files.folder, "USER": commands.account, "HOSTNAME": commands.host}

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
            await self._run_line(line, self._streams.out)
        return self.status

    async def _complain(self, message: str) -> None:
        # In it stands what the user typed, or how a file is called.
        await self._streams.err(printable(message) + "\n")

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
            file = self._files.open_to_write(name, append=call.append)
        except OSError as error:
            raise ShellError(f"{name}: {_words(error)}") from None
        with file:
            return await self._run_command(words, _Target(file, self._files.home).write)

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
        try:
            if name == "exit":
                return self._exit(arguments)
            command = self._commands.named(name)
            if command is None:
                await self._complain(f"-bash: {name}: command not found")
                return 127
            return await command(arguments, Streams(out, self._streams.err))
        except BrokenPipeError:
            raise
        except (ShellError, OSError) as error:
            # An error of the system without the file's name: that is the one on this computer.
            await self._complain(f"{name}: {_words(error) if isinstance(error, OSError) else error}")
            return 1

    def _exit(self, arguments: list[str]) -> int:
        self.ended = True
        if not arguments:
            return self.status
        if not re.fullmatch(r"\d{1,3}", arguments[0]):
            raise ShellError(f"{arguments[0]}: numeric argument required")
        return int(arguments[0]) % 256


def _words(error: OSError) -> str:
    return error.strerror or str(error)
