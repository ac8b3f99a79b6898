"""What runs in the reader's machine: it makes the desktop, and does there what it is asked for, in lines of JSON.

It first tells how programs find the desktop: `{"variables": {…}}`. A request is a step of a walkthrough with the
program, `{"window": "putty", "press": "Open"}`; with `"picture": true`, a picture of the window is made, too. The
answer is `{"seen": "…"}` with the text that `see` or `copy` found, `{}` for other steps, `picture` in it (PNG in
base64), and `variables` that programs started from now on must know; or `{"failed": "…", "shows": "…"}` with what the
windows show.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from mfa_guide.base.errors import CannotRunError
from mfa_guide.clients.windows import camera, shown
from mfa_guide.clients.windows.control import Program
from mfa_guide.clients.windows.hand import Hand, Memory
from mfa_guide.clients.windows.waiting import Gone, StepFailed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from mfa_guide.clients.windows.control import Toolkit


def answer(running: AbstractContextManager[tuple[Toolkit, Mapping[str, str]]]) -> None:
    """Make the desktop, and answer requests from standard input until it ends.

    Args:
        running: makes the desktop, and tells by which variables programs find it.
    """
    try:
        with running as (toolkit, variables):
            memory = Memory()
            _say(variables={**variables})
            for request in sys.stdin:
                step = json.loads(request)
                program = Program(toolkit, step.pop("window"))
                hand = Hand(program, memory, picture=bool(step.pop("picture", None)))
                try:
                    _say(**hand.do(step))
                except (StepFailed, camera.NotDrawn, subprocess.SubprocessError) as error:
                    _say(failed=str(error), shows=shown.all_lines(program))
                except Gone as error:
                    # A window has gone between the look and the act.
                    _say(failed=f"the window closes ({error})", shows=shown.all_lines(program))
    except FileNotFoundError as error:
        sys.exit(f"{error.filename} is not installed")
    except CannotRunError as error:
        sys.exit(str(error))


def _say(**answer: object) -> None:
    print(json.dumps(answer), flush=True)
