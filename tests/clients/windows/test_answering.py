"""What runs in the reader's machine outlives a step that fails."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from mfa_guide.expecting.failure import Failure
from mfa_guide.kinds.walkthrough.walker import OPEN_DESKTOP, Desktop
from tests.support.windows import do

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_guide.clients.machine import Machine


@dataclass(frozen=True)
class Closing:
    """A machine where what is to be pressed has gone when somebody does so."""

    machine: Machine

    def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
        start, _ = OPEN_DESKTOP.split("from ", 1)
        program = f"""{start}
from mfa_guide.clients.windows.gtk import answering
from gi.repository import Atspi, GLib
def do_action(*_): raise GLib.Error("The application no longer exists")
Atspi.Action.do_action = do_action
answering.main()"""
        return self.machine.argv([program if word == OPEN_DESKTOP else word for word in command], tty=tty)


def test_a_window_that_closes_between_look_and_act_ends_the_step_and_nothing_else(machine: Machine) -> None:
    with contextlib.closing(Desktop(Closing(machine))) as desktop:
        do(desktop, "- start: putty")
        with pytest.raises(Failure, match=r"the window closes \(The application no longer exists\)"):
            do(desktop, "- choose: Never\n  in: 'Close window on exit:'")
        do(desktop, "- see: Specify the destination you want to connect to")
