"""Starting programs on the desktop, as a reader starts them from a menu."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from mfa_guide.clients.windows.gtk.accessible import windows
from mfa_guide.clients.windows.waiting import NotYet, StepFailed, until

if TYPE_CHECKING:
    from mfa_guide.clients.windows.gtk.accessible import Control

_STARTS_WITHIN = 30.0
"""How long a program may take to open its window, in seconds."""


def start(program: str) -> Control:
    """Start a program, and return the window that it opens.

    Args:
        program: what starts it, and whose window it is then.

    Raises:
        StepFailed: there is no such program, or it opens no window.
    """
    before = {window.node for window in windows(program)}
    if shutil.which(program) is None:
        raise StepFailed(f"no program is called {program}")
    # It is nobody's child here, and ends with its last window, or with the screen.
    fork = ["setsid", "--fork", program]
    subprocess.run(fork, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=_STARTS_WITHIN)

    def opened() -> Control:
        new = [window for window in windows(program) if window.node not in before]
        if not new:
            raise NotYet(f"{program} opens no window")
        return new[0]

    return until(opened, _STARTS_WITHIN)


def start_pageant() -> dict[str, str]:
    """Start Pageant, and let other programs find it, as they do on Windows without being told.

    Returns:
        The variables by which they find it; they are in this process's environment too.
    """
    # It goes on in the background, with what it says of errors.
    said = subprocess.run(
        ["pageant", "-X"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
        timeout=_STARTS_WITHIN,
    ).stdout
    variables = dict(re.findall(r"(SSH_\w+)=(\S+?);", said))
    os.environ |= variables
    return variables
