"""Pending logins and their links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.expecting.shapes import pieces
from mfa_guide.policy import load
from mfa_guide.practice.rules.login_service import LoginService
from mfa_guide.practice.rules.logins import PENDING_PER_ACCOUNT, PENDING_PER_ADDRESS, Outcome, TooManyError
from mfa_guide.practice.ssh.keys import read_public_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mfa_guide.practice.rules.logins import PendingLogin


def begin(service: LoginService, *, address: str = "192.0.2.1", proved: bool = True) -> PendingLogin:
    return service.logins.open(
        account="vsc98765", address=address, port=49152, host="login", fingerprint="SHA256:x", proved=proved
    )


def test_every_link_is_known_as_one_by_its_looks(tmp_path: Path) -> None:
    service = LoginService.open(load("2024"), tmp_path / "state.sqlite", read_key=read_public_key)
    for _ in range(300):
        login = service.logins.open(
            account="vsc98765",
            address="192.0.2.1",
            port=49152,
            host="login.hpc.kuleuven.be",
            fingerprint="SHA256:x",
            proved=True,
        )
        link = f"https://firewall.vscentrum.be/{login.token}"
        assert [piece.text for piece in pieces(link) if piece.shape] == [login.token]
        service.logins.leave(login)
    service.state.close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[LoginService]:
    service = LoginService.open(load("2026"), tmp_path / "state.sqlite", read_key=read_public_key)
    yield service
    service.state.close()


def outcomes(logins: Sequence[PendingLogin]) -> list[Outcome]:
    return [login.outcome for login in logins]


def test_of_those_that_proved_nothing_the_oldest_makes_room_whose_link_its_owner_has_not_opened(
    service: LoginService,
) -> None:
    waiting = [begin(service, proved=False) for _ in range(PENDING_PER_ACCOUNT)]
    waiting[0].opened = True
    elsewhere = [begin(service, address="::1", proved=False) for _ in range(PENDING_PER_ACCOUNT)]
    assert {*outcomes(waiting), *outcomes(elsewhere)} == {Outcome.WAITING}, "one address counts against another"
    begin(service, proved=False)
    assert outcomes(waiting[:3]) == [Outcome.WAITING, Outcome.GONE, Outcome.WAITING]
    for login in waiting:
        login.opened = True
    for login in service.logins.waiting(account="vsc98765", address="192.0.2.1"):
        login.opened = True
    with pytest.raises(TooManyError):
        begin(service, proved=False)


def test_an_address_has_an_end_too_and_those_who_proved_a_key_make_no_room(service: LoginService) -> None:
    def stranger(number: int) -> PendingLogin:
        return service.logins.open(
            account=f"vsc{number}", address="192.0.2.1", port=1, host="login", fingerprint="SHA256:x", proved=False
        )

    strangers = [stranger(number) for number in range(PENDING_PER_ADDRESS + 1)]
    assert outcomes(strangers[:2]) == [Outcome.GONE, Outcome.WAITING]
    for login in strangers:
        login.proved = True
    with pytest.raises(TooManyError):
        begin(service, proved=False)
