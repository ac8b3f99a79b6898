"""FileZilla's real windows: a label that changed is named, no proof holds by itself, and one login is enough."""

from __future__ import annotations

import contextlib
import subprocess
from typing import TYPE_CHECKING

import pytest

from mfa_guide.expecting.failure import Failure
from mfa_guide.kinds.walkthrough import proofs
from mfa_guide.kinds.walkthrough.steps import parse_walkthrough
from mfa_guide.kinds.walkthrough.walker import Desktop
from mfa_guide.practice.lab import Lab
from tests.support import POLICY, PROJECT, windows
from tests.support.machines import Impatient
from tests.support.readers import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.kinds.walkthrough.steps import Proof

FOLDERS = [folder / "snippets" / "filezilla" for folder in (PROJECT, PROJECT / "editions" / "2024")]
FIREWALL_PAGE = "https://firewall.vscentrum.be/"


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab.start(POLICY, managed=True) as lab:
        yield lab


@pytest.fixture
def impatient() -> Iterator[Desktop]:
    with Lab.start(POLICY) as lab, contextlib.closing(Desktop(Impatient(lab.machine("home")))) as desktop:
        do(desktop, "- start: filezilla", "- press: OK", "- closes: Welcome to FileZilla")
        yield desktop


def do(desktop: Desktop, *steps: str) -> None:
    windows.do(desktop, *steps, window="filezilla")


def fails(desktop: Desktop, *steps: str) -> str:
    with pytest.raises(Failure) as failure:
        do(desktop, *steps)
    return failure.value.message


def test_a_label_that_changed_fails_with_the_nearest_that_is_there(impatient: Desktop) -> None:
    assert fails(impatient, "- press: File > Site Manager") == (
        "no item of “File” is called “Site Manager”; the nearest is “Site Manager...”"
    )
    do(impatient, "- press: File > Site Manager...")
    assert fails(impatient, "- press: Connect") == "“Connect” cannot be pressed", "there is no site yet"
    do(impatient, "- press: New site")
    for step, says in {
        "- press: New Site": "no button is called “New Site”; the nearest is “New site”",
        "- choose: SFTP\n  in: 'Protocol:'": "no option “SFTP”; the nearest is “SFTP - SSH File Transfer Protocol”",
        "- choose: Interactive\n  in: 'Login Type:'": "nothing is called “Login Type:”; the nearest is “Logon Type:”",
        "- select: VSC\n  in: 'Select an entry:'": "called “Select an entry:”; the nearest is “Select entry:”",
        "- select: VSC\n  in: 'Logon Type:'": "no list is below “Logon Type:”",
        "- type: vsc98765\n  into: 'Account:'": "nothing is called “Account:”; the nearest is “Comments:”",
    }.items():
        assert says in fails(impatient, step)


def proofs_of_the_pages() -> list[tuple[str, Proof]]:
    """Return those of all editions."""
    return [
        (file.relative_to(PROJECT).as_posix(), proof)
        for folder in FOLDERS
        for file in sorted(folder.glob("*.yml"))
        for proof in parse_walkthrough(file.read_text(encoding="utf-8")).proves
    ]


def test_no_proof_holds_when_the_steps_were_done_otherwise(impatient: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    do(
        impatient,
        "- press: File > Site Manager...",
        "- press: New site",
        "- type: Elsewhere\n  into: New site\n  over: New site",
        "- keys: Enter",
        "- type: login.example.org\n  into: 'Host:'",
        "- choose: Ask for password\n  in: 'Logon Type:'",
        "- type: vsc98766\n  into: 'User:'",
        "- press: OK",
        "- see: Would you like FileZilla to remember passwords?",
        "- press: OK",
        "- press: File > Exit",
    )
    subprocess.run(impatient.argv(["sh", "-c", "echo hello from elsewhere > answer.txt"]), check=True)
    first = '- file: ~/.config/filezilla/sitemanager.xml\n  has: "\\t\\t\\t<Name>Elsewhere</Name>"'
    proofs.prove(
        impatient, parse_walkthrough(f"window: filezilla\nsteps:\n- start: filezilla\nproves:\n{first}").proves
    )
    monkeypatch.setattr(proofs, "_WRITTEN_WITHIN", 0)
    assert len(proofs_of_the_pages()) >= 9
    for name, proof in proofs_of_the_pages():
        with pytest.raises(Failure, match="has no line"):
            proofs.prove(impatient, [proof])
            pytest.fail(f"{name}:{proof.line} holds all the same")


def test_it_shows_no_link_and_copies_through_the_one_connection_that_was_answered(lab: Lab) -> None:
    prepare = (
        "mfa-guide profile filezilla --user vsc98765 --out VSC-profile.xml &&"
        "mkdir results && for each in one two three; do echo $each > results/$each.txt; done"
    )
    with contextlib.closing(Desktop(lab.machine("home"))) as desktop:
        subprocess.run(desktop.argv(["bash", "-c", prepare]), check=True)
        do(
            desktop,
            "- start: filezilla",
            "- press: OK",
            "- closes: Welcome to FileZilla",
            "- press: File > Import...",
            "- select: VSC-profile.xml",
            "- press: Open",
            "- press: OK",
            "- see: The selected categories have been imported.",
            "- press: OK",
            "- press: File > Site Manager...",
            "- select: VSC-profile\n  in: 'Select entry:'",
            "- press: Connect",
            "- see: Trust this host and carry on connecting?",
            "- press: OK",
        )
        wait_until(lambda: lab.events()[-1][0] == "link shown")
        # A step that fails at once, and tells all that the windows show.
        with pytest.raises(Failure, match="“Host:” has no option “none”") as failure:
            do(desktop, "- choose: none\n  in: 'Host:'")
        assert "Connecting to login.hpc.kuleuven.be" in failure.value.detail
        assert "https:" not in failure.value.detail
        subprocess.run(desktop.argv(["mfa-guide", "practice", "approve", FIREWALL_PAGE]), check=True)
        do(
            desktop,
            "- see: 'Status: Directory listing of \"/\" successful'",
            "- select: results\n  in: 'Local site:'",
            "- keys: Enter",
            "- see: /home/reader/results/",
            "- select: one.txt\n  in: 'Local site:'",
            "- keys: Ctrl+A",
            "- keys: Enter",
            "- see: 'Status: Starting upload of /home/reader/results/three.txt'",
            "- see: 'Status: Starting upload of /home/reader/results/two.txt'",
        )
    logins = [details["by"] for event, details in lab.events() if event == "logged in"]
    assert logins == ["browser"], "it made another connection, and asked again"
