"""A reader's terminal: bash, or Windows' Command Prompt, in a real pseudo-terminal, and what its screen shows.

Nothing here waits for time: it waits for what the screen shows, and gives up after a while.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import secrets
import signal
import termios
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pexpect
import pyte

from mfa_guide.base.errors import CannotRunError
from mfa_guide.expecting.shapes import LOGIN_LINK
from mfa_guide.kinds.transcript.reading import PROMPT

if TYPE_CHECKING:
    from mfa_guide.clients.machine import Machine

_OF_FORK = ".*forkpty"


def _fork_in_silence() -> None:
    """Let Python not warn of a fork beside threads: those here only read, and the child does nothing but become bash.

    Said once, it is forgotten by whoever keeps warnings of their own, as pytest does for each test; said again and
    again, it would wake warnings of others.
    """
    known = (getattr(message, "pattern", None) for _, message, *_ in warnings.filters)
    if _OF_FORK not in known:
        warnings.filterwarnings("ignore", message=_OF_FORK, category=DeprecationWarning)


# So wide that nothing wraps: a line of a snippet is a line of the screen.
_COLUMNS = 1000
_LINES = 500
# How often, in seconds, a silent command is looked at.
_GLANCE = 0.1
_STARTS_WITHIN = 20.0
_ENDS_WITHIN = 3.0
# How long, in seconds, a program that has asked may take to listen. Some listen in a way that does not show.
_LISTENS_WITHIN = 0.3
# What the kernel calls the system call `read`, by the kind of computer (syscalls(2)).
_READ = {"x86_64": "0", "aarch64": "63", "riscv64": "63"}

State = Literal["running", "reads", "remote", "ended", "closed"]
"""What the command does: it runs; it waits for something to be typed; it is a login that shows its prompt; it
has ended; the terminal is closed."""


@dataclass(frozen=True)
class _End:
    """Where the output of a command ended, and how."""

    row: int
    column: int
    status: int


class _Screen(pyte.Screen):
    """A screen that notices when the shell says that a command has ended.

    The prompt of the shell sets the window's title, which is invisible, to a word nobody else knows and the exit
    status.
    """

    def __init__(self, word: str) -> None:
        self.word = word
        self.end: _End | None = None
        super().__init__(_COLUMNS, _LINES)

    def reset(self) -> None:
        self.end = None
        super().reset()

    def set_title(self, param: str) -> None:
        word, _, status = param.partition(":")
        if word == self.word:
            self.end = _End(self.cursor.y, self.cursor.x, int(status))

    def row(self, number: int) -> str:
        cells = self.buffer[number]
        return "".join(cells[column].data for column in range(max(cells, default=-1) + 1)).rstrip()


Shell = Callable[[str], list[str]]
"""Returns the words that start a shell whose prompt tells a word and the exit status; see `_Screen`."""


def bash(word: str) -> list[str]:
    """Return the words that start bash; see `Shell`."""
    prompt = rf"PS1=\[\e]2;{word}:$?\a\]{PROMPT}"
    return ["env", prompt, "bash", "--norc", "--noprofile", "--noediting", "-i"]


# Ctrl+C is for what was started. Each line has a terminal of its own (script): after a command has ended Wine goes on
# reading from it for a moment, and would take what is typed next.
# With /s, cmd.exe never wonders whether a whole line is the name of a program: once, it took one for that.
_COMMAND_PROMPT = r"""
trap : INT
cd "$WINEPREFIX/drive_c/users/reader" || exit
status=0
while printf '\e]2;%s:%s\a%s' "$1" "$status" "$2" && IFS= read -r line; do
    LINE=$line script --quiet --return --command 'exec wine cmd /d /s /c "$LINE"' /dev/null
    status=$?
done
"""


def command_prompt(word: str) -> list[str]:
    """Return the words that start something that gives each line to Windows' cmd.exe; see `Shell`.

    Left alone, cmd.exe cannot tell anybody that a command has ended. So `cd` and `set` last for a line only.
    """
    return ["bash", "-c", _COMMAND_PROMPT, "bash", word, PROMPT]


class Terminal:
    """A terminal with a shell, used as a reader would.

    Args:
        machine: where the shell runs.
        shell: which one it is: `bash` or `command_prompt`.

    Raises:
        CannotRunError: the shell does not start.
    """

    def __init__(self, machine: Machine, shell: Shell = bash) -> None:
        word = secrets.token_hex(8)
        self._screen = _Screen(word)
        self._stream = pyte.Stream(self._screen)
        self._reads = self._closed = False
        self._shell = 0
        self._answered: tuple[int, int] | None = None
        self._shown = 0
        self.waiting = False
        """Whether a transcript left its last command running on purpose."""
        argv = machine.argv(["env", "TERM=xterm-256color", "LANG=C.UTF-8", *shell(word)], tty=True)
        _fork_in_silence()
        self._child: pexpect.spawn[str] = pexpect.spawn(
            argv[0], argv[1:], encoding="utf-8", codec_errors="replace", dimensions=(50, _COLUMNS)
        )
        self._child.delaybeforesend = None
        started = self.wait(lambda: self.state in ("ended", "closed"), _STARTS_WITHIN)
        if not started or self._closed:
            said = " ".join(self.rows()) or "it says nothing"
            self.close()
            raise CannotRunError(f"no shell starts on the reader's machine: {said}")
        self._shell = os.tcgetpgrp(self._child.child_fd)

    def close(self) -> None:
        """Close the terminal, which ends what runs in it, jobs in the background too."""
        # A shell that finds its terminal gone before it is told so may leave them.
        if self._shell and not self._closed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._shell, signal.SIGHUP)
            self.wait(lambda: self._closed, _ENDS_WITHIN)
        self._child.close(force=True)

    @property
    def can_tell(self) -> bool:
        """Whether it is known on this computer that a program waits for something to be typed."""
        return platform.machine() in _READ and Path("/proc/self/syscall").exists()

    @property
    def state(self) -> State:
        """What the command does at this moment, as far as the screen tells."""
        if self._closed:
            return "closed"
        prompt = self._current == PROMPT.rstrip() and self._screen.cursor.x == len(PROMPT)
        end = self._screen.end
        if end is not None:
            at_end = self._screen.cursor.y == end.row and self._screen.cursor.x == end.column + len(PROMPT)
            return "ended" if at_end else "running"
        if prompt and self._screen.cursor.y > 0:
            return "remote"
        return "reads" if self._reads else "running"

    @property
    def status(self) -> int | None:
        """The exit status of the command; None while it runs."""
        return self._screen.end.status if self._screen.end else None

    @property
    def echoes(self) -> bool | None:
        """Whether what is typed appears on the screen; None when a program beyond this machine decides."""
        flags: int = termios.tcgetattr(self._child.child_fd)[3]
        return bool(flags & termios.ECHO) if flags & termios.ICANON else None

    @property
    def _current(self) -> str:
        return self._screen.row(self._screen.cursor.y)

    def rows(self, *, complete: bool = False) -> list[str]:
        """Return what the command shows, below what earlier transcripts have dealt with.

        Args:
            complete: leave out the line on which the cursor stands.
        """
        screen = self._screen
        last, rest = screen.cursor.y, self._current
        if screen.end is not None:
            last, rest = screen.end.row, screen.row(screen.end.row)[: screen.end.column]
        elif self.state == "remote":
            rest = ""
        rows = [screen.row(number) for number in range(self._shown, last)]
        return rows if complete or not rest.strip() else [*rows, rest.rstrip()]

    def link(self) -> str | None:
        """Return the login link that the screen shows; the last one when there are several."""
        links = LOGIN_LINK.findall("\n".join(self._screen.row(number) for number in range(self._screen.cursor.y + 1)))
        return links[-1] if links else None

    def begin(self, command: str) -> None:
        """Type a command at the prompt and press Enter."""
        self._screen.reset()
        self._screen.draw(PROMPT)
        self._shown = 0
        self._enter(command)

    def leave_waiting(self) -> None:
        """Go on to something else while the command runs: what it shows from now on is a part of its own."""
        cursor = self._screen.cursor
        self._shown = cursor.y + (cursor.x > 0)
        self.waiting = True

    def answer(self, text: str) -> None:
        """Type an answer to a program that has asked, when it listens, and press Enter."""
        self.wait(lambda: self._reader() is not None, _LISTENS_WITHIN)
        self._answered = self._reader()
        self._enter(text)

    def interrupt(self) -> None:
        """Press Ctrl+C."""
        self._reads = False
        self._child.send("\x03")

    def _enter(self, text: str) -> None:
        self._reads = False
        self._child.send(f"{text}\r")

    def wait(self, done: Callable[[], bool], timeout: float) -> bool:
        """Wait until `done` is true of the screen; tell whether it became so within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while not done():
            remaining = deadline - time.monotonic()
            if remaining <= 0 or self._closed:
                return done()
            self._read(min(remaining, _GLANCE))
        return True

    def settle(self, quiet: float, timeout: float) -> None:
        """Wait until nothing new has appeared for `quiet` seconds, at most `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while not self._closed and self._read(quiet) and time.monotonic() < deadline:
            pass

    def _read(self, timeout: float) -> bool:
        """Take in what the terminal shows; tell whether there was anything new."""
        try:
            self._stream.feed(self._child.read_nonblocking(2**16, timeout))
        except pexpect.TIMEOUT:
            # It may have written something and begun to read since: only what follows on silence counts.
            # And a program that has not yet woken up to take what was typed does not wait for more.
            reads = self._reader() not in (None, self._answered)
            self._reads = reads and (timeout == 0 or not self._read(0))
            return False
        except pexpect.EOF:
            self._closed = True
            return False
        self._reads = False
        return True

    def _reader(self) -> tuple[int, int] | None:
        """Return the program that waits for something to be typed, and how often it has waited for anything.

        A program waits when it sleeps in a read of a terminal: that system call, its first argument the file (proc(5)).
        Where the kernel does not tell, nobody knows: see `can_tell`.
        """
        try:
            group = os.tcgetpgrp(self._child.child_fd)
            process = Path(f"/proc/{group}")
            call = (process / "syscall").read_text(encoding="ascii").split()
            if call[0] != _READ.get(platform.machine()) or group == self._shell:
                return None
            file = (process / f"fd/{int(call[1], 16)}").readlink()
            waited = re.search(r"^voluntary_ctxt_switches:\s*(\d+)", (process / "status").read_text(), re.MULTILINE)
        except (OSError, ValueError):
            return None
        if waited is None or not str(file).startswith(("/dev/tty", "/dev/pts/")):
            return None
        return group, int(waited[1])
