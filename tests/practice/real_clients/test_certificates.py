"""Certificates: what brings one and what does not, what is in it, where it serves, and when it ends."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

import pexpect
import pytest

from tests.support import POLICY_2024
from tests.support.readers import ACCOUNT, HOSTS, KEY, Reader, at, how_logged_in
from tests.support.terminals import shown

if TYPE_CHECKING:
    from mfa_guide.practice.lab import Lab

RULES = POLICY_2024
"""Those of early 2024: a key is the first of two factors."""
ASKED = "Permission denied (publickey,keyboard-interactive).\r\n"
GIVEN = "Your agent holds a certificate now. It ends after 16 hours, or with the agent.\n"


@pytest.fixture
def holder(home: Reader) -> Reader:
    """Somebody whose agent holds the key and a certificate."""
    return home.with_certificate()


# -- what brings one ---------------------------------------------------------------------------------------------------


def test_what_is_in_a_certificate(holder: Reader) -> None:
    text = holder.bash("ssh-add -L | grep -e -cert- | ssh-keygen -L -f -")
    assert "Type: ssh-rsa-cert-v01@openssh.com user certificate" in text
    assert re.search(rf"Key ID: \"{ACCOUNT} [-0-9T:]+Z\"", text)
    assert re.search(rf"Principals: \n +{ACCOUNT}\n +Critical Options: \(none\)\n", text), "no address, one principal"
    times = re.search(r"Valid: from (\S+) to (\S+)", text)
    assert times
    begin, end = map(datetime.fromisoformat, times.groups())
    assert (end - begin).total_seconds() == 16 * 3600 + 300
    assert text.split("Extensions: \n")[1].split() == [
        *("permit-X11-forwarding", "permit-agent-forwarding", "permit-port-forwarding", "permit-pty", "permit-user-rc")
    ]
    lines = holder.bash("ssh-add -l").splitlines()
    assert re.fullmatch(r"4096 SHA256:\S{43} PRACTICE \(RSA\)", lines[0])
    assert re.fullmatch(r"2048 SHA256:\S{43} ssh-proxy-tier2 \(RSA-CERT\)", lines[1])
    assert len(lines) == 2, "the bare key of the certificate came along"


@pytest.mark.parametrize("role", ["login", "login-tier1", "nx", "firewall"])
def test_every_role_puts_one_into_a_forwarded_agent(home: Reader, role: str) -> None:
    reader = home.with_agent()
    reader.log_in(role, "nxserver", options=["-A"]).finish()
    assert len(reader.certificates()) == 1


def test_the_agent_gets_it_with_a_terminal_too(home: Reader) -> None:
    reader = home.with_agent()
    session = reader.spawn("ssh", "-A", at("login"))
    session.expect(r"Please open (\S+) to complete")
    reader.approve(shown(session)[1])
    session.expect_exact("\r\n$ ")
    session.sendline("ssh-add -l")
    session.expect(r"2048 SHA256:\S+ ssh-proxy-tier2 \(RSA-CERT\)\r\n\$ ")
    session.sendline("exit")
    session.expect(pexpect.EOF)
    assert len(reader.certificates()) == 1


def test_a_key_from_a_file_and_an_empty_agent_will_do(home: Reader) -> None:
    reader = home.with_agent(add=False)
    assert reader.log_in("firewall", options=["-A", "-i", KEY]).finish().out == GIVEN
    assert len(reader.held()) == 1
    assert reader.in_batch("login").out == "login.hpc.kuleuven.be\n"


def test_what_brings_none(home: Reader) -> None:
    """Whatever opens no session with an agent: copies, tunnels, jumps, and sessions without -A."""
    reader = home.with_agent()
    reader.write("file", b"x")
    words = [
        ["ssh", at("login"), "true"],
        ["scp", "file", f"{at('login')}:"],
        ["scp", "-O", "file", f"{at('login')}:"],
        ["scp", "-A", "file", f"{at('login')}:"],
        ["sftp", at("login")],
        ["sftp", "-A", at("login")],
        ["ssh", "-A", "-W", f"{HOSTS['login-tier1']}:22", at("login")],
    ]
    for command in words:
        started = reader.start(*command)
        reader.approve(started.link())
        assert started.finish().status == 0, command
        assert reader.certificates() == [], command


def test_a_tunnel_brings_none(lab: Lab, home: Reader) -> None:
    reader = home.with_agent()
    reader.log_in("login", options=["-A", "-N", "-M", "-S", "/tmp/tunnel"])
    reader.bash("until ssh -S /tmp/tunnel -O check x; do sleep 0.05; done 2> /dev/null")
    assert lab.events()[-1][0] == "logged in"
    reader.bash("ssh -S /tmp/tunnel -O exit x")
    assert reader.certificates() == []


def test_a_jump_brings_none_though_the_end_does(home: Reader) -> None:
    for options, number in ((), 0), (("-A",), 1):
        reader = home.with_agent()
        login = reader.begin("login-tier1", "hostname", options=["-J", at("login"), *options])
        first = login.link()
        reader.approve(first)
        reader.approve(login.link(after=first))
        assert login.finish().out == "login-tier1.hpc.kuleuven.be\n"
        assert len(reader.certificates()) == number


def test_an_agent_that_takes_nothing(home: Reader) -> None:
    """It is locked while the link waits: so it still signs, and then refuses."""
    reader = home.with_agent()
    login = reader.begin("firewall", options=["-A"])
    link = login.link()
    home.write("say-x", b"#!/bin/sh\necho x\n")
    home.bash("chmod 700 say-x")
    reader.bash("SSH_ASKPASS=~/say-x SSH_ASKPASS_REQUIRE=force ssh-add -q -x")
    reader.approve(link)
    done = login.finish()
    assert (done.status, done.out.startswith("Your agent has not taken the certificate.")) == (1, True)


# -- what else is in the agent -----------------------------------------------------------------------------------------


def test_a_new_one_takes_the_place_of_the_old_and_nothing_else_goes(home: Reader) -> None:
    reader = home.with_agent()
    # A key and a certificate of somebody else's, and one with the same comment.
    reader.bash(
        "mkdir -p others && cd others && rm -f *; ssh-keygen -q -t ed25519 -N '' -f ca; ssh-keygen -q -t rsa -N '' "
        "-C ssh-proxy-tier2 -f mine; ssh-keygen -q -s ca -I other -n vsc98765 mine.pub; ssh-add -q mine ca"
    )
    others = reader.held()
    assert len(others) == 4
    reader.log_in("firewall", options=["-A", "-i", KEY, "-o", "IdentitiesOnly=yes"]).finish()
    (first,) = set(reader.held()) - set(others)
    reader.log_in("firewall", options=["-A", "-i", KEY, "-o", "IdentitiesOnly=yes"]).finish()
    (second,) = set(reader.held()) - set(others)
    assert first != second
    assert set(others) < set(reader.held())


def test_a_certificate_begets_none(lab: Lab, holder: Reader) -> None:
    before = holder.held()
    assert holder.in_batch("login", options=["-A"]).status == 0
    assert how_logged_in(lab) == "certificate"
    assert holder.held() == before


def test_only_one_comes_with_each_connection(home: Reader) -> None:
    """Several sessions over one connection are one login."""
    reader = home.with_agent()
    reader.log_in("login", options=["-A", "-M", "-S", "/tmp/one"]).wait_for("PRACTICE")
    first = reader.certificates()
    assert reader.run("ssh", "-A", "-S", "/tmp/one", "x", "ssh-add -l").out.count("RSA-CERT") == 1
    assert reader.certificates() == first
    reader.bash("ssh -S /tmp/one -O exit x")


# -- where it serves, and when it ends ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "answer"),
    [
        ("login", "login.hpc.kuleuven.be\n"),
        ("login-tier1", "login-tier1.hpc.kuleuven.be\n"),
        ("nx", "There is no terminal on this host: connect with an NX client.\n"),
    ],
)
def test_later_logins_need_no_browser(lab: Lab, holder: Reader, role: str, answer: str) -> None:
    done = holder.in_batch(role)
    assert (done.out, done.err) == (answer, "")
    assert how_logged_in(lab) == "certificate"


def test_the_firewall_always_asks(holder: Reader) -> None:
    done = holder.in_batch("firewall", options=["-A"])
    assert (done.status, done.err) == (255, f"{at('firewall')}: {ASKED}")


def test_copies_need_no_browser_either(holder: Reader) -> None:
    holder.write("carried", b"carried")
    assert holder.run("scp", "-B", "carried", f"{at('login')}:").status == 0
    holder.bash(f"echo 'get carried again' | sftp -b - {at('login-tier1')}")
    assert holder.read("again") == b"carried"


def test_it_serves_from_another_address(lab: Lab, holder: Reader) -> None:
    """There is no source address in it."""
    assert holder.in_batch("login", options=["-4"]).status == 0
    assert how_logged_in(lab) == "certificate"


def test_identities_only_stops_its_use(holder: Reader) -> None:
    options = ["-i", KEY, "-o", "IdentitiesOnly=yes"]
    assert holder.in_batch("login", options=options).err == f"{at('login')}: {ASKED}"
    assert holder.in_batch("login").status == 0


def test_it_outlives_the_key_beside_it(holder: Reader) -> None:
    """`ssh-add -t` protects one's own key, and not the certificate."""
    holder.bash(f"ssh-add -q -d {KEY} && ssh-add -q -t 1 {KEY} && until ! ssh-add -l | grep -q PRACTICE; do :; done")
    assert len(holder.held()) == 1
    assert holder.in_batch("login").status == 0


def test_it_does_not_ask_as_the_key_beside_it_does(home: Reader) -> None:
    """`ssh-add -c` makes the agent ask before one's own key is used, and the certificate is used without a question."""
    home.write("ask", b"#!/bin/sh\necho asked >> ~/asked\n")
    home.bash("chmod 700 ask; DISPLAY=:9 SSH_ASKPASS=~/ask ssh-agent -a /tmp/asking > /dev/null")
    reader = Reader(home.lab, home.machine, {"SSH_AUTH_SOCK": "/tmp/asking"})
    reader.bash(f"ssh-add -q -c {KEY}")
    assert reader.log_in("firewall", options=["-A"]).finish().status == 0
    assert reader.read("asked") == b"asked\n"
    reader.bash(f"ssh-add -q -d {KEY}")
    assert reader.in_batch("login").status == 0
    assert reader.read("asked") == b"asked\n"


@pytest.mark.parametrize("lacking", ["DISPLAY= SSH_ASKPASS=~/ask", "DISPLAY=:9 SSH_ASKPASS=/nowhere"])
def test_an_agent_that_cannot_ask_refuses(home: Reader, lacking: str) -> None:
    """Without a screen, or without a program that opens the window, the answer to each question is no."""
    home.write("ask", b"#!/bin/sh\necho asked >> ~/asked-all-the-same\n")
    socket = home.bash(f"chmod 700 ask; {lacking} ssh-agent | sed -n 's/^SSH_AUTH_SOCK=\\([^;]*\\);.*/\\1/p'").strip()
    reader = Reader(home.lab, home.machine, {"SSH_AUTH_SOCK": socket})
    reader.bash(f"ssh-add -q -c {KEY}")
    refused = 'sign_and_send_pubkey: signing failed for RSA "PRACTICE" from agent: agent refused operation\r\n'
    assert reader.in_batch("login").err == f"{refused}{at('login')}: Permission denied (publickey).\r\n"
    assert home.run("cat", "asked-all-the-same").status == 1


def test_it_ends_with_the_agent(holder: Reader) -> None:
    holder.bash("ssh-add -q -D")
    assert holder.in_batch("login").err == f"{at('login')}: Permission denied (publickey).\r\n"


def test_it_ends_after_16_hours(lab: Lab, holder: Reader) -> None:
    lab.move_clock("+959m")
    assert holder.in_batch("login").status == 0
    lab.move_clock("+1m")
    assert holder.in_batch("login").err == f"{at('login')}: {ASKED}"
    assert lab.events()[-1][0] == "certificate refused"
    # A new one is made by the same clock.
    holder.log_in("firewall", options=["-A"]).finish()
    assert holder.in_batch("login").status == 0
