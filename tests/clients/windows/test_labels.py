"""What has the label of no control fails, with the nearest that there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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
