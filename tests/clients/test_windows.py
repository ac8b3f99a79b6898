"""The windows of the reader's machine: PuTTY's real configuration window, on a desktop of its own."""

from __future__ import annotations

import base64
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import CannotRunError
from mfa_guide.expecting.failure import Failure
from mfa_guide.kinds.walkthrough import proofs
from mfa_guide.kinds.walkthrough.steps import parse_walkthrough
from mfa_guide.kinds.walkthrough.walker import OPEN_DESKTOP, Desktop
from mfa_guide.practice.lab import Lab
from tests.support import POLICY
from tests.support.machines import Impatient, LocalMachine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mfa_guide.clients.machine import Machine


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    # PuTTY looks up the home in /etc/passwd: only a machine of the lab has another than this computer's user.
    with Lab.start(POLICY) as lab:
        yield lab.machine("home", new=True)


@pytest.fixture(scope="module")
def desktop(machine: Machine) -> Iterator[Desktop]:
    with contextlib.closing(Desktop(Impatient(machine))) as desktop:
        do(desktop, "- start: putty")
        yield desktop


def do(desktop: Desktop, *steps: str, proves: Sequence[str] = ()) -> None:
    walkthrough = parse_walkthrough("\n".join(["window: putty", "steps:", *steps, "proves:", *proves]))
    desktop.carry_out(walkthrough, {}, link=None)
    proofs.prove(desktop, walkthrough.proves)


def test_does_every_kind_of_step_and_the_session_is_saved(desktop: Desktop) -> None:
    do(
        desktop,
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


def test_a_picture_shows_what_was_done(desktop: Desktop) -> None:
    pictures = []
    for label in ("Bypass authentication entirely (SSH-2 only)", "Disconnect if authentication succeeds trivially"):
        steps = [f"- {verb}: {label}\n  picture: The box" for verb in ("tick", "ticked", "untick")]
        do(desktop, "- select: Session", "- select: Connection > SSH > Auth", *steps)
        pictures += [*desktop.pictures.values()]
    # A box looks as long as it is ticked, and no longer; which one is meant shows, too.
    assert pictures[0] == pictures[1]
    assert pictures[3] == pictures[4]
    assert len(set(pictures)) == 4


def test_there_is_no_picture_of_what_does_not_show(desktop: Desktop) -> None:
    do(desktop, "- select: Session")
    for unchanged_or_scrolled_away in ("Session", "Connection > SSH > Auth > Credentials"):
        with pytest.raises(Failure, match="nothing has changed in it: no picture of that"):
            do(desktop, f"- select: {unchanged_or_scrolled_away}\n  picture: A page")


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


def test_what_is_so_already_fails(desktop: Desktop) -> None:
    do(desktop, "- select: Connection > SSH > Auth")
    with pytest.raises(Failure, match="is not ticked already"):
        do(desktop, "- untick: Attempt TIS or CryptoCard auth (SSH-1)")
    with pytest.raises(Failure, match="is ticked already"):
        do(desktop, "- tick: Display pre-authentication banner (SSH-2 only)")
    with pytest.raises(Failure, match="is not ticked"):
        do(desktop, "- ticked: Bypass authentication entirely (SSH-2 only)")


@pytest.mark.parametrize(
    ("proof", "says"),
    [
        ("- file: ~/notes\n  has: AgentFwd=1", "has no line “AgentFwd=1”; the nearest is “AgentFwd=0”"),
        ("- file: ~/notes\n  lacks: Agent", "has the line “AgentFwd=0”"),
        ("- file: ~/none\n  lacks: Agent", "~/none cannot be read"),
        ("- file: ~/notes", "says what the file `has`, or what it `lacks`"),
        ("- file: /etc/passwd\n  has: root", "`file`"),
    ],
)
def test_a_proof_that_does_not_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proof: str, says: str) -> None:
    monkeypatch.setattr(proofs, "_WRITTEN_WITHIN", 0)
    (tmp_path / "notes").write_text("AgentFwd=0\n")
    with pytest.raises(Failure, match=says) as failure:
        text = f"window: putty\nsteps:\n- start: putty\nproves:\n{proof}"
        proofs.prove(LocalMachine(tmp_path), parse_walkthrough(text).proves)
    assert failure.value.line == 5


@dataclass(frozen=True)
class Closing:
    """A machine where what is to be pressed has gone when somebody does so."""

    machine: Machine

    def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
        start, _ = OPEN_DESKTOP.split("from ", 1)
        program = f"""{start}
from gi.repository import GLib
from mfa_guide.clients import windows
def act(self): raise GLib.Error("The application no longer exists")
windows.Control.act = act
windows.main()"""
        return self.machine.argv([program if word == OPEN_DESKTOP else word for word in command], tty=tty)


def test_a_window_that_closes_between_look_and_act_ends_the_step_and_nothing_else(machine: Machine) -> None:
    with contextlib.closing(Desktop(Closing(machine))) as desktop:
        do(desktop, "- start: putty")
        with pytest.raises(Failure, match=r"the window closes \(The application no longer exists\)"):
            do(desktop, "- choose: Never\n  in: 'Close window on exit:'")
        do(desktop, "- see: Specify the destination you want to connect to")


def test_no_desktop_is_one_clear_line(tmp_path: Path) -> None:
    class Bare(LocalMachine):
        def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
            return ["env", "PATH=/nowhere", *command]

    with pytest.raises(CannotRunError, match="the desktop of the reader's machine has ended: Xvfb is not installed"):
        Desktop(Bare(tmp_path))


@pytest.mark.parametrize(
    ("screen", "says"),
    [
        ("echo no memory >&2; exit 1", "Xvfb does not start: no memory"),
        ("exec sleep 1000", "Xvfb does not answer: silent for 0.5 s"),
    ],
)
def test_a_screen_that_does_not_start_is_one_clear_line(tmp_path: Path, screen: str, says: str) -> None:
    program = tmp_path / "Xvfb"
    program.write_text(f"#!/bin/sh\n{screen}\n")
    program.chmod(0o755)

    class WithoutScreen(LocalMachine):
        def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
            start, main = OPEN_DESKTOP.split("from ", 1)
            hurried = f"{start}from mfa_guide.clients import desktop; desktop.STARTS_WITHIN = 0.5; from {main}"
            words = [hurried if word == OPEN_DESKTOP else word for word in command]
            return super().argv(["env", f"PATH={tmp_path}:/usr/bin:/bin", *words], tty=tty)

    with pytest.raises(CannotRunError, match=f"^the desktop of the reader's machine has ended: {says}$"):
        Desktop(WithoutScreen(tmp_path))
