"""What has the label of no control fails, with the nearest that there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pytest

from mfa_guide.clients.windows import labels
from mfa_guide.clients.windows.control import Program, Role
from mfa_guide.expecting.failure import Failure
from tests.support.windows import do

if TYPE_CHECKING:
    from mfa_guide.kinds.walkthrough.walker import Desktop


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("- press: Save session", "no button is called “Save session”; the nearest is “Save”"),
        ("- press: save", "no button is called “save”; the nearest is “Save”"),
        ("- tick: Allow agent forwarding", "no check box is called “Allow agent forwarding”"),
        ("- select: Keyboards", "no item is called “Keyboards”; the nearest is “Keyboard”"),
        ("- select: Connection > Auth", "no item is at “Connection > Auth”; the nearest is “Connection > SSH > Auth”"),
        ("- type: a\n  into: Hostname", "nothing is called “Hostname”; the nearest is “Host Name"),
        ("- type: a\n  into: Load, save or delete a stored session", "nobody can type into “Load,"),
        ("- choose: SSH2\n  in: 'Connection type:'", "no option “SSH2”; the nearest is “SSH”"),
        ("- see: Host Name (or address)", "no window shows .*; the nearest is “Host Name .or IP address.”"),
        ("- copy: https://firewall.vscentrum.be/8dK2nWq7VbTz4pLmXhR", "no window of putty has a terminal"),
        ("- closes: PuTTY Configuration", "“PuTTY Configuration” is still open"),
        ("- closes: PuTTY Settings", "no window was called “PuTTY Settings”; the nearest is “PuTTY Configuration”"),
        ("- press: File > Quit", "no menu is called “File”"),
    ],
)  # fmt: skip
def test_what_is_not_there_fails_with_the_nearest(desktop: Desktop, step: str, says: str) -> None:
    do(desktop, "- select: Session")
    with pytest.raises(Failure, match=says) as failure:
        do(desktop, "- select: Session", step)
    assert failure.value.line == 4
    assert "Specify the destination you want to connect to" in failure.value.detail


@dataclass
class Open:
    """A window that is nothing but its button."""

    key: int
    looks: int
    """How often it is still there."""
    name: str = "Open"
    role: Role = Role.BUTTON

    def parts(self) -> list[Open]:
        return [self]


@dataclass
class Windows:
    """Windows with the same button; the newest has closed after some looks."""

    newest: Open
    other: Open

    def windows(self, _program: str) -> list[Open]:
        self.newest.looks -= 1
        return [window for window in (self.newest, self.other) if window.looks > 0]


@pytest.mark.parametrize(("stays", "key"), [(20, 2), (1000, 1)])
def test_the_button_of_a_window_that_closes_late_is_not_taken_for_that_of_the_next(
    monkeypatch: pytest.MonkeyPatch, stays: int, key: int
) -> None:
    monkeypatch.setattr(labels, "_CLOSES_WITHIN", 2.0)
    windows = Program(cast("Any", Windows(Open(1, stays), Open(2, 1000))), "putty")
    pressed = labels.button(windows, "Open", None).key
    assert pressed == 1
    # One that stays is pressed again.
    assert labels.button(windows, "Open", None, pressed).key == key
