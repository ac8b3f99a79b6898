"""What is selected on the desktop: on X11 that is copied, too, and the middle button pastes it."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")

# How long, in seconds, a program may take to offer what was selected. Where nothing is, nothing is offered.
_OFFERED_WITHIN = 0.5
_GLANCE = 0.02


def forget() -> None:
    """Let nothing be selected: what was selected before must not be taken for what is."""
    # Only a quiet xclip stays in the foreground, where it can be ended: a page must not leave it behind.
    command = ["xclip", "-quiet", "-selection", "primary", "-in", "/dev/null"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as xclip:
        _await(lambda: not _read())
        xclip.terminate()


def offered() -> str:
    """Return what has just been selected; empty when nothing was."""
    return _await(_read)


def _read() -> str:
    command = ["xclip", "-selection", "primary", "-out"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_OFFERED_WITHIN)
    except subprocess.TimeoutExpired:
        # A window that closes in between never answers.
        return ""
    return done.stdout


def _await(look: Callable[[], _T]) -> _T:
    """Return what is seen as soon as it is something, or after a while what is seen then."""
    deadline = time.monotonic() + _OFFERED_WITHIN
    while not (seen := look()) and time.monotonic() < deadline:
        time.sleep(_GLANCE)
    return seen
