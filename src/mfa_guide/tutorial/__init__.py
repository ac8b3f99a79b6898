"""What a tutorial's notebook works with: a practice site, terminals on the reader's computer, and a browser.

    from mfa_guide.tutorial import start_lab

    practice = start_lab()

From then on, what stands in a cell below `%%terminal` is typed in a terminal on the reader's computer, word for word,
and what the terminal shows stands below the cell. `%%terminal abroad` is a terminal on a computer abroad, and
`%%terminal home second` another one at home. `%%save PATH` saves a file there.

When a login waits for an answer in the browser, the cell is done, and `practice.answer("Yes")` does what the browser
does. A cell with `^C` below `%%terminal` presses Ctrl+C there.
"""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from typing import TYPE_CHECKING

from mfa_guide.policy import NEWEST, load
from mfa_guide.practice.hosting.running import PracticeSite
from mfa_guide.practice.lab import Lab
from mfa_guide.tutorial.laptop import Laptop
from mfa_guide.tutorial.practice import Practice

__all__ = ["start_lab", "start_on_laptop"]

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfa_guide.clients.machine import Machine
    from mfa_guide.practice.hosting.control import Controls


_everything = ExitStack()
"""What is open. Whoever closes the notebook without its last cell, or starts anew, leaves nothing behind either."""
atexit.register(_everything.close)


def start_on_laptop() -> Practice:
    """Start a practice site on this computer: on Linux, on macOS, or on Windows in WSL; for any user.

    One that was started in this notebook before ends.

    Raises:
        CannotRunError: it does not start; the message says why.
    """
    _everything.close()
    with ExitStack() as stack:
        site = PracticeSite.start()
        stack.callback(site.stop)
        laptop = Laptop.beside(site)
        return _started(site, lambda _place: laptop, stack)


def start_lab() -> Practice:
    """Start a lab, in which the real names lead to the practice site: on Linux, for any user.

    One that was started in this notebook before ends.

    Raises:
        CannotRunError: this computer does not allow it; the message says why.
    """
    _everything.close()
    with ExitStack() as stack:
        lab = stack.enter_context(Lab.start(load(NEWEST)))
        return _started(lab, lab.machine, stack)


def _started(site: Controls, machine: Callable[[str], Machine], stack: ExitStack) -> Practice:
    practice = Practice(site, machine, _everything)
    practice.offer_cells()
    _everything.push(stack.pop_all())
    print("The practice site runs.")
    return practice
