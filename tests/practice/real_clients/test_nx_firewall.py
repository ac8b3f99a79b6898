"""The two roles without a terminal: nx and firewall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pexpect
import pytest

from tests.support import POLICY_2024
from tests.support.readers import HOSTS, KEY, at
from tests.support.terminals import shown

if TYPE_CHECKING:
    from mfa_guide.practice.lab import Lab
    from tests.support.readers import Reader

RULES = POLICY_2024
"""Those of early 2024: NX is there."""
GIVEN = "Your agent holds a certificate now. It ends after 16 hours, or with the agent.\n"
NO_AGENT = "You brought no agent, so there is nothing to put a certificate into: use ssh -A.\n"
NO_TERMINAL = "There is no terminal on this host: connect with an NX client."


def test_nx_greets_an_nx_client_and_has_no_terminal(home: Reader) -> None:
    greeting = home.log_in("nx", "/etc/NX/nxserver --login").finish()
    assert (greeting.status, greeting.out) == (0, "HELLO NXSERVER - PRACTICE\n")
    for words in ((), ("hostname",)):
        done = home.log_in("nx", *words).finish()
        assert (done.status, done.out) == (1, f"{NO_TERMINAL}\n")


def test_nx_at_a_terminal(home: Reader) -> None:
    session = home.spawn("ssh", "-i", KEY, at("nx"))
    session.expect(r"Please open (\S+) to complete")
    home.approve(shown(session)[1])
    session.expect_exact(NO_TERMINAL)
    session.expect(pexpect.EOF)
    assert session.wait() == 1


@pytest.mark.parametrize("words", [(), ("hostname",), ("rm -rf /; exit 7",)])
def test_the_firewall_gives_a_certificate_whatever_is_asked(home: Reader, words: tuple[str, ...]) -> None:
    reader = home.with_agent()
    done = reader.log_in("firewall", *words, options=["-A"]).finish()
    assert (done.status, done.out) == (0, GIVEN)
    assert len(reader.certificates()) == 1


def test_the_firewall_names_what_is_missing(home: Reader) -> None:
    reader = home.with_agent()
    for words in ((), ("hostname",)):
        done = reader.log_in("firewall", *words).finish()
        assert (done.status, done.out) == (1, NO_AGENT)
    assert reader.certificates() == []


def test_the_firewall_asks_every_time(home: Reader) -> None:
    reader = home.with_certificate()
    other = home.hold("login")
    done = reader.in_batch("firewall", options=["-A"])
    assert done.err == f"{at('firewall')}: Permission denied (publickey,keyboard-interactive).\r\n"
    other.finish()
    first = reader.certificates()
    assert reader.log_in("firewall", options=["-A"]).finish().out == GIVEN
    assert reader.certificates() != first


@pytest.mark.parametrize("role", ["nx", "firewall"])
def test_neither_has_files(home: Reader, role: str) -> None:
    home.write("file", b"x")
    for command in (["sftp", "-i", KEY, at(role)], ["scp", "-i", KEY, "file", f"{at(role)}:"]):
        copy = home.start(*command)
        home.approve(copy.link())
        done = copy.finish()
        assert done.status != 0
        assert "subsystem request failed" in done.err or "Connection closed" in done.err
    old = home.start("scp", "-O", "-i", KEY, "file", f"{at(role)}:")
    home.approve(old.link())
    assert old.finish().status != 0


@pytest.mark.parametrize("role", ["nx", "firewall"])
def test_neither_forwards(lab: Lab, home: Reader, role: str) -> None:
    tunnel = home.log_in(role, options=["-W", f"{HOSTS['login']}:22"])
    done = tunnel.finish()
    assert (done.status, done.out) == (255, "")
    assert "administratively prohibited" in done.err
    assert "port forwarded" not in [event for event, _ in lab.events()]
