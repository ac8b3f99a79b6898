"""From where one may log in: open networks, open firewall pages, and the white-list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pexpect
import pytest

from tests.support import POLICY_2024
from tests.support.readers import ACCOUNT, FIREWALL_PAGE, HOSTS, Reader, wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_guide.practice.lab import Lab

RULES = POLICY_2024
"""Those of early 2024: most networks are open, and the white-list is there."""
V4, V6 = "203.0.113.133", "2001:db8:a::33"
"""Where the machine abroad is."""
CLOSED = "ssh: connect to host {} port 22: Connection timed out\r\n"
ASKED = "Permission denied (publickey,keyboard-interactive).\r\n"
"""What ssh says in batch mode when the key was accepted and the link would have come."""


@pytest.fixture(autouse=True)
def anew(lab: Lab) -> None:
    """Let so much time pass that no page is open any more and no address is remembered."""
    later(lab, "+91d")


def visit(lab: Lab, *addresses: str, institution: str | None = None) -> None:
    """Be heard of once by the firewall's page on these addresses."""
    lab.ask(do="visit", addresses=addresses, institution=institution)


def later(lab: Lab, shift: str) -> None:
    lab.move_clock(shift)


def open_roles(reader: Reader, *options: str, expected: Sequence[str]) -> list[str]:
    """Return the roles that answer where a reader is; all are tried at once, as ssh does without more.

    Args:
        reader: who tries.
        options: what is added to each command.
        expected: those that are thought to answer: they get time, so that a slow computer is no closed door. For the
            others a second will do, since it is the kernel that answers or does not.
    """
    tries = {}
    for role in HOSTS:
        patience = 20 if role in expected else 1
        words = ("-o", "BatchMode=yes", "-o", f"ConnectTimeout={patience}", *options)
        tries[role] = reader.begin(role, "hostname", options=words)
    answered = []
    for role, started in tries.items():
        done = started.finish()
        assert (done.status, done.out) == (255, "")
        if done.err.endswith(ASKED):
            answered.append(role)
        else:
            assert done.err == CLOSED.format(HOSTS[role])
    return answered


ALL = list(HOSTS)
NONE: list[str] = []
REMEMBERED = ["login", "login-tier1"]


def test_campus_and_home_are_open_and_abroad_is_closed(lab: Lab, abroad: Reader) -> None:
    for place in ("campus", "home"):
        reader = Reader(lab, lab.machine(place))
        assert reader.log_in("login", "hostname").finish().out == "login.hpc.kuleuven.be\n"
        assert open_roles(reader, expected=ALL) == ALL
    assert open_roles(abroad, expected=NONE) == NONE


def test_a_page_kept_open_opens_the_address_and_answers_there(lab: Lab, abroad: Reader) -> None:
    """As a program needs it that shows no link: the page is open, and its Yes lets it in."""
    page = abroad.spawn("mfa-guide", "practice", "approve", FIREWALL_PAGE, "--hold")
    wait_until(lambda: ("firewall page opened", {"account": ACCOUNT, "address": V6}) in lab.events(last=2))
    assert open_roles(abroad, expected=ALL) == ALL
    login = abroad.begin("nx", "nxserver")
    page.expect_exact(f"Yes: login of {ACCOUNT} on nx.hpc.kuleuven.be")
    assert login.finish().out.startswith("HELLO NXSERVER")
    page.sendintr()
    page.expect(pexpect.EOF)


def test_a_page_counts_for_a_minute_after_it_was_last_heard_of(lab: Lab, abroad: Reader) -> None:
    visit(lab, V4, V6)
    later(lab, "+50s")
    assert open_roles(abroad, expected=ALL) == ALL
    visit(lab, V4, V6)
    later(lab, "+50s")
    assert open_roles(abroad, expected=ALL) == ALL, "the second sign of life did not count"
    later(lab, "+11s")
    assert open_roles(abroad, expected=NONE) == NONE


def test_a_door_closes_by_itself(lab: Lab, abroad: Reader) -> None:
    """Only the site itself tells the kernel that time has passed; until it has, nothing is heard from it either."""
    visit(lab, V4, V6)
    later(lab, "+58s")
    said: list[str] = []

    def closed() -> bool:
        said.append(abroad.in_batch("nx").err)
        return said[-1] == CLOSED.format(HOSTS["nx"])

    wait_until(closed)
    assert said[0].endswith(ASKED)
    between = {line for text in said for line in text.splitlines() if not re.search("timed out|isconnect", line)}
    assert between == {said[0].strip()}


def test_closing_never_ends_what_is_open(lab: Lab, abroad: Reader) -> None:
    """On nx: there is no white-list there that could keep the door open."""
    visit(lab, V4, V6)
    abroad.log_in("nx", options=["-N", "-M", "-S", "/tmp/open"])
    wait_until(lambda: lab.events()[-1][0] == "logged in")
    later(lab, "+61s")
    assert abroad.in_batch("nx").err == CLOSED.format(HOSTS["nx"])
    over_it = abroad.run("ssh", "-S", "/tmp/open", HOSTS["nx"], "nxserver")
    assert (over_it.status, over_it.out) == (0, "HELLO NXSERVER - PRACTICE\n")
    abroad.run("ssh", "-S", "/tmp/open", "-O", "exit", HOSTS["nx"])


def test_a_page_opens_the_address_for_its_own_owner_only(lab: Lab, abroad: Reader) -> None:
    visit(lab, V4, V6, institution="UGent")
    assert open_roles(abroad, expected=NONE) == NONE, "somebody without an account opened the address"
    visit(lab, V4, V6)
    done = abroad.run("ssh", "-o", "BatchMode=yes", f"vsc11111@{HOSTS['login']}", "hostname")
    assert done.status == 255
    assert "Open https://firewall.vscentrum.be first, as vsc11111." in done.err
    assert lab.events()[-1][0] == "address refused"
    assert open_roles(abroad, expected=ALL) == ALL


def test_a_browser_on_ipv4_opens_nothing_for_ssh_on_ipv6(lab: Lab, abroad: Reader) -> None:
    visit(lab, V4)
    assert open_roles(abroad, "-6", expected=NONE) == NONE
    assert open_roles(abroad, "-4", expected=ALL) == ALL
    # Left to itself, ssh tries IPv6 in vain first, and gets through in the end.
    assert abroad.in_batch("nx").err.endswith(ASKED)


@pytest.fixture
def remembered(lab: Lab, abroad: Reader) -> Reader:
    """Somebody abroad who logged in on login once, whose page is closed by now."""
    visit(lab, V4, V6)
    assert abroad.log_in("login", "hostname").finish().status == 0
    later(lab, "+61s")
    return abroad


def test_the_white_list_opens_the_login_hosts_alone_and_never_waives_the_browser(lab: Lab, remembered: Reader) -> None:
    assert open_roles(remembered, expected=REMEMBERED) == REMEMBERED
    assert remembered.log_in("login-tier1", "hostname").finish().out == "login-tier1.hpc.kuleuven.be\n"


def test_the_white_list_knows_one_exact_address(lab: Lab, remembered: Reader) -> None:
    assert open_roles(remembered, "-6", expected=REMEMBERED) == REMEMBERED
    assert open_roles(remembered, "-4", expected=NONE) == NONE


def test_the_white_list_lasts_90_days(lab: Lab, remembered: Reader) -> None:
    later(lab, "+89d")
    assert open_roles(remembered, expected=REMEMBERED) == REMEMBERED
    later(lab, "+2d")
    assert open_roles(remembered, expected=NONE) == NONE


def test_the_90_days_begin_anew_with_each_login(lab: Lab, remembered: Reader) -> None:
    later(lab, "+89d")
    remembered.log_in("login-tier1", "hostname").finish()
    later(lab, "+89d")
    assert open_roles(remembered, expected=REMEMBERED) == REMEMBERED


def test_a_login_that_was_not_completed_is_not_remembered(lab: Lab, abroad: Reader) -> None:
    visit(lab, V4, V6)
    login = abroad.begin("login", "hostname")
    lab.approve(login.link(), deny=True)
    assert login.finish().status == 255
    later(lab, "+61s")
    assert open_roles(abroad, expected=NONE) == NONE


def test_nx_and_firewall_do_not_fill_the_white_list(lab: Lab, abroad: Reader) -> None:
    visit(lab, V4, V6)
    assert abroad.log_in("nx", "nxserver").finish().status == 0
    assert abroad.with_certificate().in_batch("nx", "nxserver").status == 0
    later(lab, "+61s")
    assert open_roles(abroad, expected=NONE) == NONE


def test_a_certificate_does_not_replace_the_address(lab: Lab, abroad: Reader) -> None:
    visit(lab, V4, V6)
    holder = abroad.with_certificate()
    assert holder.in_batch("nx", "nxserver").status == 0
    later(lab, "+61s")
    assert open_roles(holder, expected=NONE) == NONE
