"""Running a program to its end, with a limit: nothing that the guide starts is waited for without one."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from mfa_guide.base import process
from mfa_guide.base.errors import CannotRunError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

WITHIN = 60.0
"""Seconds that a program has which does little, on a computer that is busy. Ours."""


def run(
    command: Sequence[str],
    name: str,
    *,
    within: float = WITHIN,
    text: str = "",
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.CompletedProcess[str]:
    """Run a program, and return its exit status and what it said.

    Args:
        command: the program and its arguments.
        name: what it is called in errors.
        within: after how many seconds it is killed, with what it has started.
        text: its standard input.
        folder: where it runs; where this process does when not given.
        environment: its environment; this process's when not given.
        pass_fds: descriptors that it keeps open.

    Raises:
        CannotRunError: it was killed.
        OSError: there is no such program.
    """
    with process.start(command, folder=folder, environment=environment, pass_fds=pass_fds) as started:
        try:
            out, err = started.communicate(text, within)
        except subprocess.TimeoutExpired:
            process.kill(started)
            raise CannotRunError(f"{name} has not ended after {within:g} s") from None
        except BaseException:
            # Ctrl+C is not heard in a session of its own.
            process.kill(started)
            raise
    return subprocess.CompletedProcess(command, started.returncode, out, err)
