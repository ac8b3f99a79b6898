"""What a page leaves behind on the reader's machine: programs that go on running, logins, files.

Programs include agents and connections: a connection that outlives its terminal is one of `ssh`.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from mfa_guide.base.errors import CannotRunError
from mfa_guide.clients.machine import ask
from mfa_guide.kinds import instructed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_guide.clients.machine import Machine
    from mfa_guide.guide.page import Instruction, Page

# How long, in seconds, a program may take to end after its terminal was closed. Only a page that fails waits so long.
_ENDS_WITHIN = 3.0
# Where the reader's own programs keep things that no page is about.
_OWN = (".ssh", ".cache", ".config", ".local", ".pki", ".putty", ".wine", ".bash_history")
# What Windows runs by itself, once a program needs it.
_OF_WINDOWS = ("conhost.exe", "explorer.exe", "plugplay.exe", "rpcss.exe", "services.exe", "svchost.exe", "wineserver")

_PROCESSES = 'exec grep -sH "" /proc/[0-9]*/comm'
_FILES = " ".join(
    ["exec find .", *(f"-path ./{name} -prune -o" for name in _OWN), "'(' -type f -o -type l ')' -printf '%P\\n'"]
)


class Leftovers:
    """Looks for what is there at the end of a page and was not there at its beginning.

    Args:
        machine: where; in the lab, since elsewhere other people's programs start at any time.

    Raises:
        CannotRunError: nobody can look there.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._programs = self._running()
        self._files = self._saved()

    def find(self, page: Page, run: Sequence[Instruction]) -> list[str]:
        """Return what there is now, and what the page neither says nor allows, in words."""
        texts = [page.snippet(instruction).read_text(encoding="utf-8", errors="replace") for instruction in run]
        said = "\n".join([*texts, *(instructed(instruction.kind).says(instruction) for instruction in run)])
        allowed = page.practice.leaves
        files = [
            f"the file ~/{file}"
            for file in sorted(self._saved() - self._files)
            if file.rpartition("/")[2] not in said and f"~/{file}" not in allowed
        ]
        deadline = time.monotonic() + _ENDS_WITHIN
        programs = self._programs
        while True:
            # What is there only once belongs to the look itself.
            seen, programs = programs, self._running()
            stay = {
                number: name
                for number, name in seen.items() & programs.items()
                # By its number: what was there may have begun another program in its own place, as a shell does.
                if number not in self._programs and name not in allowed and name not in _OF_WINDOWS
            }
            arrived = seen is self._programs
            if not arrived and (not stay or time.monotonic() > deadline):
                return [*(f"{name} (process {number})" for number, name in sorted(stay.items())), *files]

    def _running(self) -> dict[int, str]:
        found = re.findall(r"^/proc/(\d+)/comm:(.*)$", self._ask(_PROCESSES), re.MULTILINE)
        return {int(number): name for number, name in found}

    def _saved(self) -> set[str]:
        return set(self._ask(_FILES).splitlines())

    def _ask(self, script: str) -> str:
        done = ask(self._machine, ["sh", "-c", script])
        # grep and find also tell that something has gone while they looked.
        if not done.stdout and done.returncode:
            raise CannotRunError(f"nobody can look at the reader's machine: {done.stderr.strip()}")
        return done.stdout
