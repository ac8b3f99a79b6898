"""The practice site with the clients of other releases, and its certificates before their OpenSSH servers.

The oldest and the newest ones are always here, and those that `./run matrix` has fetched beside them.
"""

from __future__ import annotations

import hashlib
import os
import shlex
from typing import TYPE_CHECKING

import pytest

from mfa_guide.clients import suites
from mfa_guide.clients.requirement import plain
from mfa_guide.clients.versions import Versions
from mfa_guide.practice.lab import Lab
from tests.support import POLICY
from tests.support.readers import ACCOUNT, HOSTS, Reader, at, how_logged_in
from tests.support.sshd import PORT, start_sshd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAMES = [*dict.fromkeys(("bullseye", "sid", *suites.fetched()))]
UNKNOWN_HOST = "-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no"


@pytest.fixture(scope="module", params=NAMES)
def suite(request: pytest.FixtureRequest) -> suites.Suite:
    return suites.named(request.param)


@pytest.fixture(scope="module")
def state(suite: suites.Suite, fresh_state: Callable[[], Path]) -> Path:
    """The folder of the practice site's state."""
    return fresh_state()


@pytest.fixture(scope="module")
def home(suite: suites.Suite, state: Path) -> Iterator[Reader]:
    """A reader who has the clients of the suite, on a computer that the university manages."""
    with Lab.start(POLICY, state, exchanged=suite.exchanged(), managed=True) as lab:
        yield Reader(lab, lab.machine("home"))


def test_the_clients_are_those_of_the_suite(home: Reader, suite: suites.Suite) -> None:
    known = Versions(home.machine)
    expected = suites.VERSIONS[suite.name]
    told = {client: ".".join(plain(known[client]).split(".")[:2]) for client in expected if client != "FileZilla"}
    # sid moves on: what the table says of it is how it was on the day that it names.
    if suite.name != "sid":
        assert told == {client: expected[client] for client in told}
    assert f"/{suite.name}/" not in home.bash("command -v ssh scp plink"), "they have their usual places"


def test_a_login_shows_its_link_and_is_answered(home: Reader) -> None:
    done = home.log_in("login", "hostname").finish()
    assert (done.status, done.out) == (0, f"{HOSTS['login']}\n"), done


def test_a_certificate_lets_in_without_a_link(home: Reader) -> None:
    holder = home.with_certificate()
    for host in (HOSTS["login"], POLICY.text("sofia_host")):
        done = holder.run("ssh", "-o", "BatchMode=yes", f"{ACCOUNT}@{host}", "hostname")
        assert (done.status, done.out) == (0, f"{host}\n"), done
        assert how_logged_in(home.lab) == "certificate"


def test_a_connection_that_is_kept_serves_the_others(home: Reader) -> None:
    options = ["-M", "-S", "/tmp/kept", "-o", "ControlPersist=60"]
    assert home.log_in("login", "true", options=options).finish().status == 0
    assert home.bash(f"ssh -S /tmp/kept {at('login')} whoami; ssh -S /tmp/kept -O exit x") == f"{ACCOUNT}\n"


@pytest.mark.parametrize("way", ["scp", "scp -O", "sftp", "sshfs"])
def test_files_arrive_whole_there_and_back(home: Reader, suite: suites.Suite, way: str) -> None:
    """Also in the old protocol, which is the only one that the scp of OpenSSH 8.4 knows."""
    if way == "scp -O" and suite.name == "bullseye":
        way = "scp"
    content = os.urandom(3_000_000)
    home.write("there", content)
    holder = home.with_certificate()
    match way:
        case "sftp":
            script = f"printf 'put there\\nget there back\\n' | sftp -q -b - {at('login')} > /dev/null"
        case "sshfs":
            script = f"mkdir -p far; sshfs {at('login')}: far; cp there far/; cp far/there back; fusermount3 -u far"
        case _:
            script = f"{way} -q there {at('login')}: && {way} -q {at('login')}:there back"
    holder.bash(f"rm -f back; {script}")
    assert hashlib.sha256(home.read("back")).digest() == hashlib.sha256(content).digest()


def test_new_keys_during_a_copy_do_not_end_it(home: Reader) -> None:
    content = os.urandom(3_000_000)
    home.write("there", content)
    home.with_certificate().bash(
        f"rm -f back; o='-o RekeyLimit=200K'; scp -q $o there {at('login')}: && scp -q $o {at('login')}:there back"
    )
    assert home.read("back") == content


def test_its_server_accepts_the_sites_certificates_and_no_others(
    home: Reader, suite: suites.Suite, state: Path
) -> None:
    start_sshd(home, (state / "user_ca.pub").read_bytes(), suite.sshd())
    try:
        holder = home.with_certificate()
        login = f"ssh -q -o BatchMode=yes -o IdentityFile=none {UNKNOWN_HOST} -p {PORT} reader@127.0.0.1 echo accepted"
        assert holder.bash(login) == "accepted\n"
        assert f"ID {ACCOUNT}".encode() in home.read("judge/log")
        plain_key = home.with_agent()
        assert plain_key.run(*shlex.split(login)).status == 255
    finally:
        home.run("pkill", "-f", "judge/config")
