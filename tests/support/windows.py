"""Steps in the windows of a desktop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_guide.kinds.walkthrough import proofs
from mfa_guide.kinds.walkthrough.steps import parse_walkthrough

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_guide.kinds.walkthrough.walker import Desktop


def add_key(desktop: Desktop, *further: str) -> None:
    """Start Pageant, add the key of `Documents` to it, and do further steps there."""
    steps = ("- start: pageant", "- sign: Add Key", "- select: id_rsa_vsc.ppk", "- press: Open")
    do(desktop, *steps, *further, window="pageant")


def do(desktop: Desktop, *steps: str, window: str = "putty", proves: Sequence[str] = ()) -> None:
    """Do steps of a walkthrough, written as in a snippet, in the windows of a program; and look at what they prove."""
    walkthrough = parse_walkthrough("\n".join([f"window: {window}", "steps:", *steps, "proves:", *proves]))
    desktop.carry_out(walkthrough, {}, link=None)
    proofs.prove(desktop, walkthrough.proves)
