"""Open pages and rides: what is over is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.practice.rules import access
from mfa_guide.practice.rules.access import Rides, Surroundings
from mfa_guide.practice.rules.login_service import LoginService
from mfa_guide.practice.rules.roles import all_roles
from mfa_guide.practice.ssh.keys import read_public_key
from tests.support import POLICY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOME = "203.0.113.22"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[LoginService]:
    around = Surroundings({HOME}.__contains__, silent=True)
    service = LoginService.open(POLICY, tmp_path / "state.sqlite", read_key=read_public_key, around=around, users=3)
    yield service
    service.state.close()


def test_rides_that_are_over_are_forgotten() -> None:
    rides = Rides()
    for _ in range(2):
        rides.begin("vsc98765", HOME)
    rides.end("vsc98765", HOME)
    assert rides.offered("vsc98765", HOME)
    rides.end("vsc98765", HOME)
    assert not rides.offered("vsc98765", HOME)
    assert rides._open == {}


def test_a_page_opens_its_address_to_its_owner_only(service: LoginService) -> None:
    login = all_roles(service.policy)[0]
    assert not service.access.may_connect(login, HOME)
    since = service.access.hear(HOME, "vsc98766").since
    assert service.access.may_connect(login, HOME)
    assert service.access.may_log_in(login, HOME, "vsc98766")
    assert not service.access.may_log_in(login, HOME, "vsc98765")
    service.clock.move(service.policy.seconds("heartbeat") - 30)
    assert service.access.hear(HOME, "vsc98766").since == since
    service.clock.move(service.policy.seconds("heartbeat") + 1)
    assert not service.access.may_connect(login, HOME)
    assert [entry.event for entry in service.state.events()] == ["firewall page opened"]


def test_of_many_pages_the_oldest_is_forgotten(service: LoginService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "MOST_PAGES", 2)
    for account in service.accounts.names:
        service.access.hear(HOME, account)
    assert [service.access.page_is_open(HOME, account) for account in service.accounts.names] == [False, True, True]


def test_of_links_that_are_over_not_all_are_known(service: LoginService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mfa_guide.practice.rules.logins.MOST_PAST", 2)
    logins = [
        service.logins.open(account="vsc98765", address=HOME, port=1, host="login", fingerprint="SHA256:x", proved=True)
        for _ in range(3)
    ]
    for login in logins:
        service.logins.leave(login)
    assert len(service.logins._past) == 2
