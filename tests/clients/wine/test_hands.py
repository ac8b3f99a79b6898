"""The hand in the real windows of PuTTY, PuTTYgen and Pageant for Windows: what it needs is there, or it fails."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import CannotRunError
from mfa_guide.clients import versions
from mfa_guide.clients.machine import ask
from mfa_guide.expecting.failure import Failure
from mfa_guide.kinds.walkthrough import proofs
from mfa_guide.kinds.walkthrough.walker import WineDesktop
from tests.support.windows import do

if TYPE_CHECKING:
    from mfa_guide.practice.lab import Lab

pytestmark = [pytest.mark.windows, pytest.mark.xdist_group("windows")]

SESSION = r"HKCU\Software\SimonTatham\PuTTY\Sessions\VSC"


@pytest.fixture(scope="module", autouse=True)
def _putty(impatient: WineDesktop) -> None:
    do(impatient, "- start: putty")


def test_every_kind_of_step_has_its_effect(impatient: WineDesktop) -> None:
    do(
        impatient,
        "- select: Session",
        "- choose: Never\n  in: 'Close window on exit:'",
        "- select: Connection > Data",
        "- type: linux\n  into: Terminal-type string\n  over: xterm",
        "- type: VSC98765\n  into: Auto-login username",
        "- select: Connection > SSH > Auth",
        "- ticked: Attempt authentication using Pageant",
        "- tick: Allow agent forwarding",
        "- untick: Attempt authentication using Pageant\n  picture: The box",
        "- select: Connection > SSH > Auth > Credentials",
        "- type: a b|c.ppk\n  into: 'Private key file for authentication:'",
        "- clear: 'Private key file for authentication:'",
        "- select: Connection > SSH > Bugs",
        "- choose: 'On'\n  in: Chokes on PuTTY's SSH-2 'winadj' requests",
        "- select: Session",
        "- type: VSC\n  into: Saved Sessions",
        "- press: Save",
        "- see: VSC",
        proves=[
            f"- registry: {SESSION}\n  {says}"
            for says in (
                "has: UserName=VSC98765",
                "has: TerminalType=linux",
                "has: AgentFwd=1",
                "has: TryAgent=0",
                "has: CloseOnExit=0",
                "has: BugWinadj=2",
                "has: PublicKeyFile=",
                "lacks: c.ppk",
            )
        ],
    )
    assert impatient.pictures


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("- press: Save session", "no button is called “Save session”; the nearest is “Save”"),
        ("- press: save", "no button is called “save”; the nearest is “Save”"),
        ("- copy-all: SHA256", "no box shows “SHA256”"),
        ("- tick: Allow agent forwarding", "no check box is called “Allow agent forwarding”"),
        ("- select: Sessions", "no item is called “Sessions”; the nearest is “Session”"),
        ("- select: Connection > Auth", "no item is at “Connection > Auth”; the nearest is “Connection > SSH > Auth”"),
        ("- type: a\n  into: Hostname", "nothing is called “Hostname”; the nearest is “Host Name"),
        ("- type: '23'\n  into: Port", "in “Port” stands “22”, which nothing is typed over"),
        ("- type: '23'\n  into: Port\n  over: '2222'", "in “Port” stands “22”, not “2222”"),
        ("- type: a\n  into: 'Category:'", "nobody can type into “Category:”"),
        ("- choose: SSH2\n  in: 'Connection type:'", "no option “SSH2”; the nearest is “SSH”"),
        ("- see: Host Name (or address)", "no window shows .*; the nearest is “Host Name .or IP address.”"),
        ("- copy: https://firewall.vscentrum.be/8dK2nWq7VbTz4pLmXhR", "no window of putty has a terminal"),
        ("- close: PuTTY", "no window is called “PuTTY”; the nearest is “PuTTY Configuration”"),
        ("- closes: PuTTY Configuration", "“PuTTY Configuration” is still open"),
        ("- window-menu: Event log", "no item of the menu is called “Event log”; the nearest is"),
        ("- sign: Add Key", "beside the clock there is no sign of putty"),
        ("- press: File > Quit", "no menu is called “File”"),
    ],
)  # fmt: skip
def test_what_is_not_there_fails_with_the_nearest(impatient: WineDesktop, step: str, says: str) -> None:
    do(impatient, "- select: Session")
    with pytest.raises(Failure, match=says) as failure:
        do(impatient, "- select: Session", step)
    assert failure.value.line == 4
    assert "Specify the destination you want to connect to" in failure.value.detail


def test_of_two_buttons_the_one_beside_the_box_is_pressed(impatient: WineDesktop) -> None:
    page = "- select: Connection > SSH > Auth > Credentials"
    with pytest.raises(Failure, match=r"more than one button is called “Browse\.\.\.”"):
        do(impatient, page, "- press: Browse...")
    key = "- press: Browse...\n  beside: 'Private key file for authentication:'"
    do(impatient, page, key, "- see: Select private key file", "- press: Cancel", "- select: Session")


def test_an_item_of_a_menu_is_pressed_and_one_that_cannot_be_is_told(impatient: WineDesktop) -> None:
    do(impatient, "- start: puttygen", "- press: Key > SSH-2 DSA key", window="puttygen")
    with pytest.raises(Failure, match="no item of “File” is called “Save key”; the nearest is “Save public key”"):
        do(impatient, "- press: File > Save key", window="puttygen")
    with pytest.raises(Failure, match="“Save public key” cannot be pressed"):
        do(impatient, "- press: Save public key", window="puttygen")
    do(impatient, "- press: Help > About", "- see: About PuTTYgen", "- press: Close", window="puttygen")
    do(impatient, "- close: PuTTY Key Generator", "- closes: PuTTY Key Generator", window="puttygen")


def test_a_wrong_item_in_the_menu_of_the_sign_leaves_no_menu_open(impatient: WineDesktop) -> None:
    do(impatient, "- start: pageant", window="pageant")
    with pytest.raises(Failure, match="no item of the menu is called “Add key”; the nearest is “Add Key”"):
        do(impatient, "- sign: Add key", window="pageant")
    do(impatient, "- sign: About", "- see: About Pageant", "- press: Close", window="pageant")
    do(impatient, "- start: pageant", "- see: Pageant is already running", "- press: OK", window="pageant")
    do(impatient, "- sign: Exit", window="pageant")


@pytest.mark.parametrize(
    ("proof", "says"),
    [
        (f"- registry: {SESSION}\n  has: HostName=b", "has no line “HostName=b”; the nearest is “HostName=”"),
        (f"- registry: {SESSION}\n  lacks: VSC98765", "has the line “UserName=VSC98765”"),
        (f"- registry: {SESSION}2\n  lacks: a", "VSC2 cannot be read: reg: Unable to find"),
    ],
)
def test_a_proof_that_does_not_hold(
    impatient: WineDesktop, monkeypatch: pytest.MonkeyPatch, proof: str, says: str
) -> None:
    monkeypatch.setattr(proofs, "_WRITTEN_WITHIN", 0)
    with pytest.raises(Failure, match=says):
        do(impatient, "- select: Session", proves=[proof])


def test_nothing_of_wine_is_left_when_the_desktop_is_closed(lab: Lab) -> None:
    machine = lab.machine("abroad", new=True)
    with contextlib.closing(WineDesktop(machine, "sid")) as desktop:
        assert str(versions.putty_for_windows(desktop)) == "PuTTY 0.85 for Windows, under Wine"
        do(desktop, "- start: putty")
        assert "wineserver" in ask(machine, ["ps", "-e", "-o", "args"]).stdout
    left = ask(machine, ["ps", "-e", "-o", "args"]).stdout
    assert not [line for line in left.splitlines() if "wine" in line or ".exe" in line or "Xvfb" in line]


def test_a_release_that_there_is_not_is_one_clear_line(lab: Lab) -> None:
    with pytest.raises(CannotRunError, match=r"^there is no PuTTY for Windows of Debian buzz: choose bookworm"):
        WineDesktop(lab.machine("campus", new=True), "buzz")


def test_a_machine_has_one_windows_computer(lab: Lab, impatient: WineDesktop) -> None:
    with pytest.raises(CannotRunError, match=r"^there is a Windows computer in /home/reader already"):
        WineDesktop(lab.machine("home", new=True), "sid")
