"""What runs in the machine of a reader at a Windows computer: its screen, helper.exe, and the hand that uses both.

See `windows.answering.answer`.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mfa_guide.base.program import run
from mfa_guide.clients.windows import answering, camera, screen
from mfa_guide.clients.windows.control import Role, middle
from mfa_guide.clients.windows.waiting import GLANCE, NotYet, StepFailed, until
from mfa_guide.clients.wine import helper
from mfa_guide.clients.wine.told import Control, Eyes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mfa_guide.clients.windows.control import Box, Toolkit
    from mfa_guide.clients.wine.helper import Helper

_SCREEN = "1280x900x24"
_STARTS_WITHIN = 60.0
"""How long a program may take to show itself, in seconds."""
_MENU_WITHIN = 3.0
"""How long a program may take to show the menu of its sign, in seconds."""
_COPIED_WITHIN = 0.5
"""How long a program may take to copy what was selected, in seconds. Where nothing is, nothing is copied."""
_FOLDER = r"C:\users\reader\Documents"
"""Where programs are started."""


class Wine:
    """The windows of programs for Windows; see `control.Toolkit`.

    Args:
        helper: sees them, and has mouse and keyboard.
    """

    def __init__(self, helper: Helper) -> None:
        self._helper = helper
        self._eyes: dict[str, Eyes] = {}

    def windows(self, program: str) -> list[Control]:
        return self._eyes.setdefault(program, Eyes(self._helper, program)).windows()

    def start(self, program: str) -> tuple[Control | None, Mapping[str, str]]:
        before, signs = {window.key for window in self.windows(program)}, len(self._signs())
        self._helper.ask("start", program, _FOLDER)

        def shown() -> Control | None:
            new = [window for window in self.windows(program) if window.key not in before]
            if not new and len(self._signs()) == signs:
                raise NotYet(f"{program} opens no window, and has no sign beside the clock")
            return new[0] if new else None

        window = until(shown, _STARTS_WITHIN)
        if window:
            # Windows gives the keyboard to what somebody has just started.
            window.come_to_front()
        return window, {}

    def press_sign(self, program: str) -> None:
        for sign in self._signs():
            self._helper.ask("click", *middle(sign), "right", 1)
            with contextlib.suppress(StepFailed):
                until(lambda: self._menu_of(program), _MENU_WITHIN)
                return
            # It was that of another program.
            self._helper.ask("keys", "Esc")
        raise StepFailed(f"beside the clock there is no sign of {program}")

    def forget(self) -> None:
        self._helper.ask("copy", "")

    def put_back(self, text: str) -> None:
        self._helper.ask("copy", text)

    def copied(self) -> str:
        deadline = time.monotonic() + _COPIED_WITHIN
        while not (text := str(self._helper.ask("clipboard")["text"])) and time.monotonic() < deadline:
            time.sleep(GLANCE)
        return text.replace("\r\n", "\n")

    def _menu_of(self, program: str) -> None:
        if not any(window.role == Role.MENU for window in self.windows(program)):
            raise NotYet(f"{program} shows no menu")

    def _signs(self) -> list[Box]:
        """Return where the signs beside the clock are: as wide as the taskbar is high, from its right end on."""
        left, top, width, height = self._helper.ask("taskbar")["box"]
        signs: list[Box] = []
        for right in range(left + width, left, -height or -1):
            place = (right - height, top, height, height)
            if not height or camera.is_blank(place):
                break
            signs.append(place)
        return signs


def main(prefix: str, program: str) -> None:
    """Make the desktop, and answer requests from standard input until it ends.

    Args:
        prefix: the folder in the home in which Wine keeps the Windows computer.
        program: where helper.exe is.
    """
    answering.answer(_running(prefix, program))


@contextlib.contextmanager
def _running(prefix: str, program: str) -> Iterator[tuple[Toolkit, Mapping[str, str]]]:
    variables = {"WINEPREFIX": str(Path.home() / prefix), "WINEDEBUG": "-all"}
    os.environ |= variables
    with contextlib.ExitStack() as programs:
        variables["DISPLAY"] = programs.enter_context(screen.running(_SCREEN))
        os.environ |= variables
        programs.callback(_end_wine)
        yield Wine(programs.enter_context(helper.running(program))), variables


def _end_wine() -> None:
    """End all programs for Windows, and what serves them."""
    for command in (["wineserver", "--kill"], ["wineserver", "--wait"]):
        with contextlib.suppress(subprocess.SubprocessError):
            run(command, "wineserver")
