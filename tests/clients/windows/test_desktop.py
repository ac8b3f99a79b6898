"""A desktop that cannot be made is one clear line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import CannotRunError
from mfa_guide.kinds.walkthrough.walker import OPEN_DESKTOP, Desktop
from tests.support.machines import LocalMachine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def test_no_desktop_is_one_clear_line(tmp_path: Path) -> None:
    class Bare(LocalMachine):
        def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
            return ["env", "PATH=/nowhere", *command]

    with pytest.raises(CannotRunError, match="the desktop of the reader's machine has ended: Xvfb is not installed"):
        Desktop(Bare(tmp_path))


@pytest.mark.parametrize(
    ("screen", "says"),
    [
        ("echo no memory >&2; exit 1", "Xvfb does not start: no memory"),
        ("exec sleep 1000", "Xvfb does not answer: silent for 0.5 s"),
    ],
)
def test_a_screen_that_does_not_start_is_one_clear_line(tmp_path: Path, screen: str, says: str) -> None:
    program = tmp_path / "Xvfb"
    program.write_text(f"#!/bin/sh\n{screen}\n")
    program.chmod(0o755)

    class WithoutScreen(LocalMachine):
        def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
            start, main = OPEN_DESKTOP.split("from ", 1)
            hurried = f"{start}from mfa_guide.clients.windows import screen; screen.STARTS_WITHIN = 0.5; from {main}"
            words = [hurried if word == OPEN_DESKTOP else word for word in command]
            return super().argv(["env", f"PATH={tmp_path}:/usr/bin:/bin", *words], tty=tty)

    with pytest.raises(CannotRunError, match=f"^the desktop of the reader's machine has ended: {says}$"):
        Desktop(WithoutScreen(tmp_path))
