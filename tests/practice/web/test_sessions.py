"""Being logged in: how long, where else, and how nobody gets into another browser's session."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from starlette.applications import Starlette

from mfa_guide.practice.rules.guesses import Guesses
from mfa_guide.practice.rules.logins import Outcome
from mfa_guide.practice.web import sessions
from mfa_guide.practice.web.bell import Bell
from mfa_guide.practice.web.entrance import Entrance
from mfa_guide.practice.web.shared import Shared
from mfa_guide.practice.web.sso import institutions
from mfa_guide.practice.web.sso.institutions import CODE_LIFETIME
from tests.support.site_apart import LAB, SECRET, ssh_command
from tests.support.walking import form_of

if TYPE_CHECKING:
    from tests.support.site_apart import Site
    from tests.support.walking import Browser

FIREWALL = "https://firewall.vscentrum.be"
INSTITUTIONS = "https://institutions.practice.example"
ACCOUNT = "https://account.vscentrum.be"


def way_back(browser: Browser, address: str = f"{FIREWALL}/") -> str:
    """Log in as the owner up to where the institution sends the browser back, and return that address."""
    institution = browser.choose(browser.open(address))
    response = browser.send(institution, "/log-in", follow=False, person="owner-of-vsc98765")
    assert response.status_code == 303
    return response.headers["location"]


def logged_in(page: httpx2.Response) -> bool:
    return page.status_code == 200 and "The owner of vsc98765" in page.text and "Log out" in page.text


def test_a_log_in_is_asked_for_once(site: Site) -> None:
    browser = site.browser()
    first, second = site.log_in(), site.log_in()
    browser.answer(browser.reach_question(first), first, "yes")
    question = browser.open(site.link(second))
    assert "Are you trying to log in" in question.text, "no new log-in, and always the question"
    assert second.outcome is Outcome.WAITING
    assert len(site.happened("logged in at institution")) == 1


def test_the_institution_remembers_who_the_firewall_forgot(site: Site) -> None:
    browser, login = site.browser(), site.log_in()
    browser.reach_question(login)
    browser.client.cookies.delete("__Host-firewall", domain="firewall.vscentrum.be")
    picker = browser.open(site.link(login))
    assert "Home organization" in picker.text
    assert "Are you trying to log in" in browser.choose(picker).text
    assert "Who are you?" in browser.choose(picker_again(browser, site), "UGent").text, "each institution asks once"
    assert len(site.happened("logged in at institution")) == 1


def picker_again(browser: Browser, site: Site) -> httpx2.Response:
    browser.client.cookies.delete("__Host-firewall", domain="firewall.vscentrum.be")
    return browser.open(f"{site.addresses.firewall}/")


def test_one_log_in_serves_the_account_page_too(site: Site) -> None:
    browser = site.browser()
    browser.identify(browser.open(f"{FIREWALL}/"))
    assert "Edit account" in browser.choose(browser.open(f"{ACCOUNT}/")).text
    assert len(site.happened("logged in at institution")) == 1


def test_a_log_in_ends_after_its_time(site: Site) -> None:
    browser, login = site.browser(), site.log_in()
    browser.reach_question(login)
    lifetime = site.policy.seconds("institution_session")
    site.clock.move(lifetime - 10)
    assert logged_in(browser.open(f"{FIREWALL}/"))
    site.clock.move(10)
    picker = browser.open(f"{FIREWALL}/")
    assert "Home organization" in picker.text
    assert "Who are you?" in browser.choose(picker).text


def test_a_session_that_is_not_used_is_forgotten(site: Site) -> None:
    browser = site.browser()
    picker = browser.open(f"{FIREWALL}/")
    site.clock.move(site.policy.seconds("institution_session"))
    assert browser.send(picker, "/log-in", institution="UGent").status_code == 403


def test_an_answer_after_the_log_in_ended_is_not_heard(site: Site) -> None:
    browser = site.browser()
    browser.identify(browser.open(f"{FIREWALL}/"))
    site.clock.move(site.policy.seconds("institution_session") - 10)
    login = site.log_in()
    question = browser.open(site.link(login))
    site.clock.move(10)
    assert "Home organization" in browser.answer(question, login, "yes").text
    assert login.outcome is Outcome.WAITING


def test_log_out_ends_all_sessions_of_the_log_in(site: Site) -> None:
    browser = site.browser()
    page = browser.identify(browser.open(f"{FIREWALL}/"))
    browser.choose(browser.open(f"{ACCOUNT}/"))
    picker = browser.send(page, "/log-out")
    assert "Home organization" in picker.text
    assert "Who are you?" in browser.choose(picker).text, "the institution asks again"
    assert "Home organization" in browser.open(f"{ACCOUNT}/").text
    assert site.happened("logged out")[0]["person"] == "owner-of-vsc98765"


def test_a_confirmation_is_for_who_answered(site: Site) -> None:
    browser = site.browser()
    page = browser.identify(browser.open(f"{FIREWALL}/"))
    site.clock.move(site.policy.seconds("institution_session") - 10)
    login = site.log_in()
    confirmed = browser.answer(browser.open(site.link(login)), login, "yes")
    assert "All set up!" in confirmed.text
    site.clock.move(10)
    assert "All set up!" not in browser.open(str(confirmed.url)).text

    login = site.log_in()
    page = browser.answer(browser.reach_question(login), login, "yes")
    page = browser.send(page, "/log-out")
    browser.identify(page, "nobody-1")
    assert "All set up!" not in browser.open(str(confirmed.url)).text


def test_a_code_works_once(site: Site) -> None:
    browser = site.browser()
    back = way_back(browser)
    assert logged_in(browser.open(back))
    replayed = browser.open(back)
    assert replayed.status_code == 400
    assert "This log-in does not belong here" in replayed.text
    # Even where the browser's own state is fresh, the code is used up.
    fresh = parse_qs(urlsplit(way_back(site_browser := site.browser())).query)["state"][0]
    used = parse_qs(urlsplit(back).query)["code"][0]
    assert site_browser.open(f"{FIREWALL}/logged-in?code={used}&state={fresh}").status_code == 400
    assert not logged_in(site_browser.open(f"{FIREWALL}/"))


def test_what_was_begun_once_is_finished_once(site: Site) -> None:
    browser = site.browser()
    back = way_back(browser)
    browser.open(back)
    state = parse_qs(urlsplit(back).query)["state"][0]
    asked = {"site": "firewall", "institution": "KU Leuven Association", "state": state}
    # The institution knows the browser and sends it back with a new code; the state is used up all the same.
    assert browser.request("GET", f"{INSTITUTIONS}/log-in", params=asked).status_code == 400


def test_a_code_works_only_in_the_browser_that_began(site: Site) -> None:
    attacker, victim = site.browser("198.51.100.7"), site.browser()
    back = way_back(attacker)
    victim.open(f"{FIREWALL}/")
    refused = victim.open(back)
    assert refused.status_code == 400
    assert not logged_in(victim.open(f"{FIREWALL}/")), "nobody is logged in as somebody else unawares"
    assert site.happened("log-in refused")[0]["browser"] == "203.0.113.22"

    # With a state that is the victim's own, the code does not fit it.
    own = parse_qs(urlsplit(way_back(victim)).query)["state"][0]
    code = parse_qs(urlsplit(back).query)["code"][0]
    assert victim.open(f"{FIREWALL}/logged-in?code={code}&state={own}").status_code == 400
    assert not logged_in(victim.open(f"{FIREWALL}/"))


def test_a_code_works_only_for_the_site_that_asked(site: Site) -> None:
    browser = site.browser()
    back = way_back(browser, f"{ACCOUNT}/")
    assert back.startswith(f"{ACCOUNT}/logged-in?")
    assert browser.open(back.replace(ACCOUNT, FIREWALL)).status_code == 400
    assert logged_in(browser.open(back))


def test_codes_by_themselves(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind the checks of the sites that ask, the institutions make their own: each alone would do."""
    monkeypatch.setattr(institutions, "CODES", 2)
    entrance = Entrance(LAB, SECRET, Guesses(site.clock, site.state))
    shared = Shared(site, LAB, entrance, Bell(site.state), ssh_command)
    pages = shared.pages("Institutions", LAB.institutions)
    alone = institutions.Institutions(shared, pages, {"firewall": FIREWALL, "account": ACCOUNT})
    transport = httpx2.ASGITransport(Starlette(routes=alone.routes), client=("203.0.113.22", 50000))
    browser = site.browser()
    browser.client = httpx2.AsyncClient(transport=transport)

    def code(state: str) -> str:
        address = alone.log_in_address(site="firewall", institution="UGent", state=state)
        asked = browser.request("GET", address, follow=False)
        back = asked if asked.is_redirect else browser.send(asked, "/log-in", follow=False, person="nobody-4")
        return parse_qs(urlsplit(back.headers["location"]).query)["code"][0]

    once = code("a" * 32)
    assert alone.redeem(once, site="firewall", state="a" * 32)
    assert not alone.redeem(once, site="firewall", state="a" * 32)
    assert not alone.redeem(code("a" * 32), site="account", state="a" * 32)
    assert not alone.redeem(code("a" * 32), site="firewall", state="b" * 32)
    oldest, *newest = [code("a" * 32) for _ in range(3)]
    assert not alone.redeem(oldest, site="firewall", state="a" * 32)
    assert all(alone.redeem(each, site="firewall", state="a" * 32) for each in newest)


def test_a_code_runs_out(site: Site) -> None:
    browser = site.browser()
    back = way_back(browser)
    site.clock.move(CODE_LIFETIME)
    assert browser.open(back).status_code == 400
    assert not logged_in(browser.open(f"{FIREWALL}/"))


def test_a_session_has_another_id_after_the_log_in(site: Site) -> None:
    browser = site.browser()
    back = way_back(browser)
    before = dict(browser.client.cookies)
    browser.open(back)
    after = dict(browser.client.cookies)
    assert before["__Host-firewall"] != after["__Host-firewall"]

    knows_the_first = site.browser()
    knows_the_first.client.cookies.set("__Host-firewall", before["__Host-firewall"], domain="firewall.vscentrum.be")
    assert not logged_in(knows_the_first.open(f"{FIREWALL}/"))


def test_an_institution_session_has_another_id_after_the_log_in(site: Site) -> None:
    browser = site.browser()
    browser.choose(browser.open(f"{FIREWALL}/"))
    before = browser.client.cookies["__Host-institution"]
    browser.identify(browser.open(f"{FIREWALL}/"))
    assert browser.client.cookies["__Host-institution"] != before


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "", "/log-out"])
def test_nobody_is_sent_elsewhere(site: Site, back: str) -> None:
    browser = site.browser()
    picker = browser.open(f"{FIREWALL}/")
    institution = browser.send(picker, "/log-in", institution="KU Leuven Association", back=back)
    page = browser.send(institution, "/log-in", person="owner-of-vsc98765")
    assert str(page.url) == f"{FIREWALL}/"
    out = browser.send(page, "/log-out", follow=False, back=back)
    assert out.headers["location"] == "/"


@pytest.mark.parametrize(
    "change",
    [
        {"site": "https://evil.example"},
        {"institution": "Nowhere"},
        {"state": "short"},
        {"state": "not\r\nplain-but-long"},
        {"site": ""},
    ],
)
def test_institutions_serve_only_known_sites(site: Site, change: dict[str, str]) -> None:
    browser = site.browser()
    good = {"site": "firewall", "institution": "UGent", "state": "x" * 32}
    asked = browser.request("GET", f"{INSTITUTIONS}/log-in", params=good)
    assert asked.status_code == 200
    assert browser.request("GET", f"{INSTITUTIONS}/log-in", params=good | change).status_code == 400
    refused = browser.send(asked, "/log-in", follow=False, person="nobody-4", **change)
    assert refused.status_code == 400
    assert site.happened("logged in at institution") == []


@pytest.mark.parametrize("person", ["owner-of-vsc98765", "no-such-person", ""])
def test_an_institution_logs_only_its_own_people_in(site: Site, person: str) -> None:
    browser = site.browser()
    page = browser.choose(browser.open(f"{FIREWALL}/"), "UGent")
    assert browser.send(page, "/log-in", person=person).status_code == 400
    assert site.happened("logged in at institution") == []


@pytest.mark.parametrize("chosen", [None, "", "Nowhere"])
def test_the_picker_asks_again(site: Site, chosen: str | None) -> None:
    browser = site.browser()
    picker = browser.open(f"{FIREWALL}/")
    page = browser.send(picker, "/log-in") if chosen is None else browser.send(picker, "/log-in", institution=chosen)
    assert page.status_code == 400
    assert "Choose one from the list first." in page.text


def test_the_institutions_first_page_leads_to_the_firewall(site: Site) -> None:
    assert str(site.browser().open(f"{INSTITUTIONS}/").url) == f"{FIREWALL}/"


def test_sessions_are_limited_in_number(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "LIMIT", 3)
    kept, forgotten = site.browser(), site.browser()
    for browser in (forgotten, kept):
        browser.identify(browser.open(f"{FIREWALL}/"))
    for _ in range(3):
        site.browser().open(f"{FIREWALL}/")
        assert logged_in(kept.open(f"{FIREWALL}/"))
    assert not logged_in(forgotten.open(f"{FIREWALL}/"))


def test_pages_that_are_errors_take_no_session(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "LIMIT", 1)
    browser = site.browser()
    browser.identify(browser.open(f"{FIREWALL}/"))
    site.browser().open(f"{FIREWALL}/NoSuchLink")
    site.browser().request("POST", f"{FIREWALL}/log-in")
    assert logged_in(browser.open(f"{FIREWALL}/"))


def test_cookies_are_for_their_host_and_not_for_scripts(site: Site, loopback: Site) -> None:
    for where, secure in ((site, True), (loopback, False)):
        browser, login = where.browser(), where.log_in()
        for page in (browser.open(where.link(login)), browser.choose(browser.open(where.link(login)))):
            for cookie in page.headers.get_list("set-cookie"):
                words = [word.strip().lower() for word in cookie.split(";")]
                assert "httponly" in words
                assert "samesite=lax" in words
                assert "path=/" in words
                assert ("secure" in words) is secure
                assert not any(word.startswith("domain=") for word in words)
                assert login.token not in cookie


def test_two_practice_sites_on_one_computer_keep_their_cookies_apart(loopback: Site) -> None:
    browser = loopback.browser()
    browser.reach_question(loopback.log_in())
    names = {cookie.name for cookie in browser.client.cookies.jar}
    assert names == {"practice-entrance-8480", "practice-firewall-8480", "practice-institution-8480"}


def test_a_browser_begins_a_limited_number_of_log_ins(site: Site) -> None:
    browser = site.browser()
    picker = browser.open(f"{FIREWALL}/")
    first = browser.choose(picker)
    for _ in range(10):
        browser.choose(picker)
    assert browser.send(first, "/log-in", person="owner-of-vsc98765").status_code == 400
    assert "site" in form_of(first, "/log-in").fields


def test_a_stale_session_is_of_no_use_and_a_private_window_has_none(site: Site) -> None:
    browser, login = site.browser(), site.log_in()
    institution = browser.choose(browser.open(site.link(login)))
    stale = browser.send(institution, "/stale")
    again = browser.choose(browser.open(site.link(login)))
    for page in (stale, again):
        assert (page.status_code, "This log-in page is stale" in page.text) == (409, True)
    private = site.browser()
    private.answer(private.reach_question(login), login, "yes")
    assert login.outcome is Outcome.APPROVED
