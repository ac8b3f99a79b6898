"""What holds for every answer: forms are bound to their session, hosts are exact, headers are set, bodies are small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mfa_guide.practice.rules.logins import Outcome
from mfa_guide.practice.web.guard import MAXIMUM_BODY
from tests.support.site_apart import became
from tests.support.walking import form_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx2

    from tests.support.site_apart import Site
    from tests.support.walking import Browser

FIREWALL = "https://firewall.vscentrum.be"
INSTITUTIONS = "https://institutions.practice.example"
ACCOUNT = "https://account.vscentrum.be"
HEADERS = {
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
}


# -- forms -------------------------------------------------------------------------------------------------------------


def other_csrf(site: Site) -> str:
    """Return the token of somebody else's session at the same site, who is logged in too."""
    other = site.browser("198.51.100.7")
    return form_of(other.identify(other.open(f"{FIREWALL}/")), "/log-out").fields["csrf"]


@pytest.mark.parametrize("token", ["missing", "empty", "wrong", "another session's", "not ASCII"])
@pytest.mark.parametrize("form", ["answer", "log in", "pick", "log out", "keys"])
def test_a_form_is_bound_to_its_session(site: Site, form: str, token: str) -> None:
    login, browser = site.log_in(), site.browser()
    fields: dict[str, str] = {
        "missing": {},
        "empty": {"csrf": ""},
        "wrong": {"csrf": "x" * 32},
        "another session's": {"csrf": other_csrf(site)},
        "not ASCII": {"csrf": "é" * 32},
    }[token]
    question = browser.reach_question(login)
    browser.choose(browser.open(f"{ACCOUNT}/"))
    logged_in_before = len(site.happened("logged in at institution"))
    address, rest = {
        "answer": (site.link(login), {"answer": "yes"}),
        "log in": (f"{FIREWALL}/log-in", {"institution": "UGent"}),
        "pick": (
            f"{INSTITUTIONS}/log-in",
            {"site": "firewall", "institution": "UGent", "state": "x" * 32, "person": "nobody-4"},
        ),
        "log out": (f"{FIREWALL}/log-out", {}),
        "keys": (f"{ACCOUNT}/keys", {}),
    }[form]
    refused = browser.request("POST", address, data=rest | fields)
    assert refused.status_code == 403
    assert "This form is not valid any more" in refused.text
    assert became(login) is Outcome.WAITING
    assert len(site.happened("logged in at institution")) == logged_in_before
    assert len(site.happened("form refused")) == 1
    assert login.token not in str(site.state.events())
    # Nothing was lost by it either.
    browser.answer(question, login, "yes")
    assert became(login) is Outcome.APPROVED


def test_a_form_from_before_the_log_in_is_refused_after_it(site: Site) -> None:
    login, browser = site.log_in(), site.browser()
    before = form_of(browser.open(site.link(login)), "/log-in").fields["csrf"]
    browser.reach_question(login)
    assert browser.request("POST", site.link(login), data={"csrf": before, "answer": "yes"}).status_code == 403
    assert became(login) is Outcome.WAITING


# -- hosts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "firewall.vscentrum.be.evil.example",
        "firewall.vscentrum.be:8443",
        "firewall.vscentrum.be.",
        "login.hpc.kuleuven.be",
        "203.0.113.2",
        "127.0.0.1:8480",
        "",
    ],
)
def test_another_host_is_refused(site: Site, host: str) -> None:
    login, browser = site.log_in(), site.browser()
    page = browser.request("GET", site.link(login), headers={"host": host})
    assert page.status_code == 421
    assert "vsc98765" not in page.text
    assert "set-cookie" not in page.headers


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8481", "localhost", "[::1]:8480", "evil.example:8480"])
def test_another_host_is_refused_on_loopback(loopback: Site, host: str) -> None:
    login = loopback.log_in()
    assert loopback.browser().request("GET", loopback.link(login), headers={"host": host}).status_code == 421


def test_a_site_does_not_serve_the_others_pages(site: Site, loopback: Site) -> None:
    for where in (site, loopback):
        login = where.log_in()
        path = f"/{login.token}"
        assert where.browser().open(where.addresses.institutions + path).status_code == 404
        assert where.browser().open(where.addresses.account + path).status_code == 404


def test_the_account_page_lives_below_the_firewall_on_loopback(loopback: Site) -> None:
    browser = loopback.browser()
    browser.reach_question(loopback.log_in())
    picker = browser.open(loopback.addresses.account)
    assert str(picker.url) == f"{loopback.addresses.account}/"
    assert form_of(picker, "/log-in").address == f"{loopback.addresses.account}/log-in"
    page = browser.choose(picker)
    assert str(page.url) == f"{loopback.addresses.account}/"
    assert "Edit account" in page.text
    assert browser.open(f"{loopback.addresses.account}/static/practice.css").status_code == 200


# -- headers -----------------------------------------------------------------------------------------------------------


def answers(site: Site, browser: Browser) -> dict[int, httpx2.Response]:
    """Return one answer of each status, wherever it is made."""
    login = site.log_in()
    question = browser.reach_question(login)
    logged_out = site.browser()
    found = [
        question,
        browser.open(f"{FIREWALL}/static/practice.css"),
        browser.send(question, f"/{login.token}", follow=False, answer="no"),
        browser.open(f"{FIREWALL}/logged-in"),
        browser.request("POST", f"{FIREWALL}/log-in"),
        browser.open(f"{FIREWALL}/NoSuchLink"),
        browser.request("PUT", f"{FIREWALL}/"),
        browser.open(site.link(login)),
        browser.request("POST", f"{FIREWALL}/log-in", content=b"x" * (MAXIMUM_BODY + 1), headers=FORM),
        browser.request("GET", f"{FIREWALL}/", headers={"host": "evil.example"}),
        logged_out.open(f"{FIREWALL}/"),
    ]
    return {answer.status_code: answer for answer in found}


FORM = {"content-type": "application/x-www-form-urlencoded"}


def test_headers_of_every_answer(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = site.browser()
    found = answers(site, browser)

    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("our own mistake, vsc98765")

    monkeypatch.setattr(site.logins, "find", fail)
    # The server logs the mistake; here it would come through, after the answer.
    browser.client._transport.raise_app_exceptions = False  # type: ignore[attr-defined]
    found[500] = browser.open(f"{FIREWALL}/AnyLink")
    assert "our own mistake" not in found[500].text
    assert "Something went wrong on the practice site" in found[500].text

    assert sorted(found) == [200, 303, 400, 403, 404, 405, 410, 413, 421, 500]
    for status, answer in found.items():
        for name, value in HEADERS.items():
            assert answer.headers.get_list(name) == [value], f"{name} of {status}"
        policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert policy["style-src"] == policy["img-src"] == "'self'"
        assert policy["form-action"] == f"'self' {ACCOUNT} {FIREWALL} {INSTITUTIONS}"
        assert policy["script-src"] == policy["connect-src"] == "'self'"
        assert "unsafe" not in answer.headers["content-security-policy"]


def test_every_page_says_practice(site: Site) -> None:
    browser = site.browser()
    for status, page in answers(site, browser).items():
        if page.headers.get("content-type", "").startswith("text/html"):
            assert "<title>PRACTICE · " in page.text, status
            assert "<strong>PRACTICE</strong>" in page.text, status
            assert "password" not in page.text.replace("asks for your password", ""), status


# -- bodies ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", [True, False])
def test_a_large_body_is_refused(site: Site, told: bool) -> None:
    browser = site.browser()
    csrf = form_of(browser.open(f"{FIREWALL}/"), "/log-in").fields["csrf"]
    body = f"csrf={csrf}&institution=UGent&rest=".encode()

    async def pieces() -> AsyncIterator[bytes]:
        yield body
        for _ in range(70):
            yield b"x" * 1024

    content: Any = body + b"x" * 70 * 1024 if told else pieces()
    assert browser.request("POST", f"{FIREWALL}/log-in", content=content, headers=FORM).status_code == 413


def test_a_body_without_end_is_not_read_to_its_end(site: Site) -> None:
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 1024 * 1024

    browser = site.browser()
    assert browser.request("POST", f"{FIREWALL}/log-in", content=pieces(), headers=FORM).status_code == 413
    assert sent == 1


def test_a_form_has_few_fields(site: Site) -> None:
    browser = site.browser()
    csrf = form_of(browser.open(f"{FIREWALL}/"), "/log-in").fields["csrf"]
    fields = {"csrf": csrf, "institution": "UGent"} | {f"x{number}": "" for number in range(200)}
    assert browser.request("POST", f"{FIREWALL}/log-in", data=fields).status_code == 400


# -- where a form comes from -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({}, 303),
        ({"Origin": FIREWALL, "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null"}, 303),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": INSTITUTIONS}, 403),
        ({"Origin": FIREWALL.replace("https", "http")}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
    ],
)
def test_a_form_is_sent_by_the_sites_own_page(site: Site, told: dict[str, str], status: int) -> None:
    login, browser = site.log_in(), site.browser()
    form = form_of(browser.reach_question(login), f"/{login.token}")
    fields = form.fields | {"answer": "yes"}
    answer = browser.request("POST", form.address, data=fields, headers=told, follow=False)
    assert answer.status_code == status
    assert (login.outcome is Outcome.APPROVED) == (status == 303)


def test_a_link_on_another_site_may_be_followed(site: Site) -> None:
    login, browser = site.log_in(), site.browser()
    told = {"Sec-Fetch-Site": "cross-site"}
    assert browser.request("GET", site.link(login), headers=told).status_code == 200
