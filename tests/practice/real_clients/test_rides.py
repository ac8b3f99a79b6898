"""Beside an open login that passed MFA itself, others from the same machine need no answer in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import POLICY_2024
from tests.support.readers import KEY, Reader, how_logged_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.practice.lab import Lab
    from tests.support.readers import Started

RULES = POLICY_2024
"""Those of early 2024: beside an open login one is in at once."""
ASKED = "Permission denied (publickey,keyboard-interactive).\r\n"


def is_asked(reader: Reader, role: str, *options: str) -> bool:
    """Tell whether a login would have to be answered in the browser."""
    done = reader.in_batch(role, "hostname", options=options)
    assert done.status == 0 or done.err.endswith(ASKED), done
    return done.status != 0


@pytest.fixture
def open_login(home: Reader) -> Iterator[Started]:
    """A login on login, answered in the browser, that is open."""
    login = home.hold("login")
    yield login
    login.finish()


@pytest.mark.parametrize("role", ["login", "login-tier1"])
def test_beside_an_open_login_one_is_in_at_once(lab: Lab, home: Reader, open_login: Started, role: str) -> None:
    done = home.in_batch(role)
    assert (done.status, done.err) == (0, "")
    assert how_logged_in(lab) == "ride"


def test_an_open_login_on_tier1_gives_rides_too(lab: Lab, home: Reader) -> None:
    login = home.hold("login-tier1")
    assert not is_asked(home, "login")
    login.finish()


@pytest.mark.parametrize("role", ["nx", "firewall"])
def test_nx_and_firewall_never_ride(home: Reader, open_login: Started, role: str) -> None:
    assert is_asked(home, role)


def test_another_address_does_not_ride(campus: Reader, home: Reader, open_login: Started) -> None:
    assert is_asked(campus, "login")
    assert is_asked(home, "login", "-4"), "the open login is on IPv6"


def test_another_key_does_not_ride(home: Reader, open_login: Started) -> None:
    home.bash("ssh-keygen -q -t rsa -N '' -f ~/other")
    done = home.run("ssh", "-o", "BatchMode=yes", "-i", "/home/reader/other", "vsc98765@login.hpc.kuleuven.be", "true")
    # Not the list of a login that is half done: this key is nobody's.
    assert done.err.endswith(": Permission denied (publickey).\r\n")


def test_when_it_is_closed_one_is_asked_again(home: Reader) -> None:
    login = home.hold("login")
    assert not is_asked(home, "login")
    login.finish()
    assert is_asked(home, "login")


def test_the_last_of_two_open_logins_counts(home: Reader) -> None:
    first = home.hold("login")
    # The second is answered in the browser as well: from the other address there is nothing to ride beside.
    second = home.hold("login", options=["-4"])
    third = home.begin("login-tier1", options=["-4"]).wait_for("PRACTICE")
    first.finish()
    assert is_asked(home, "login")
    assert not is_asked(home, "login", "-4")
    second.finish()
    assert is_asked(home, "login", "-4"), "the third one rode, and gives no rides"
    third.finish()


def test_riders_give_no_rides(lab: Lab, home: Reader) -> None:
    login = home.hold("login")
    rider = home.begin("login").wait_for("PRACTICE")
    assert how_logged_in(lab) == "ride"
    login.finish()
    assert is_asked(home, "login")
    rider.type("hostname")
    rider.wait_for("login.hpc.kuleuven.be")
    assert rider.finish().status == 0


def test_riders_get_no_certificate(home: Reader, open_login: Started) -> None:
    rider = home.with_agent()
    done = rider.in_batch("login", "ssh-add -l", options=["-A"])
    assert done.out.count("\n") == 1
    assert done.out.endswith(" PRACTICE (RSA)\n")


def test_a_login_by_certificate_gives_no_rides(lab: Lab, home: Reader) -> None:
    holder = home.with_certificate()
    by_certificate = holder.begin("login").wait_for("PRACTICE")
    assert how_logged_in(lab) == "certificate"
    assert is_asked(home, "login")
    by_certificate.finish()


def test_a_login_on_nx_gives_no_rides(lab: Lab, home: Reader) -> None:
    home.log_in("nx", options=["-N", "-M", "-S", "/tmp/nx"])
    home.bash("until ssh -S /tmp/nx -O check nx; do sleep 0.05; done 2> /dev/null")
    assert is_asked(home, "login")
    home.bash("ssh -S /tmp/nx -O exit nx")


def test_programs_that_show_no_link_get_in_beside_an_open_login(home: Reader, open_login: Started) -> None:
    home.write("hello", b"hello")
    words = ("-o", "BatchMode=yes", "-i", KEY)
    assert home.run("scp", *words, "hello", "vsc98765@login.hpc.kuleuven.be:").status == 0
    home.bash(f"echo 'get hello again' | sftp -b - {' '.join(words)} vsc98765@login-tier1.hpc.kuleuven.be")
    assert home.read("again") == b"hello"
