"""The firewall's first page: while it is open, with its owner logged in on it, the address is open."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from mfa_guide.practice.rules.events import KeyAdded
from mfa_guide.practice.rules.logins import Outcome
from mfa_guide.practice.web import bell, firewall
from tests.support.site_apart import HOME
from tests.support.walking import form_of

if TYPE_CHECKING:
    import httpx2

    from tests.support.site_apart import Site
    from tests.support.walking import Browser

FIREWALL = "https://firewall.vscentrum.be"
ACCOUNT = "vsc98765"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold the answer to a heartbeat for a moment only."""
    monkeypatch.setattr(firewall, "HELD", 0.05)


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.browser()


@pytest.fixture
def page(browser: Browser) -> httpx2.Response:
    return browser.identify(browser.open(f"{FIREWALL}/"))


def is_open(site: Site, address: str = HOME) -> bool:
    return site.access.page_is_open(address, ACCOUNT)


def version(page: httpx2.Response) -> str:
    found = re.search(r'data-shown="([0-9a-f]{64})"', page.text)
    assert found
    return found[1]


def beat(browser: Browser, page: httpx2.Response, shown: str = "") -> httpx2.Response:
    return browser.send(page, "/heartbeat", shown=shown)


def test_loading_the_page_opens_the_address_and_approves_nothing(site: Site, browser: Browser) -> None:
    login = site.log_in()
    picker = browser.open(f"{FIREWALL}/")
    assert not is_open(site), "nobody is logged in on it yet"
    browser.identify(picker)
    assert is_open(site)
    assert not is_open(site, "198.51.100.7")
    assert not site.access.page_is_open(HOME, "vsc98766")
    assert login.outcome is Outcome.WAITING


@pytest.mark.usefixtures("page")
def test_a_closed_page_is_forgotten(site: Site) -> None:
    lifetime = site.policy.seconds("heartbeat")
    site.clock.move(lifetime - 2)
    assert is_open(site)
    site.clock.move(3)
    assert not is_open(site)


def test_a_heartbeat_keeps_the_address_open(site: Site, browser: Browser, page: httpx2.Response) -> None:
    for _ in range(3):
        site.clock.move(site.policy.seconds("heartbeat") - 2)
        assert beat(browser, page).status_code == 200
    assert is_open(site)
    assert len(site.happened("firewall page opened")) == 1


def test_loading_the_page_again_keeps_it_open_too(site: Site, browser: Browser, page: httpx2.Response) -> None:
    """As one does whose browser runs no scripts."""
    assert "Load it again within 60 seconds" in page.text
    site.clock.move(59)
    browser.open(f"{FIREWALL}/")
    site.clock.move(59)
    assert is_open(site)


@pytest.mark.usefixtures("page")
def test_other_pages_do_not_open_the_address(site: Site, browser: Browser) -> None:
    login = site.log_in()
    site.clock.move(61)
    for address in (site.link(login), "https://account.vscentrum.be/", f"{FIREWALL}/static/practice.css"):
        browser.open(address)
    assert not is_open(site)


@pytest.mark.parametrize("csrf", ["", "x" * 32, "missing", "another browser's"])
def test_a_forged_heartbeat_is_not_heard(site: Site, browser: Browser, page: httpx2.Response, csrf: str) -> None:
    other = site.browser("198.51.100.7")
    if csrf == "another browser's":
        csrf = form_of(other.identify(other.open(f"{FIREWALL}/")), "/heartbeat").fields["csrf"]
    site.clock.move(61)
    fields = {} if csrf == "missing" else {"csrf": csrf}
    assert browser.request("POST", f"{FIREWALL}/heartbeat", data=fields).status_code == 403
    for method in ("GET", "HEAD", "PUT"):
        csrf = form_of(page, "/heartbeat").fields["csrf"]
        browser.request(method, f"{FIREWALL}/heartbeat?csrf={csrf}", data={"csrf": csrf})
    assert not is_open(site)


def test_who_is_not_logged_in_is_not_heard(site: Site, browser: Browser) -> None:
    csrf = form_of(browser.open(f"{FIREWALL}/"), "/log-in").fields["csrf"]
    assert browser.request("POST", f"{FIREWALL}/heartbeat", data={"csrf": csrf}).status_code == 403
    assert site.happened("firewall page opened") == []


def test_who_has_no_account_is_not_heard(site: Site, browser: Browser) -> None:
    page = browser.identify(browser.open(f"{FIREWALL}/"), "nobody-1")
    csrf = form_of(page, "/log-out").fields["csrf"]
    assert browser.request("POST", f"{FIREWALL}/heartbeat", data={"csrf": csrf}).status_code == 403
    assert site.happened("firewall page opened") == []
    assert not site.access._pages


def test_a_log_in_that_ended_is_not_heard(site: Site, browser: Browser, page: httpx2.Response) -> None:
    site.clock.move(site.policy.seconds("institution_session"))
    assert beat(browser, page).status_code == 403
    assert not is_open(site)


def test_strangers_do_not_open_the_address_on_loopback(loopback: Site) -> None:
    stranger = loopback.browser("127.0.0.1")
    assert stranger.open("http://127.0.0.1:8480/").status_code == 403
    assert stranger.request("POST", "http://127.0.0.1:8480/heartbeat").status_code == 403
    assert loopback.happened("firewall page opened") == []


def test_the_page_tells_since_when_and_where(site: Site) -> None:
    for address, kind, option in ((HOME, "IPv4", "-4"), ("2001:db8:a::33", "IPv6", "-6")):
        browser = site.browser(address)
        page = browser.identify(browser.open(f"{FIREWALL}/"))
        assert f"for your address, <strong>{address}</strong>" in page.text
        assert f"Yours is an {kind} address" in page.text
        assert f"<code>{option}</code>" in page.text
        since = re.search(r"Open since <strong>(.+?)</strong>", page.text)
        assert since
        site.clock.move(30)
        assert since[0] in beat(browser, page).text
        site.clock.move(61)
        assert since[0] not in beat(browser, page).text, "it was closed in between"


def test_a_heartbeat_brings_the_rows(site: Site, browser: Browser, page: httpx2.Response) -> None:
    login, elsewhere = site.log_in(), site.log_in(address="198.51.100.7")
    rows = beat(browser, page, version(page))
    assert f'id="login-{login.token}"' in rows.text
    assert elsewhere.token not in rows.text
    assert "<html" not in rows.text
    browser.answer(rows, login, "yes")
    assert login.outcome is Outcome.APPROVED
    assert "Nothing is waiting." in beat(browser, page, version(rows)).text


def test_the_answer_is_held_until_something_changes(
    site: Site, browser: Browser, page: httpx2.Response, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firewall, "HELD", 60)
    form = form_of(page, "/heartbeat")

    async def both() -> httpx2.Response:
        held = asyncio.create_task(
            browser.client.post(form.address, data=form.fields | {"shown": version(page)}), name="heartbeat"
        )
        await asyncio.sleep(0.1)
        site.state.record(KeyAdded("vsc98766", "SHA256:x"))
        await asyncio.sleep(0.1)
        assert not held.done(), "what happens to others does not concern this page"
        site.log_in()
        return await asyncio.wait_for(held, 5)

    assert "Are you trying to log in" in asyncio.run(both()).text


def test_what_is_held_ends_with_the_log_in(
    site: Site, browser: Browser, page: httpx2.Response, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firewall, "HELD", 60)
    form, log_out = form_of(page, "/heartbeat"), form_of(page, "/log-out")

    async def both() -> httpx2.Response:
        held = asyncio.create_task(browser.client.post(form.address, data=form.fields | {"shown": version(page)}))
        await asyncio.sleep(0.1)
        await browser.client.post(log_out.address, data=log_out.fields)
        return await asyncio.wait_for(held, 5)

    assert asyncio.run(both()).status_code == 403
    assert "Home organization" in browser.open(f"{FIREWALL}/").text, "the answer that came late logged nobody in again"


def test_a_limited_number_of_answers_is_held(
    browser: Browser, page: httpx2.Response, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell, "MOST_WAITING", 0)
    assert beat(browser, page, version(page)).status_code == 503
    assert beat(browser, page, "older").status_code == 200, "what has changed needs no waiting"
