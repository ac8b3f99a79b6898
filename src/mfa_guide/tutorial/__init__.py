"""What a tutorial's notebook works with: a practice site, terminals on the reader's computer, and a browser.

    from mfa_guide.tutorial import start_lab

    practice = start_lab("2026")

The word says by which rules one practises: so a notebook keeps to those of its own edition, wherever it is opened.

From then on, what stands in a cell below `%%terminal` is typed in a terminal on the reader's computer, word for word,
and what the terminal shows stands below the cell. `%%terminal abroad` is a terminal on a computer abroad, and
`%%terminal home second` another one at home. `%%save PATH` saves a file there.

When a login waits for an answer in the browser, the cell is done, and `practice.answer("Yes")` does what the browser
does. A cell with `^C` below `%%terminal` presses Ctrl+C there.
"""

from __future__ import annotations

import atexit
from contextlib import ExitStack

from mfa_guide.policy import load
from mfa_guide.practice.hosting.running import PracticeSite
from mfa_guide.practice.lab import Lab
from mfa_guide.tutorial.laptop import Laptop
from mfa_guide.tutorial.practice import FirewallPages, Practice, one_line_errors

__all__ = ["start_lab", "start_on_laptop"]


_everything = ExitStack()
"""What is open. Whoever closes the notebook without its last cell, or starts anew, leaves nothing behind either."""
atexit.register(_everything.close)


def start_on_laptop(version: str) -> Practice:
    """Start a practice site on this computer: on Linux, on macOS, or on Windows in WSL; for any user.

    One that was started in this notebook before ends.

    Args:
        version: the version of the policy by whose rules one practises.

    Raises:
        UsageError: this is not a notebook.
        GuideError: there is no such version.
        CannotRunError: it does not start; the message says why.
    """
    one_line_errors()
    policy = load(version)
    _everything.close()
    with ExitStack() as stack:
        site = PracticeSite.start(policy=version)
        stack.callback(site.stop)
        laptop = Laptop.beside(site, policy)
        pages = FirewallPages(site.web, site.entrance)
        return _started(Practice(policy, site, lambda _place: laptop, _everything, pages), stack)


def start_lab(version: str, *, managed: bool = False) -> Practice:
    """Start a lab, in which the real names lead to the practice site: on Linux, for any user.

    One that was started in this notebook before ends.

    Args:
        version: the version of the policy by whose rules one practises.
        managed: whether the university manages the reader's computers.

    Raises:
        UsageError: this is not a notebook, or by these rules it makes no difference whether a computer is managed.
        GuideError: there is no such version.
        CannotRunError: this computer does not allow it; the message says why.
    """
    one_line_errors()
    policy = load(version)
    _everything.close()
    with ExitStack() as stack:
        lab = stack.enter_context(Lab.start(policy, managed=managed))
        pages = FirewallPages(f"https://{policy.text('firewall_host')}")
        return _started(Practice(policy, lab, lab.machine, _everything, pages), stack)


def _started(practice: Practice, stack: ExitStack) -> Practice:
    practice.offer_cells()
    _everything.push(stack.pop_all())
    print("The practice site runs.")
    return practice
