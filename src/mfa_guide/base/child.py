"""A process that says in a line when it is ready, and is then talked to in lines.

What it says on standard error is read as it comes: a process whose complaints nobody reads stands still as soon as the
pipe is full. Nothing here waits for ever.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import threading
from typing import TYPE_CHECKING

from mfa_guide.base import process
from mfa_guide.base.errors import CannotRunError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KEPT = 65_536
"""How much of the end of its standard error is kept, in bytes. Ours."""
ENDS_WITHIN = 20
"""Seconds after which a process that does not end by itself is killed. Ours."""
_DRAINED_WITHIN = 2
"""Seconds in which what it said last arrives; whatever it has started may hold its standard error open for longer."""


class Child:
    """A process of this one's that ends when its input does."""

    def __init__(
        self,
        command: Sequence[str],
        name: str,
        *,
        environment: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        """Start it.

        Args:
            command: the program and its arguments.
            name: what it is called in errors.
            environment: its environment; this process's when not given.
            pass_fds: descriptors that it keeps open.

        Raises:
            OSError: there is no such program.
        """
        self._name = name
        self._process = process.start(command, environment=environment, pass_fds=pass_fds)
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._complaints = b""
        self._listening = [threading.Thread(target=job, daemon=True) for job in (self._hear, self._hear_complaints)]
        for thread in self._listening:
            thread.start()

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether it runs no more."""
        return self._process.poll() is not None

    def _hear(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                self._lines.put(line)
        self._lines.put("")

    def _hear_complaints(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as output:
            while piece := os.read(output.fileno(), KEPT):
                self._complaints = (self._complaints + piece)[-KEPT:]

    def tell(self, line: str) -> None:
        """Send it a line. When it has ended, the missing answer says more than an error here."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()

    def line(self, within: float) -> str:
        """Return the next line of its output; empty when it has ended.

        Args:
            within: how long to wait for it, in seconds. Then it is killed.

        Raises:
            CannotRunError: it was silent for so long.
        """
        try:
            return self._lines.get(timeout=within)
        except queue.Empty:
            self.end(within=0)
            raise CannotRunError(f"{self._name} does not answer: silent for {within:g} s") from None

    def last_words(self) -> str:
        """Wait for its end, and return the last line of its standard error; empty when it said nothing there."""
        self.end()
        return (self.complaints.strip().splitlines() or [""])[-1]

    @property
    def complaints(self) -> str:
        """The end of what it has said on standard error."""
        return self._complaints.decode(errors="replace")

    def end(self, within: float = ENDS_WITHIN) -> int:
        """End it by ending its input, and return its exit status; negative for the signal that killed it.

        Args:
            within: after how many seconds it is killed.
        """
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            status = self._process.wait(within)
        except subprocess.TimeoutExpired:
            process.kill(self._process)
            status = self._process.wait()
        for thread in self._listening:
            thread.join(_DRAINED_WITHIN)
        return status
