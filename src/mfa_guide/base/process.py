"""Starting and killing processes, the same way for all that the guide starts and talks to."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def start(
    command: Sequence[str],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[str]:
    """Start a process in a session of its own, with pipes for its input, its output and its errors.

    Ctrl+C is not meant for it. What it says may be no text.

    Args:
        command: the program and its arguments.
        folder: where it runs; where this process does when not given.
        environment: its environment; this process's when not given.
        pass_fds: descriptors that it keeps open.

    Raises:
        OSError: there is no such program.
    """
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        pass_fds=pass_fds,
        start_new_session=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    )


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a process that `start` has started and nobody has waited for, with what it has started in its session."""
    os.killpg(process.pid, signal.SIGKILL)
