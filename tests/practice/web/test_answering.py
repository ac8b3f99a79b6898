"""A login link in the browser: from the picker to the answer, and everything that must not lead there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.practice.rules import guesses
from mfa_guide.practice.rules.logins import Outcome
from tests.support.site_apart import HOME, became
from tests.support.walking import form_of

if TYPE_CHECKING:
    from tests.support.site_apart import Site

FINGERPRINT = "SHA256:7bAXRxDJBTDQQSUkDcHC0VMNYkBRcdvhqeV5yXq2aWs"


def test_whole_way_to_approved(site: Site) -> None:
    login, browser = site.log_in(), site.browser()
    picker = browser.open(site.link(login))
    assert site.policy.text("picker_text") in picker.text
    assert all(f"<option>{name}</option>" in picker.text for name in site.policy.names("institutions"))

    institution = browser.choose(picker)
    assert institution.url.host == "institutions.practice.example"
    assert login.token not in str(institution.url), "the institution learns nothing of the link"
    assert "The owner of vsc98765" in institution.text
    assert "Somebody without a VSC account" in institution.text

    question = browser.send(institution, "/log-in", person="owner-of-vsc98765")
    assert str(question.url) == site.link(login)
    assert "<h1>VSC Authentication</h1>" in question.text
    assert f"Are you trying to log in as vsc98765 from {HOME}?" in question.text
    assert "<dd>login.hpc.kuleuven.be</dd>" in question.text
    assert FINGERPRINT in question.text
    assert became(login) is Outcome.WAITING

    confirmed = browser.answer(question, login, "yes")
    assert became(login) is Outcome.APPROVED
    assert login.ended.is_set()
    assert "<h1>HPC Firewall</h1>" in confirmed.text
    assert "All set up!" in confirmed.text
    assert site.policy.text("confirmed_text", account="vsc98765") in confirmed.text
    assert login.token not in str(confirmed.url)
    assert site.happened("logged in at institution") == [
        {
            "person": "owner-of-vsc98765",
            "institution": "KU Leuven Association",
            "site": "firewall",
            "browser": HOME,
        }
    ]
    assert login.token not in str(site.state.events())


def test_a_link_works_once(site: Site) -> None:
    login, browser = site.log_in(), site.browser()
    question = browser.reach_question(login)
    browser.answer(question, login, "yes")
    for again in (
        browser.open(site.link(login)),
        browser.answer(question, login, "no"),
        site.browser().open(site.link(login)),
    ):
        assert again.status_code == 410
        assert "This link was used already" in again.text
        assert "ssh -F practice/config vsc98765@login.hpc.kuleuven.be" in again.text
    assert became(login) is Outcome.APPROVED


def test_no_refuses_the_login(site: Site) -> None:
    login, browser = site.log_in(), site.browser()
    page = browser.answer(browser.reach_question(login), login, "no")
    assert login.outcome is Outcome.DENIED
    assert "You refused the login as vsc98765" in page.text
    assert "Did somebody else start it?" in page.text
    assert "All set up!" not in page.text
    assert browser.open(site.link(login)).status_code == 410


def test_a_link_runs_out_while_the_question_is_open(site: Site) -> None:
    login, browser = site.log_in(), site.browser()
    question = browser.reach_question(login)
    site.clock.move(site.policy.seconds("link_lifetime"))
    late = browser.answer(question, login, "yes")
    assert late.status_code == 410
    assert "This link has run out" in late.text
    assert login.outcome is Outcome.EXPIRED


def test_a_link_ends_with_its_connection(site: Site) -> None:
    login, browser = site.log_in(), site.browser()
    question = browser.reach_question(login)
    site.logins.leave(login)
    gone = browser.answer(question, login, "yes")
    assert gone.status_code == 410
    assert "The login behind this link has ended" in gone.text
    assert login.outcome is Outcome.GONE


@pytest.mark.parametrize("path", ["/NoSuchLink", "/favicon.ico", "/a/b", "/%3Cscript%3E", "/log-in"])
def test_an_unknown_link_says_so(site: Site, path: str) -> None:
    page = site.browser().open(f"https://firewall.vscentrum.be{path}")
    assert page.status_code == 404
    assert "<h1>There is no such" in page.text
    assert "<script>" not in page.text


def test_only_the_owner_is_asked_and_heard(site: Site) -> None:
    login, owner, other = site.log_in(), site.browser(), site.browser("198.51.100.7")
    refused = other.identify(other.open(site.link(login)), "nobody-4")
    assert refused.status_code == 403
    assert "only its owner can answer" in refused.text
    assert 'value="yes"' not in refused.text

    # With a form of their own session, so that only the ownership is in the way.
    forged = form_of(refused, "/log-out").fields["csrf"]
    for answer in ("yes", "no"):
        page = other.request("POST", site.link(login), data={"csrf": forged, "answer": answer})
        assert page.status_code == 403
        assert became(login) is Outcome.WAITING
    assert site.happened("question refused")[0]["person"] == "nobody-4"
    assert site.happened("answer refused")[0]["browser"] == "198.51.100.7"

    owner.answer(owner.reach_question(login), login, "yes")
    assert became(login) is Outcome.APPROVED, "the link stays usable for the owner"


def test_someone_else_can_take_over_in_the_same_browser(site: Site) -> None:
    login, browser = site.log_in(), site.browser()
    refused = browser.identify(browser.open(site.link(login)), "nobody-1")
    picker = browser.send(refused, "/log-out", back=f"/{login.token}")
    assert f'<input type="hidden" name="back" value="/{login.token}">' in refused.text
    assert str(picker.url) == site.link(login)
    browser.answer(browser.identify(picker), login, "yes")
    assert became(login) is Outcome.APPROVED


def test_getting_pages_never_answers(site: Site) -> None:
    login, browser = site.log_in(), site.browser()
    question = browser.reach_question(login)
    csrf = form_of(question, f"/{login.token}").fields["csrf"]
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
        for address in (
            f"{site.link(login)}?answer=yes&csrf={csrf}",
            f"https://firewall.vscentrum.be/answered?answer=yes&csrf={csrf}",
            f"https://firewall.vscentrum.be/log-out?csrf={csrf}",
            f"https://firewall.vscentrum.be/?answer=yes&csrf={csrf}",
        ):
            browser.request(method, address, data={"answer": "yes", "csrf": csrf})
    assert became(login) is Outcome.WAITING
    assert "VSC Authentication" in browser.open(site.link(login)).text, "nor does it log anybody out"


def test_an_answer_that_is_neither_yes_nor_no_is_no_answer(site: Site) -> None:
    login, browser = site.log_in(), site.browser()
    question = browser.reach_question(login)
    again = browser.answer(question, login, "maybe")
    assert "Are you trying to log in" in again.text
    assert became(login) is Outcome.WAITING


def test_loading_the_confirmation_again_answers_nothing_twice(site: Site) -> None:
    login, browser = site.log_in(), site.browser()
    confirmed = browser.answer(browser.reach_question(login), login, "yes")
    assert "All set up!" in browser.open(str(confirmed.url)).text
    assert "All set up!" not in site.browser().open(str(confirmed.url)).text


def test_the_first_page_shows_the_owners_logins_from_this_address(site: Site) -> None:
    browser = site.browser()
    empty = browser.identify(browser.open("https://firewall.vscentrum.be/"))
    assert "Nothing is waiting." in empty.text
    mine, elsewhere = site.log_in(host="nx.hpc.kuleuven.be"), site.log_in(address="198.51.100.7")
    second = site.log_in()
    page = browser.open("https://firewall.vscentrum.be/")
    assert "nx.hpc.kuleuven.be" in page.text
    assert elsewhere.token not in page.text
    browser.answer(page, second, "no")
    browser.answer(page, mine, "yes")
    outcomes = [login.outcome for login in (mine, second, elsewhere)]
    assert outcomes == [Outcome.APPROVED, Outcome.DENIED, Outcome.WAITING]
    assert "Nothing is waiting." in browser.open("https://firewall.vscentrum.be/").text


def test_the_first_page_is_for_owners(site: Site) -> None:
    login, browser = site.log_in(), site.browser()
    page = browser.identify(browser.open("https://firewall.vscentrum.be/"), "nobody-1")
    assert "You have no VSC account" in page.text
    assert login.token not in page.text


def test_names_from_outside_are_text(site: Site) -> None:
    hostile = "<img src=x onerror=alert(1)>'\"{{ 7*7 }}"
    account = "vsc98765"
    login = site.log_in(host=hostile)
    login.address = f"{HOME}{{host.__class__}}<b>"
    browser = site.browser()
    page = browser.reach_question(login)
    assert page.status_code == 200
    assert "<img" not in page.text
    assert "<b>" not in page.text
    assert "&lt;img src=x onerror=alert(1)&gt;&#39;&#34;{{ 7*7 }}" in page.text
    assert f"log in as {account} from {HOME}{{host.__class__}}&lt;b&gt;?" in page.text

    stranger = site.log_in(account=hostile)
    refused = browser.open(site.link(stranger))
    assert refused.status_code == 403
    assert "<img" not in refused.text
    assert "&lt;img" in refused.text


def test_wrong_links_are_in_the_log(site: Site) -> None:
    """Once a minute for each browser's address: no more, or they would drive out what else has happened."""
    login, elsewhere = site.log_in(), "198.51.100.7"
    for address in (HOME, elsewhere):
        for number in range(30):
            assert site.browser(address).open(f"{site.addresses.firewall}/{number:019}").status_code == 404
            assert site.browser(address).open(f"{site.addresses.firewall}/enter/{number:032}").status_code == 404
    told = [{"browser": HOME}, {"browser": elsewhere}]
    assert site.happened("wrong address") == told
    site.clock.move(60)
    site.browser(HOME).open(f"{site.addresses.firewall}/{'a' * 19}")
    assert site.happened("wrong address") == [*told, {"browser": HOME}]
    # Right ones work all the same.
    assert site.browser(HOME).open(site.link(login)).status_code == 200


@pytest.mark.parametrize("path", ["favicon.ico", "robots.txt", "static/none.css"])
def test_what_browsers_ask_for_by_themselves_is_no_wrong_link(site: Site, path: str) -> None:
    assert site.browser().open(f"{site.addresses.firewall}/{path}").status_code == 404
    assert site.happened("wrong address") == []


def test_of_many_addresses_the_oldest_is_forgotten(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "MOST_ADDRESSES", 2)
    noted = guesses.Guesses(site.clock, site.state)
    for browser in ("a", "b", "c", "c", "a"):
        noted.wrong(browser)
    assert [details["browser"] for details in site.happened("wrong address")] == ["a", "b", "c", "a"]


def test_a_hundred_guesses_a_minute_are_the_most(site: Site) -> None:
    noted = guesses.Guesses(site.clock, site.state)
    for _ in range(100):
        assert not noted.too_many(HOME)
        noted.wrong(HOME)
    assert noted.too_many(HOME)


def test_who_guesses_on_and_on_gets_no_answers_for_a_minute(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even to a right link: an answer that a guess can make is what the limit is about."""
    monkeypatch.setattr(guesses, "MOST_GUESSES", 5)
    login = site.log_in()
    for number in range(5):
        assert site.browser().open(f"{site.addresses.firewall}/{number:019}").status_code == 404
    refused = site.browser().open(site.link(login))
    assert refused.status_code == 429
    assert "Wait a minute, and open the right one again." in refused.text
    assert site.browser("198.51.100.7").open(site.link(login)).status_code == 200, "somebody else has guessed nothing"
    site.clock.move(60)
    assert site.browser().open(site.link(login)).status_code == 200


@pytest.mark.parametrize("proved", [True, False])
def test_what_somebody_else_has_is_said_for_what_it_is(site: Site, proved: bool) -> None:
    """Where no key is needed, whoever begins a login for somebody else has nothing of theirs."""
    login, browser = site.log_in(), site.browser()
    login.proved = proved
    question = browser.reach_question(login)
    assert login.opened
    refused = browser.answer(question, login, "no")
    for page, with_key, without in (
        (question, "somebody else has your key", "somebody else has typed the name of your account"),
        (refused, "make a new key", "They got nothing by it"),
    ):
        assert (with_key in page.text, without in page.text) == (proved, not proved)
