"""On loopback, other users of the same computer reach the pages: they must not get any further."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.practice.rules import guesses
from mfa_guide.practice.rules.logins import Outcome
from mfa_guide.practice.web.entrance import entrance_address
from tests.support.site_apart import LAB, LOOPBACK, SECRET
from tests.support.walking import form_of

if TYPE_CHECKING:
    from tests.support.site_apart import Site


@pytest.mark.parametrize("page", ["/", "/account/"])
def test_a_stranger_cannot_log_in(loopback: Site, page: str) -> None:
    stranger, login = loopback.browser("127.0.0.1"), loopback.log_in(address="127.0.0.1")
    closed = stranger.open(f"{LOOPBACK.firewall}{page}")
    assert closed.status_code == 403
    assert "Open the address that “mfa-guide practice up” printed" in closed.text
    assert login.token not in closed.text

    # /answered sends a stranger on, and the institution alone is of no use without a log-in that was begun here.
    assert stranger.open(f"{LOOPBACK.firewall}/answered").status_code == 403
    asked = stranger.request(
        "GET",
        f"{LOOPBACK.institutions}/log-in",
        params={"site": "firewall", "institution": "KU Leuven Association", "state": "x" * 32},
    )
    assert stranger.send(asked, "/log-in", person="owner-of-vsc98765").status_code == 400
    assert stranger.open(f"{LOOPBACK.firewall}{page}").status_code == 403
    assert login.outcome is Outcome.WAITING


def test_the_picker_of_a_link_is_of_no_use_without_its_entrance(loopback: Site) -> None:
    """A form's session is not the entrance: only the cookie that came with the link is."""
    browser = loopback.browser("127.0.0.1")
    picker = browser.open(loopback.link(loopback.log_in()))
    browser.client.cookies.delete("practice-entrance-8480")
    assert browser.choose(picker).status_code == 403


def test_the_printed_address_lets_its_owner_in(loopback: Site) -> None:
    browser, login = loopback.browser("127.0.0.1"), loopback.log_in(address="127.0.0.1")
    page = browser.identify(browser.open(entrance_address(LOOPBACK, SECRET)))
    assert str(page.url) == f"{LOOPBACK.firewall}/"
    browser.answer(page, login, "yes")
    assert login.outcome is Outcome.APPROVED
    assert form_of(browser.open(f"{LOOPBACK.account}/"), "/log-in")


def test_a_link_that_waits_lets_its_owner_in(loopback: Site) -> None:
    browser, login = loopback.browser("127.0.0.1"), loopback.log_in(address="127.0.0.1")
    browser.answer(browser.reach_question(login), login, "yes")
    assert login.outcome is Outcome.APPROVED
    assert browser.open(f"{LOOPBACK.firewall}/").status_code == 200


@pytest.mark.parametrize("key", ["0" * 32, "é", "x", "practice"])
def test_a_guess_does_not(loopback: Site, key: str) -> None:
    browser = loopback.browser("127.0.0.1")
    assert browser.open(f"{LOOPBACK.firewall}/enter/{key}").status_code == 404
    browser.client.cookies.set("practice-entrance-8480", "0" * 32, domain="127.0.0.1")
    assert browser.open(f"{LOOPBACK.firewall}/").status_code == 403


@pytest.mark.parametrize("way", ["enter/", "", "cookie"])
def test_guessing_on_and_on_is_of_no_use_and_keeps_nobody_out(
    loopback: Site, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Everybody on the computer has the same address: whoever was let in before goes on."""
    monkeypatch.setattr(guesses, "MOST_GUESSES", 5)
    owner, stranger = loopback.browser("127.0.0.1"), loopback.browser("127.0.0.1")
    login = loopback.log_in(address="127.0.0.1")
    owner.open(entrance_address(LOOPBACK, SECRET))
    seen = []
    for number in range(7):
        guess = f"{number:032}" if way else f"{number:019}"
        if way == "cookie":
            stranger.client.cookies.set("practice-entrance-8480", guess, domain="127.0.0.1")
            guess = ""
        seen.append(stranger.open(f"{LOOPBACK.firewall}/{way.removesuffix('cookie')}{guess}").status_code)
    assert seen == [403 if way == "cookie" else 404] * 5 + [429] * 2
    assert stranger.open(entrance_address(LOOPBACK, SECRET)).status_code == 429
    owner.answer(owner.reach_question(login), login, "yes")
    assert login.outcome is Outcome.APPROVED


def test_who_has_no_cookie_yet_guesses_nothing(loopback: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "MOST_GUESSES", 5)
    assert [loopback.browser("127.0.0.1").open(f"{LOOPBACK.firewall}/").status_code for _ in range(6)] == [403] * 6


def test_a_used_link_does_not(loopback: Site) -> None:
    owner, stranger = loopback.browser("127.0.0.1"), loopback.browser("127.0.0.1")
    login = loopback.log_in()
    owner.answer(owner.reach_question(login), login, "yes")
    stranger.open(loopback.link(login))
    assert stranger.open(f"{LOOPBACK.firewall}/").status_code == 403


def test_another_installation_has_another_key() -> None:
    assert entrance_address(LOOPBACK, b"another") != entrance_address(LOOPBACK, SECRET)
    assert SECRET.hex() not in entrance_address(LOOPBACK, SECRET)


def test_in_the_lab_the_pages_are_open(site: Site) -> None:
    assert entrance_address(LAB, SECRET) == "https://firewall.vscentrum.be/"
    assert "Home organization" in site.browser().open(entrance_address(LAB, SECRET)).text
