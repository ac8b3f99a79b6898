"""The hand in PuTTY's real configuration window: every step does what it says, or fails."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from mfa_guide.expecting.failure import Failure
from tests.support.windows import do

if TYPE_CHECKING:
    from mfa_guide.kinds.walkthrough.walker import Desktop


def test_does_every_kind_of_step_and_the_session_is_saved(desktop: Desktop) -> None:
    do(
        desktop,
        "- select: Session",
        "- type: login.hpc.kuleuven.be\n  into: Host Name (or IP address)",
        "- choose: Never\n  in: 'Close window on exit:'",
        "- select: Connection > Data",
        "- type: vsc98765\n  into: Auto-login username",
        "- select: Connection > SSH > Auth",
        "- ticked: Attempt authentication using Pageant",
        "- tick: Allow agent forwarding",
        "- untick: Attempt authentication using Pageant",
        "- select: Connection > SSH > Auth > Credentials",
        "- type: id_rsa_vsc.ppk\n  into: 'Private key file for authentication:'",
        "- clear: 'Private key file for authentication:'",
        "- select: Connection > SSH > Bugs",
        "- choose: 'On'\n  in: Chokes on PuTTY's SSH-2 'winadj' requests",
        "- select: Session",
        "- type: VSC\n  into: Saved Sessions\n  picture: The name VSC",
        "- press: Save",
        "- see: VSC",
        proves=[
            "- file: ~/.putty/sessions/VSC\n  has: UserName=vsc98765",
            "- file: ~/.putty/sessions/VSC\n  has: AgentFwd=1",
            "- file: ~/.putty/sessions/VSC\n  has: TryAgent=0",
            "- file: ~/.putty/sessions/VSC\n  has: CloseOnExit=0",
            "- file: ~/.putty/sessions/VSC\n  has: BugWinadj=2",
            "- file: ~/.putty/sessions/VSC\n  lacks: id_rsa_vsc",
        ],
    )
    (picture,) = desktop.pictures.values()
    assert base64.b64decode(picture).startswith(b"\x89PNG")


def test_what_is_so_already_fails(desktop: Desktop) -> None:
    do(desktop, "- select: Connection > SSH > Auth")
    with pytest.raises(Failure, match="is not ticked already"):
        do(desktop, "- untick: Attempt TIS or CryptoCard auth (SSH-1)")
    with pytest.raises(Failure, match="is ticked already"):
        do(desktop, "- tick: Display pre-authentication banner (SSH-2 only)")
    with pytest.raises(Failure, match="is not ticked"):
        do(desktop, "- ticked: Bypass authentication entirely (SSH-2 only)")


def test_what_is_typed_comes_in_place_of_what_the_step_names_and_of_nothing_else(desktop: Desktop) -> None:
    do(desktop, "- select: Connection > Data")
    with pytest.raises(Failure, match="in “Terminal-type string” stands “xterm”, which nothing is typed over"):
        do(desktop, "- type: vt100\n  into: Terminal-type string")
    with pytest.raises(Failure, match="in “Terminal-type string” stands “xterm”, not “vt100”"):
        do(desktop, "- type: linux\n  into: Terminal-type string\n  over: vt100")
    do(desktop, "- type: linux\n  into: Terminal-type string\n  over: xterm", "- see: linux")
    do(desktop, "- type: xterm\n  into: Terminal-type string\n  over: linux")


def test_of_several_buttons_called_so_the_one_beside_the_box_is_pressed(desktop: Desktop) -> None:
    page = "- select: Connection > SSH > Auth > Credentials"
    with pytest.raises(Failure, match=r"more than one button is called “Browse\.\.\.”"):
        do(desktop, page, "- press: Browse...")
    key = "Private key file for authentication:"
    with pytest.raises(Failure, match=r"no button beside .* is called “Browse”; the nearest is “Browse\.\.\.”"):
        do(desktop, page, f"- press: Browse\n  beside: '{key}'")
    do(desktop, page, f"- press: Browse...\n  beside: '{key}'", "- see: Select private key file", "- press: Cancel")
