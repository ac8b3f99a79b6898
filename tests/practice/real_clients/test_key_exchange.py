"""The key exchange that the gateway offers: post-quantum unless it was told otherwise, and what clients do with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support import POLICY_2024
from tests.support.readers import ACCOUNT, HOSTS, KEY, at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.practice.lab import Lab
    from tests.support.readers import Reader

RULES = POLICY_2024
"""Those of early 2024: NX and two hosts to log in to are there."""
POST_QUANTUM = "mlkem768x25519-sha256"
"""What OpenSSH since 10.0 and PuTTY since 0.83 choose."""


@pytest.fixture(autouse=True)
def new_again(lab: Lab) -> Iterator[None]:
    yield
    lab.offer_key_exchange("new")


def offered(home: Reader, role: str) -> list[str]:
    """Return the algorithms that a role's host offers to ssh."""
    said = home.in_batch(role, options=["-vv"]).err
    found = re.search(r"peer server KEXINIT proposal\s+debug2: KEX algorithms: (\S+)", said)
    assert found, said
    return found[1].split(",")


def choose(home: Reader, which: str) -> str:
    done = home.run("mfa-guide", "practice", "key-exchange", which)
    assert (done.status, done.err) == (0, ""), done
    return done.out


@pytest.mark.parametrize("role", list(HOSTS))
def test_unless_told_otherwise_it_is_post_quantum(home: Reader, role: str) -> None:
    """So no client warns. Where this fails, Python's `cryptography` was built without ML-KEM."""
    assert POST_QUANTUM in offered(home, role)


@pytest.mark.parametrize("role", list(HOSTS))
def test_the_old_one_and_back(home: Reader, role: str) -> None:
    assert choose(home, "old") == (
        "From now on the practice site offers key exchange without a post-quantum algorithm.\n"
    )
    names = offered(home, role)
    assert "curve25519-sha256" in names
    assert not [name for name in names if re.search("mlkem|sntrup", name)]
    assert choose(home, "new") == "From now on the practice site offers key exchange with a post-quantum algorithm.\n"
    assert POST_QUANTUM in offered(home, role)


def test_one_logs_in_with_the_old_one_too(lab: Lab, home: Reader) -> None:
    """And a connection that is open stays."""
    before = home.hold("login")
    lab.offer_key_exchange("old")
    before.type("hostname")
    before.wait_for(HOSTS["login"])
    assert home.run("ssh", "-i", KEY, at("login"), "whoami").out == f"{ACCOUNT}\n"
    home.bash(f"puttygen {KEY} -O private -o key.ppk")
    known = home.bash(f"ssh-keygen -l -f ~/.ssh/known_hosts -F {HOSTS['login']}")
    print_ = re.search(r"ED25519 (\S+)", known)
    assert print_
    plink = home.run("plink", "-batch", "-hostkey", print_[1], "-i", "key.ppk", at("login"), "whoami")
    assert (plink.status, plink.out) == (0, f"{ACCOUNT}\n"), plink
    assert before.finish().status == 0
    assert home.log_in("login-tier1", "hostname").finish().out == f"{HOSTS['login-tier1']}\n"
