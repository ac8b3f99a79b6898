"""A server at which somebody else is root: what an agent that comes along gives away, and what it does not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests import support
from tests.support import POLICY_2024
from tests.support.readers import ACCOUNT, HOSTS, KEY, Reader, at, how_logged_in, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfa_guide.practice.lab import Lab
    from tests.support.readers import Done, Started

RULES = POLICY_2024
"""Those of early 2024: whoever is root there can connect from there."""
HOST = "server.practice.example"
DENIED = f"{at('login')}: Permission denied (publickey).\r\n"


@pytest.fixture(scope="module")
def root(lab: Lab) -> Reader:
    """Whoever is root at the server."""
    return Reader(lab, lab.machine("server"))


@pytest.fixture
def victim(home: Reader) -> Reader:
    """Somebody whose agent holds the key and a certificate."""
    return home.with_certificate()


class Visit:
    """A session at the server, open while the context lasts."""

    def __init__(self, victim: Reader, *options: str) -> None:
        self._victim, self._options = victim, options

    def __enter__(self) -> Started:
        self.session = self._victim.start("ssh", *self._options, HOST)
        self.session.type("echo here")
        return self.session.wait_for("here\n")

    def __exit__(self, *_: object) -> None:
        self.session.finish()


def taken(root: Reader) -> Reader:
    """Let root take whatever socket of an agent lies there."""
    return Reader(root.lab, root.machine, {"SSH_AUTH_SOCK": root.bash("echo /tmp/ssh-*/agent.*").strip()})


def break_in(root: Reader) -> Done:
    return taken(root).in_batch("login", "whoami")


# -- what it gives away ------------------------------------------------------------------------------------------------


def test_root_logs_in_as_whoever_takes_an_agent_along(lab: Lab, victim: Reader, root: Reader) -> None:
    with Visit(victim, "-A"):
        assert taken(root).bash("ssh-add -l").splitlines() == victim.bash("ssh-add -l").splitlines()
        assert break_in(root).out == f"{ACCOUNT}\n"
        assert how_logged_in(lab) == "certificate"
        assert lab.events()[-1][1]["address"] == "2001:db8:c::90"
    assert break_in(root).err.endswith(DENIED), "it lasts as long as the session"


@pytest.mark.parametrize("option", ["-c", "-t 1"])
def test_options_of_the_own_key_do_not_help(victim: Reader, root: Reader, option: str) -> None:
    with Visit(victim, "-A"):
        victim.bash(f"ssh-add -q -d {KEY} && ssh-add -q {option} {KEY}")
        if option == "-t 1":
            wait_until(lambda: len(victim.held()) == 1)
        assert break_in(root).out == f"{ACCOUNT}\n"


# -- what helps --------------------------------------------------------------------------------------------------------


def test_without_an_agent_there_is_nothing_to_take(victim: Reader, root: Reader) -> None:
    with Visit(victim):
        assert root.run("bash", "-c", "ls /tmp/ssh-*").status == 2
        assert break_in(root).err.endswith(DENIED)


def test_an_agent_that_has_ended(victim: Reader, root: Reader) -> None:
    with Visit(victim, "-A"):
        before = taken(root).start("ssh", at("login"))
        before.type("whoami")
        before.wait_for(ACCOUNT)
        victim.bash("pkill -x ssh-agent")
        assert break_in(root).err == DENIED
        before.type("hostname")
        assert before.wait_for(HOSTS["login"]).finish().status == 0


def test_a_session_of_the_site_says_what_one_of_openssh_says_when_the_agent_has_ended(home: Reader) -> None:
    """Now and then OpenSSH's `ssh-add` is cut off (SIGPIPE) before it can say anything: then it is asked again."""
    ask = "until ssh-add -l > said 2>&1; status=$?; [ -s said ]; do :; done; cat said; echo $status"
    for place, command in ((HOST, ask), (at("login"), "ssh-add -l; echo $?")):
        victim = home.with_certificate()
        session = victim.start("ssh", "-A", place)
        session.type("ssh-add -l; echo there")
        session.wait_for("there\n")
        victim.bash("pkill -x ssh-agent")
        session.type(command)
        session.wait_for("error fetching identities: communication with agent failed\n").wait_for("\n1\n")
        session.finish()


def test_an_agent_that_is_locked(victim: Reader, root: Reader) -> None:
    with Visit(victim, "-A"):
        victim.write("say-x", b"#!/bin/sh\necho x\n")
        victim.bash("chmod 700 say-x; SSH_ASKPASS=~/say-x SSH_ASKPASS_REQUIRE=force ssh-add -q -x")
        assert taken(root).run("ssh-add", "-l").out == "The agent has no identities.\n"
        assert break_in(root).err == DENIED


# -- the private key ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def own_key(fresh_state: Callable[[], Path]) -> asyncssh.SSHKey:
    """The victim's own key."""
    return asyncssh.read_private_key(fresh_state() / "id_rsa_vsc")


def numbers_of(key: asyncssh.SSHKey) -> rsa.RSAPrivateNumbers:
    private = key.pyca_key
    assert isinstance(private, rsa.RSAPrivateKey)
    return private.private_numbers()


def holds_factor(data: bytes, modulus: int) -> bool:
    """Tell whether a prime factor of an RSA key's modulus is anywhere in it: whoever has one, has the private key."""
    size = modulus.bit_length() // 16
    windows = (int.from_bytes(data[at : at + size], "big") for at in range(len(data) - size + 1))
    return any(window > 1 and modulus % window == 0 for window in windows)


def try_for_it(root: Reader, *words: str) -> Started:
    root.write("what_root_sees.py", (Path(support.__file__).parent / "what_root_sees.py").read_bytes())
    return root.start(sys.executable, "what_root_sees.py", *words)


def test_no_request_to_the_agent_gets_the_private_key(victim: Reader, root: Reader, own_key: asyncssh.SSHKey) -> None:
    modulus = numbers_of(own_key).public_numbers.n
    with Visit(victim, "-A"):
        socket = taken(root).environment["SSH_AUTH_SOCK"]
        done = try_for_it(root, "ask", socket, own_key.public_data.hex()).finish()
    assert done.status == 0, done
    answers = [bytes.fromhex(line) for line in done.out.splitlines()]
    assert len(answers) == 3 * 256
    # It did list the keys (12) and sign (14), and so it was the agent.
    assert {answer[0] for answer in answers if answer} >= {12, 14}
    assert not any(holds_factor(answer, modulus) for answer in answers)


def test_no_private_key_goes_through_the_socket_but_that_of_a_certificate_got_from_there(
    home: Reader, root: Reader, own_key: asyncssh.SSHKey
) -> None:
    victim = home.with_agent()
    session = victim.start("ssh", "-A", HOST)
    session.type("echo here")
    session.wait_for("here\n")
    listening = try_for_it(root, "hear", taken(root).environment["SSH_AUTH_SOCK"], "/root/heard").wait_for("hears")
    session.type(f"ssh -A {at('login')} hostname")
    home.approve(session.link())
    session.wait_for(HOSTS["login"])
    session.finish()
    listening.process.kill()
    heard = bytes.fromhex(root.bash("rm -r /tmp/ssh-*; od -An -v -tx1 heard"))
    own = numbers_of(own_key).public_numbers
    assert own_key.public_data in heard, "the key was used"
    assert not holds_factor(heard, own.n)
    (line,) = victim.certificates()
    certificate = asyncssh.import_certificate(line)
    got = certificate.key.pyca_key
    assert isinstance(got, rsa.RSAPublicKey)
    assert holds_factor(heard, got.public_numbers().n)


def test_the_servers_memory_holds_no_private_key(victim: Reader, root: Reader, own_key: asyncssh.SSHKey) -> None:
    numbers = numbers_of(own_key)
    with Visit(victim, "-A"):
        assert break_in(root).status == 0
        done = try_for_it(root, "look", "sshd").finish()
    assert done.status == 0, done
    memory = b"\n".join(bytes.fromhex(line) for line in done.out.splitlines())

    def has(number: int) -> bool:
        data = number.to_bytes((number.bit_length() + 7) // 8, "big")
        return data in memory or data[::-1] in memory

    assert has(numbers.public_numbers.n), "the public key is there"
    assert not any(has(number) for number in (numbers.p, numbers.q, numbers.d))
