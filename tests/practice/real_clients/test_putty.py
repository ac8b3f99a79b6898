"""PuTTY's programs against the gateway: plink, psftp, pscp and Pageant, with the key as .ppk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pexpect
import pytest

from mfa_guide.clients import suites
from tests.support import POLICY_2024
from tests.support.readers import ACCOUNT, HOSTS, at, how_logged_in
from tests.support.terminals import shown

if TYPE_CHECKING:
    from mfa_guide.practice.lab import Lab
    from tests.support.readers import Reader

RULES = POLICY_2024
"""Those of early 2024: a key is the first of two factors."""


@pytest.fixture(scope="module")
def host_key(home: Reader) -> str:
    """The fingerprint by which the gateway is known, as PuTTY's option -hostkey takes it; the key is there as .ppk."""
    home.bash("puttygen ~/.ssh/id_rsa_vsc -O private -o key.ppk")
    shown = home.bash(f"ssh-keygen -l -f ~/.ssh/known_hosts -F {HOSTS['login']}")
    match = re.search(r"ED25519 (SHA256:\S+)", shown)
    assert match
    return match[1]


def test_plink_at_a_terminal(home: Reader, host_key: str) -> None:
    plink = home.spawn("plink", "-i", "key.ppk", at("login"))
    plink.expect_exact(f"ssh-ed25519 255 {host_key}\r\n")
    plink.expect_exact("Store key in cache? (y/n, Return cancels connection, i for more info) ")
    plink.sendline("y")
    plink.expect_exact("Further authentication required\r")
    plink.expect(r"-- Keyboard-interactive authentication prompts from server: -+\s+")
    plink.expect(r"\| Logging in as vsc98765 from \[2001:db8:b::22\]:\d+\.\s+")
    # PuTTY breaks lines at 80 columns, and the link of 19 letters and digits is whole on its line.
    plink.expect(r"\| Please open (\S+) to complete log\s+> on\.\r\n")
    home.approve(shown(plink)[1])
    plink.expect(r"-- End of keyboard-interactive prompts from server -+\s+")
    plink.expect_exact("Access granted. Press Return to begin session. ")
    plink.sendline("")
    plink.expect_exact("\r\n$ ")
    plink.sendline("hostname")
    plink.expect_exact(f"{HOSTS['login']}\r\n$ ")
    plink.sendline("exit")
    plink.expect(pexpect.EOF)
    assert plink.wait() == 0


def test_pageant_holds_a_certificate_that_plink_gets_with_agent_forwarding(
    lab: Lab, home: Reader, host_key: str
) -> None:
    """It refuses lifetimes, so that it is given the certificate without one; OpenSSH's ssh can use it too."""
    plink = f"plink -batch -hostkey {host_key}"
    script = f"""
        {plink} -A {at("firewall")}; echo $?; ssh-add -l
        {plink} {at("login")} hostname; {plink} {at("nx")} nxserver
        {plink} {at("firewall")} || echo asked
        ssh -o BatchMode=yes {at("login-tier1")} hostname
        {plink} -A {at("login")} ssh-add -l
    """
    pageant = home.start("pageant", "key.ppk", "--exec", "bash", "-c", script)
    first = pageant.link()
    home.approve(first)
    pageant.wait_for("NXSERVER")
    assert how_logged_in(lab) == "certificate"
    lab.approve(pageant.link(after=first), deny=True)
    said = [re.sub(r"SHA256:\S+ ", "", line) for line in pageant.finish().out.splitlines()]
    # Pageant lists what it holds in an order of its own.
    assert sorted(said[2:4]) == sorted(said[8:]) == ["2048 ssh-proxy-tier2 (RSA-CERT)", "4096 PRACTICE (RSA)"]
    assert said[0].startswith("Your agent holds a certificate now.")
    assert said[1] == "0"
    assert said[4:8] == [HOSTS["login"], "HELLO NXSERVER - PRACTICE", "asked", HOSTS["login-tier1"]]


def test_plink_without_agent_forwarding_brings_no_certificate(home: Reader, host_key: str) -> None:
    script = f"plink -batch -hostkey {host_key} {at('login')} hostname; ssh-add -l | wc -l"
    pageant = home.start("pageant", "key.ppk", "--exec", "bash", "-c", script)
    home.approve(pageant.link())
    assert pageant.finish().out == f"{HOSTS['login']}\n1\n"


def test_psftp_and_pscp(home: Reader, host_key: str) -> None:
    """Both show the link, and carry files of every byte there and back."""
    data = bytes(range(256)) * 999
    home.write("there", data)
    words = ("-hostkey", host_key, "-i", "key.ppk")
    for command in (
        ["pscp", *words, "there", f"{at('login')}:by-pscp"],
        ["pscp", *words, "-scp", f"{at('login')}:by-pscp", "back-1"],
        ["pscp", *words, "-sftp", f"{at('login')}:by-pscp", "back-2"],
    ):
        copy = home.start(*command)
        home.approve(copy.link())
        done = copy.finish()
        assert done.status == 0, done
    home.write("batch", b"put there by-psftp\nget by-psftp back-3\nls\n")
    copy = home.start("psftp", *words, "-b", "batch", at("login"))
    home.approve(copy.link())
    done = copy.finish()
    assert done.status == 0, done
    assert "by-pscp" in done.out
    for number in (1, 2, 3):
        assert home.read(f"back-{number}") == data


def test_a_key_that_is_nobodys(home: Reader, host_key: str) -> None:
    home.bash("rm -f other.ppk; puttygen -t rsa -b 2048 -o other.ppk --new-passphrase /dev/null -q")
    done = home.run("plink", "-batch", "-hostkey", host_key, "-i", "other.ppk", f"{ACCOUNT}@{HOSTS['login']}", "true")
    assert "Server refused our key" in done.err
    assert "No supported authentication methods available (server sent: publickey)" in done.err


@pytest.mark.parametrize(("old", "holds"), [(True, 1), (False, 2)])
def test_pageant_from_before_certificates_cannot_take_one(home: Reader, host_key: str, old: bool, holds: int) -> None:
    pageant = str(suites.named("bullseye").program("pageant")) if old else "pageant"
    home.bash("puttygen ~/.ssh/id_rsa_vsc -O private --ppk-param version=2 -o key-2.ppk")
    script = f"plink -batch -hostkey {host_key} -A {at('firewall')}; pageant -l"
    holder = home.start(pageant, "key-2.ppk", "--exec", "bash", "-c", script)
    home.approve(holder.link())
    said, *held = holder.finish().out.splitlines()
    assert said.startswith("Your agent has not taken" if old else "Your agent holds a certificate now")
    assert len(held) == holds
    assert any("cert" in line for line in held) is not old
