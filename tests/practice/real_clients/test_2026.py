"""The rules of 2026: no key, the firewall's page first unless the computer is managed, no white-list, no rides."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from mfa_guide.policy import load
from mfa_guide.practice.lab import Lab
from tests.support.readers import ACCOUNT, Reader, how_logged_in, wait_until
from tests.support.terminals import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.readers import Done, Started

POLICY_2026 = load("2026")
LOGIN, SOFIA, FIREWALL = "login.hpc.kuleuven.be", "login.sofia.vub.be", "firewall.vscentrum.be"
HOME = POLICY_2026.names("practice_home")
CLOSED = "ssh: connect to host {} port 22: Connection timed out\r\n"
STRANGER = "vsc11111"
"""Nobody has this account."""


@pytest.fixture(scope="module")
def lab(fresh_state: Callable[[], Path]) -> Iterator[Lab]:
    with Lab.start(POLICY_2026, fresh_state()) as lab:
        yield lab


@pytest.fixture(scope="module")
def managed(fresh_state: Callable[[], Path]) -> Iterator[Lab]:
    """A lab in which the university manages the reader's computers."""
    with Lab.start(POLICY_2026, fresh_state(), managed=True) as lab:
        yield lab


@pytest.fixture(scope="module")
def home(lab: Lab) -> Reader:
    """Somebody at home who has never had a key."""
    reader = Reader(lab, lab.machine("home"))
    reader.bash("rm ~/.ssh/id_rsa_vsc*")
    return reader


@pytest.fixture
def closed(lab: Lab) -> None:
    """Let so much time pass that no page is open any more."""
    lab.move_clock("+61s")


@pytest.fixture
def page(lab: Lab) -> None:
    """Keep the firewall's page open at home."""
    lab.ask(do="visit", addresses=HOME, institution=None)


def ssh(reader: Reader, host: str, *command: str, options: tuple[str, ...] = (), account: str = ACCOUNT) -> Started:
    return reader.start("ssh", *options, f"{account}@{host}", *command)


def in_batch(reader: Reader, host: str, *options: str, patience: int = 20) -> Done:
    words = ("-o", "BatchMode=yes", "-o", f"ConnectTimeout={patience}", *options)
    return ssh(reader, host, "hostname", options=words).finish()


def log_in(reader: Reader, host: str, *command: str, options: tuple[str, ...] = ()) -> Started:
    login = ssh(reader, host, *command, options=options)
    reader.approve(login.link())
    return login


# -- the address -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["campus", "home", "abroad"])
def test_every_network_is_closed_until_the_page_is_open_there(lab: Lab, home: Reader, closed: None, place: str) -> None:
    reader = Reader(lab, lab.machine(place))
    for host in (LOGIN, SOFIA, FIREWALL):
        assert in_batch(reader, host, patience=1).err == CLOSED.format(host)
    lab.ask(do="visit", addresses=POLICY_2026.names(f"practice_{place}"), institution=None)
    for host, asked in ((LOGIN, "publickey,keyboard-interactive"), (SOFIA, "publickey"), (FIREWALL, None)):
        err = in_batch(reader, host).err
        assert err.endswith(f"Permission denied ({asked or 'publickey,keyboard-interactive'}).\r\n"), (host, err)


@pytest.mark.parametrize("place", ["campus", "home", "abroad"])
def test_a_managed_computer_needs_no_page_anywhere(managed: Lab, place: str) -> None:
    reader = Reader(managed, managed.machine(place))
    assert log_in(reader, LOGIN, "hostname").finish().out == f"{LOGIN}\n"
    assert "firewall page opened" not in [event for event, _ in managed.events()]


def test_managed_computers_open_nothing_to_the_server_of_somebody_else(managed: Lab) -> None:
    managed.machine("server")
    server = Reader(managed, managed.machine("server"))
    assert in_batch(server, LOGIN, patience=1).err == CLOSED.format(LOGIN)


def test_the_page_counts_for_new_connections_only(lab: Lab, home: Reader, page: None) -> None:
    open_ = log_in(home, LOGIN, options=("-M", "-S", "/tmp/open")).wait_for("PRACTICE")
    lab.move_clock("+61s")
    assert in_batch(home, LOGIN, patience=1).err == CLOSED.format(LOGIN)
    assert home.run("ssh", "-S", "/tmp/open", LOGIN, "hostname").out == f"{LOGIN}\n"
    open_.type("exit")
    assert open_.finish().status == 0


def test_no_address_is_remembered(lab: Lab, home: Reader, page: None) -> None:
    assert log_in(home, LOGIN, "true").finish().status == 0
    lab.move_clock("+61s")
    assert in_batch(home, LOGIN, patience=1).err == CLOSED.format(LOGIN)


@pytest.mark.parametrize("host", ["nx.hpc.kuleuven.be", "login-tier1.hpc.kuleuven.be", "login-genius.hpc.kuleuven.be"])
def test_what_is_gone_has_no_address(home: Reader, host: str) -> None:
    assert in_batch(home, host).err.startswith(f"ssh: Could not resolve hostname {host}: ")


# -- no key ------------------------------------------------------------------------------------------------------------


def test_without_a_key_the_link_comes_at_once(lab: Lab, home: Reader, page: None) -> None:
    login = ssh(home, LOGIN, "hostname")
    link = login.link()
    first, second = login.err.splitlines()
    assert re.fullmatch(rf"Logging in as {ACCOUNT} from \[2001:db8:b::22\]:\d+\.", first)
    assert second == f"Please open {link} to complete logon."
    home.approve(link)
    assert login.finish().out == f"{LOGIN}\n"
    events = [event for event, _ in lab.events()]
    assert "key accepted" not in events
    assert events[-1] == "logged in"


def test_plink_shows_no_word_of_a_further_factor(home: Reader, page: None) -> None:
    known = home.bash(f"ssh-keygen -l -f ~/.ssh/known_hosts -F {LOGIN}")
    match = re.search(r"ED25519 (SHA256:\S+)", known)
    assert match
    plink = home.spawn("plink", "-hostkey", match[1], f"{ACCOUNT}@{LOGIN}", "hostname")
    plink.expect(r"-- Keyboard-interactive authentication prompts from server: -+\s+")
    assert "Further authentication" not in str(plink.before)
    plink.expect(r"\| Please open (\S+) to complete log\s+> on\.\r\n")
    home.approve(shown(plink)[1])
    plink.expect_exact("Access granted. Press Return to begin session. ")
    plink.sendline("")
    plink.expect_exact(LOGIN)


def test_a_key_that_the_account_has_counts_for_nothing(lab: Lab) -> None:
    campus = Reader(lab, lab.machine("campus"))
    lab.ask(do="visit", addresses=POLICY_2026.names("practice_campus"), institution=None)
    login = ssh(campus, LOGIN, "true", options=("-v", "-i", "~/.ssh/id_rsa_vsc"))
    link = login.link()
    assert "Offering public key: /home/reader/.ssh/id_rsa_vsc" in login.err
    assert "partial success" not in login.err
    campus.approve(link)
    assert login.finish().status == 0


def test_beside_an_open_login_one_is_asked_all_the_same(lab: Lab, home: Reader, page: None) -> None:
    open_ = log_in(home, LOGIN).wait_for("PRACTICE")
    assert in_batch(home, LOGIN).err.endswith("Permission denied (publickey,keyboard-interactive).\r\n")
    assert how_logged_in(lab) == "browser"
    open_.type("exit")
    open_.finish()


# -- certificates ------------------------------------------------------------------------------------------------------


def test_an_agent_that_was_empty_holds_a_certificate_that_opens_login_nodes_and_sofia(
    lab: Lab, home: Reader, page: None
) -> None:
    holder = home.with_agent(add=False)
    assert in_batch(holder, SOFIA).err.endswith("Permission denied (publickey).\r\n")
    done = log_in(holder, FIREWALL, options=("-A",)).finish()
    assert (done.status, len(holder.certificates()), len(holder.held())) == (0, 1, 1)
    for host in (LOGIN, SOFIA):
        assert in_batch(holder, host).out == f"{host}\n"
        assert how_logged_in(lab) == "certificate"
    assert in_batch(holder, FIREWALL).status == 255
    lab.move_clock("+61s")
    assert in_batch(holder, LOGIN, patience=1).err == CLOSED.format(LOGIN), "it does not replace the page"


# -- strangers ---------------------------------------------------------------------------------------------------------


def test_nobody_learns_which_accounts_exist(managed: Lab) -> None:
    abroad = Reader(managed, managed.machine("abroad"))
    said = {}
    for account in (ACCOUNT, STRANGER):
        login = ssh(abroad, LOGIN, options=("-v",), account=account)
        link = login.link()
        login.process.terminate()
        text = login.finish().err.replace(link, "LINK").replace(account, "ACCOUNT")
        said[account] = re.sub(r"\[pid \d+\]|\]:\d+|port \d+|\d+ bytes|\d+\.\d+|in \d+ .*seconds?|^Bytes.*", "", text)
    assert said[ACCOUNT] == said[STRANGER]


def test_a_login_to_nobodys_account_cannot_be_answered(managed: Lab) -> None:
    abroad = Reader(managed, managed.machine("abroad"))
    login = ssh(abroad, LOGIN, account=STRANGER)
    done = abroad.run("mfa-guide", "practice", "approve", login.link())
    assert (done.status, done.err) == (
        2,
        f"mfa-guide: nobody has the account {STRANGER}, so nobody can answer\n",
    )
    login.process.terminate()


def test_strangers_cannot_fill_the_waiting_list_of_an_owner(managed: Lab) -> None:
    """Twenty logins to an account may wait: those of a stranger are not those of its owner."""
    abroad, campus = (Reader(managed, managed.machine(place)) for place in ("abroad", "campus"))
    strangers = [ssh(abroad, LOGIN) for _ in range(20)]
    for stranger in strangers:
        stranger.link()
    theirs = [each["link"] for event, each in managed.events() if event == "link shown"][-20:]
    # From elsewhere they do not count: none of them makes room.
    assert log_in(campus, LOGIN, "hostname").finish().out == f"{LOGIN}\n"
    assert {each["link"] for event, each in managed.events() if event == "login left"}.isdisjoint(theirs)
    # From the same address the one that waits longest does.
    assert log_in(abroad, LOGIN, "hostname").finish().out == f"{LOGIN}\n"
    wait_until(lambda: any(stranger.process.poll() is not None for stranger in strangers))
    (ended,) = (stranger for stranger in strangers if stranger.process.poll() is not None)
    assert "The login has ended." in ended.finish().err
    for stranger in strangers:
        stranger.process.terminate()
        stranger.process.wait()
