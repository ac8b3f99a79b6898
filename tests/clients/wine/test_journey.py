"""The way of a reader at a Windows computer in early 2024: a key, a session, a login by the link, and the agent."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

import pytest

from mfa_guide.kinds.walkthrough.steps import parse_walkthrough
from mfa_guide.kinds.walkthrough.walker import Browser
from tests.support.windows import add_key, do

if TYPE_CHECKING:
    from mfa_guide.kinds.walkthrough.walker import WineDesktop
    from mfa_guide.practice.lab import Lab

pytestmark = [pytest.mark.windows, pytest.mark.xdist_group("windows")]

LINK = "https://firewall.vscentrum.be/8dK2nWq7VbTz4pLmXhR"
SESSION = r"HKCU\Software\SimonTatham\PuTTY\Sessions\VSC"
KEY_FILE = r"C:\users\reader\Documents\id_rsa_vsc.ppk"


def test_puttygen_makes_a_key_and_saves_both_halves(desktop: WineDesktop) -> None:
    do(
        desktop,
        "- start: puttygen",
        "- choose: RSA\n  in: 'Type of key to generate:'",
        "- type: '2056'\n  into: 'Number of bits in a generated key:'\n  over: '2048'",
        "- press: Generate",
        "- move: 'Key fingerprint:'\n  picture: The finished key",
        f"- type: vsc\n  into: 'Key comment:'\n  over: rsa-key-{time.strftime('%Y%m%d')}",
        "- type: correct horse battery\n  into: 'Key passphrase:'",
        "- type: correct horse battery\n  into: 'Confirm passphrase:'",
        "- press: Save private key",
        "- type: id_rsa_vsc.ppk\n  into: 'File name:'",
        "- press: Save",
        "- press: Save public key",
        "- type: id_rsa_vsc.pub\n  into: 'File name:'",
        "- press: Save",
        "- press: File > Exit",
        "- closes: PuTTY Key Generator",
        window="puttygen",
        proves=[
            "- file: ~/Documents/id_rsa_vsc.ppk\n  has: 'Comment: vsc'",
            "- file: ~/Documents/id_rsa_vsc.ppk\n  has: 'Encryption: aes256-cbc'",
            "- file: ~/Documents/id_rsa_vsc.pub\n  has: '---- BEGIN SSH2 PUBLIC KEY ----'",
        ],
    )
    assert desktop.pictures


def test_putty_saves_a_session_with_the_key_file_that_was_chosen(desktop: WineDesktop) -> None:
    do(
        desktop,
        "- start: putty",
        "- type: login.hpc.kuleuven.be\n  into: Host Name (or IP address)",
        "- select: Connection > Data",
        "- type: vsc98765\n  into: Auto-login username",
        "- select: Connection > SSH > Auth > Credentials",
        "- press: Browse...\n  beside: 'Private key file for authentication:'",
        "- select: id_rsa_vsc.ppk",
        "- press: Open",
        f"- see: {KEY_FILE}",
        "- select: Session",
        "- type: VSC\n  into: Saved Sessions",
        "- press: Save",
        "- see: VSC",
        proves=[
            f"- registry: {SESSION}\n  has: HostName=login.hpc.kuleuven.be",
            f"- registry: {SESSION}\n  has: UserName=vsc98765",
            f"- registry: {SESSION}\n  has: PortNumber=22",
            f"- registry: {SESSION}\n  has: PublicKeyFile={KEY_FILE}",
            f"- registry: {SESSION}\n  lacks: id_rsa_vsc.pub",
        ],
    )


def test_the_public_half_is_uploaded_by_the_browser(lab: Lab, desktop: WineDesktop) -> None:
    steps = """\
window: browser
steps:
  - open: https://account.vscentrum.be/
  - choose: KU Leuven Association
    in: Home organization
  - press: Confirm
  - press: The owner of vsc98765
  - upload: ~/Documents/id_rsa_vsc.pub
    into: Public key file
  - press: Upload extra public key
  - press: Update
  - see: "Your key was added: SHA256:Zb8H3uRkfW1xq0TnLJdYv5sPmCeA7oGiN2tBhQwUy4M"
"""
    with contextlib.closing(Browser(desktop)) as browser:
        browser.carry_out(parse_walkthrough(steps), {}, link=None)


def test_the_link_is_copied_by_dragging_and_lets_in(lab: Lab, desktop: WineDesktop) -> None:
    do(
        desktop,
        "- press: Open",
        "- see: ssh-ed25519 255 SHA256:p4Xo9GdKv2LmT6wYzR1cNfBhU8sJqE3iA5tVnWkQe0D",
        "- copy-all: ssh-ed25519 255 SHA256:p4Xo9GdKv2LmT6wYzR1cNfBhU8sJqE3iA5tVnWkQe0D\n  picture: The question",
        "- press: Accept",
        "- see: 'Passphrase for key \"vsc\":'",
        "- type: correct horse battery",
        f"- see: '| Please open {LINK} to complete log'",
        f"- copy: {LINK}\n  picture: The link",
        f"- double-click: {LINK}\n  copies: //firewall.vscentrum.be/…",
        f"- copy: {LINK}",
    )
    lab.approve(str(desktop.link))
    do(desktop, "- see: $", "- type: hostname", "- see: login.hpc.kuleuven.be")


def test_the_right_button_pastes(desktop: WineDesktop) -> None:
    do(desktop, "- copy: login.hpc.kuleuven.be", "- right-click: $", "- see: $ login.hpc.kuleuven.be", "- keys: Enter")


def test_all_of_the_terminal_is_copied_by_its_menu_and_pasted_elsewhere(desktop: WineDesktop) -> None:
    do(desktop, "- window-menu: Copy All to Clipboard")
    do(desktop, "- start: notepad", "- keys: Ctrl+V", "- see: $ hostname", window="notepad")
    do(desktop, "- press: File > Exit", "- press: 'No'", window="notepad")


def test_the_window_has_a_menu_and_a_cross(desktop: WineDesktop) -> None:
    do(desktop, "- window-menu: Event Log", "- see: PuTTY Event Log", "- close: PuTTY Event Log")
    do(desktop, "- closes: PuTTY Event Log", "- type: exit", "- closes: login.hpc.kuleuven.be - PuTTY")


def test_pageant_takes_the_key_by_its_sign_beside_the_clock(desktop: WineDesktop) -> None:
    add_key(
        desktop,
        "- see: Enter passphrase to load key",
        "- type: correct horse battery\n  into: vsc",
        "- press: OK",
        "- closes: 'Pageant: Loading Encrypted Key'",
        "- sign: View Keys",
        "- see: RSA 2056 SHA256:Zb8H3uRkfW1xq0TnLJdYv5sPmCeA7oGiN2tBhQwUy4M vsc\n  picture: The list of keys",
        "- press: Close",
    )


def test_a_session_is_one_click_away_in_pageants_menu_and_needs_no_passphrase(lab: Lab, desktop: WineDesktop) -> None:
    do(desktop, "- sign: Saved Sessions > VSC", window="pageant")
    do(
        desktop,
        '- see: Authenticating with public key "vsc" from agent',
        f"- copy: {LINK}",
    )
    lab.approve(str(desktop.link))
    do(desktop, "- see: $", "- type: exit", "- closes: login.hpc.kuleuven.be - PuTTY")
    do(desktop, "- sign: Exit", window="pageant")
