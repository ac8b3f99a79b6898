"""The trainer's pages: who is where, what happened, and the participants' sheets and keys."""

from __future__ import annotations

import asyncio
import dataclasses
import re
import threading
import time
from string import Formatter
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from mfa_guide.policy import load
from mfa_guide.practice.hosting import classroom as keys
from mfa_guide.practice.hosting.installation import make_key
from mfa_guide.practice.rules import audit
from mfa_guide.practice.rules.audit import SENTENCES, AuditLog
from mfa_guide.practice.rules.events import (
    AddressRefused,
    CertificateGiven,
    Event,
    KeyAccepted,
    KeyAdded,
    KeyRefused,
    LoggedIn,
)
from mfa_guide.practice.web import bell, classroom
from mfa_guide.practice.web.entrance import entrance_address
from tests.support import POLICY, POLICY_2024
from tests.support.site_apart import HOME, LOOPBACK, SECRET, Site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.site_in_thread import RunningSite
    from tests.support.walking import Browser

BASE = f"{LOOPBACK.firewall}/classroom"
HOSTILE = "vsc98765 is in\x1b[2J\n<b>\u202e{person}"


@pytest.fixture
def trainer(loopback: Site) -> Browser:
    browser = loopback.browser("127.0.0.1")
    page = browser.open(f"{entrance_address(LOOPBACK, SECRET)}/classroom")
    assert str(page.url) == BASE
    return browser


def row(page: httpx2.Response, account: str) -> tuple[str, str]:
    """Return the kind and the text of a participant's row."""
    found = re.search(rf'<tr id="step-{account}" class="(\w+)">(.*?)</tr>', page.text, re.DOTALL)
    assert found, page.text
    return found[1], " ".join(re.sub(r"<[^>]+>", " ", found[2]).split())


# -- who may see it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "/news", "/log.txt", "/sheets", "/keys/vsc98765", "/keys/vsc98766.ppk"])
def test_strangers_see_nothing(loopback: Site, path: str) -> None:
    refused = loopback.browser("127.0.0.1").open(BASE + path)
    assert refused.status_code == 403
    assert "vsc987" not in refused.text
    assert not loopback.classroom._installation.participants.exists()


def test_a_wrong_entrance_does_not_lead_there(loopback: Site) -> None:
    browser = loopback.browser("127.0.0.1")
    assert browser.open(f"{LOOPBACK.firewall}/enter/{'0' * 32}/classroom").status_code == 404
    assert browser.open(BASE).status_code == 403


def test_the_lab_has_no_classroom(site: Site) -> None:
    assert site.browser().open("https://firewall.vscentrum.be/classroom").status_code == 404
    assert site.browser().open("https://firewall.vscentrum.be/classroom/log.txt").status_code == 404


# -- who is where ------------------------------------------------------------------------------------------------------


def test_where_everybody_is(loopback: Site, trainer: Browser) -> None:
    for account in ("vsc98765", "vsc98766", "vsc98767"):
        assert row(trainer.open(BASE), account) == ("nothing", f"{account} Nothing yet")

    def step(event: Callable[..., Event] | None = None, *details: Any) -> tuple[str, str]:
        if event:
            loopback.state.record(event("vsc98766", "127.0.0.1", "nx.hpc.kuleuven.be", *details))
        kind, text = row(trainer.open(BASE), "vsc98766")
        return kind, re.sub(r" \d+ \w{3} \d\d:\d\d:\d\d$", "", text.removeprefix("vsc98766 "))

    host = "nx.hpc.kuleuven.be"
    assert step(AddressRefused) == ("stopped", f"Refused: the address is closed {host}")
    assert step(KeyRefused, "ssh-rsa") == ("stopped", f"Offered a key that does not fit {host}")
    assert step(KeyAccepted, "SHA256:x") == ("going", f"Key accepted {host}")

    login = loopback.log_in(account="vsc98766", address="127.0.0.1", host=host)
    assert step() == ("waiting", f"Link shown {host} waits 0 s")
    loopback.clock.move(12)
    assert step() == ("waiting", f"Link shown {host} waits 12 s")
    browser = loopback.browser("127.0.0.1")
    browser.identify(browser.open(loopback.link(login)), "nobody-1")
    assert step() == ("waiting", f"Link opened by somebody who is not the owner {host} waits 12 s")
    browser = loopback.browser("127.0.0.1")
    question = browser.identify(browser.open(loopback.link(login)), "owner-of-vsc98766")
    assert step() == ("waiting", f"Logged in at the institution {host} waits 12 s")
    browser.answer(question, login, "yes")
    assert step() == ("going", f"Answered Yes {host}")
    assert step(LoggedIn, "browser", "SHA256:x") == ("in", f"In {host}")
    assert step(CertificateGiven, "SHA256:x") == ("in", f"In, certificate given {host}")
    assert step(LoggedIn, "ride", "SHA256:x") == ("in", f"In, beside a login that is open {host}")
    assert step(LoggedIn, "certificate", "SHA256:x") == ("in", f"In, by certificate {host}")

    login = loopback.log_in(account="vsc98766", address="127.0.0.1", host=host)
    browser.answer(browser.open(loopback.link(login)), login, "no")
    assert step() == ("stopped", f"Refused: answered No {host}")
    loopback.log_in(account="vsc98766", host=host)
    loopback.clock.move(301)
    loopback.logins.expire()
    assert step() == ("stopped", f"Refused: the link ran out {host}")
    loopback.logins.leave(loopback.log_in(account="vsc98766", host=host))
    assert step() == ("stopped", f"Ended before the link was answered {host}")
    # Nobody else has moved.
    assert row(trainer.open(BASE), "vsc98765") == ("nothing", "vsc98765 Nothing yet")
    assert row(trainer.open(BASE), "vsc98767") == ("nothing", "vsc98767 Nothing yet")


def test_a_log_in_without_a_login_is_shown(loopback: Site, trainer: Browser) -> None:
    trainer.identify(trainer.open(f"{LOOPBACK.account}/"), "owner-of-vsc98767")
    assert row(trainer.open(BASE), "vsc98767")[1].startswith("vsc98767 Logged in at the institution")


def test_accounts_that_are_not_there_get_no_row(loopback: Site, trainer: Browser) -> None:
    loopback.state.record(KeyRefused("vsc98768", "127.0.0.1", "x", "ssh-rsa"))
    assert 'id="step-vsc98768"' not in trainer.open(BASE).text


# -- the log -----------------------------------------------------------------------------------------------------------


def every_event() -> list[type[Event]]:
    """Return the class of every event: those that have a name of their own."""
    found, left = [], [Event]
    while left:
        left += (event := left.pop()).__subclasses__()
        found += [event] * ("name" in vars(event))
    return found


@pytest.mark.parametrize("event", every_event(), ids=lambda event: event.name)
def test_every_event_is_a_sentence(event: type[Event]) -> None:
    """And the sentence tells nothing that the event does not have."""
    named = {field for _, field, _, _ in Formatter().parse(SENTENCES[event]) if field} - {"means"}
    assert named <= {field.name for field in dataclasses.fields(event)}
    assert (event is LoggedIn) == ("{means}" in SENTENCES[event])


def test_events_have_names_of_their_own() -> None:
    assert len({event.name for event in SENTENCES}) == len(SENTENCES) == len(every_event())


def test_the_log_tells_who_did_what(loopback: Site, trainer: Browser) -> None:
    login = loopback.log_in(account="vsc98766", address="127.0.0.1")
    page = trainer.identify(trainer.open(loopback.link(login)), "owner-of-vsc98766")
    trainer.answer(page, login, "yes")
    loopback.state.record(KeyAdded("vsc98766", "SHA256:abc"))
    told = [line.text for line in AuditLog(loopback.state, loopback.accounts).newest()]
    assert told == [
        "vsc98766 can log in with the key SHA256:abc.",
        f"The owner of vsc98766 answered Yes to link {login.link}, from 127.0.0.1: "
        "vsc98766 may log in to login.hpc.kuleuven.be.",
        "The owner of vsc98766 logged in at “KU Leuven Association”, from 127.0.0.1, for the site “firewall”.",
        f"login.hpc.kuleuven.be showed link {login.link} to vsc98766, at 127.0.0.1.",
    ]
    page = trainer.open(BASE)
    assert [line for line in told if line not in page.text] == []
    assert login.token not in page.text + trainer.open(f"{BASE}/log.txt").text
    assert login.link not in login.token


@pytest.mark.parametrize("event", SENTENCES, ids=lambda event: event.name)
@pytest.mark.parametrize("means", ["browser", "ride", "certificate", HOSTILE])
def test_what_comes_from_outside_is_only_text(loopback: Site, event: type[Event], means: str) -> None:
    details = dict.fromkeys((field.name for field in dataclasses.fields(event)), HOSTILE)
    said = audit.sentence(event.name, details | {"by": means} if event is LoggedIn else details, loopback.accounts)
    assert said.isprintable()
    assert "{" not in said.replace("{person}", "")
    assert "“vsc98765 is in\\x1b[2J\\n<b>\\u202e{person}”" in said
    assert "(not recorded)" not in said


def test_an_event_of_another_release_is_told_too(loopback: Site) -> None:
    said = audit.sentence("tea made", {"account": "vsc98765", "with": "much sugar"}, loopback.accounts)
    assert said == "tea made: account vsc98765, with “much sugar”"
    assert "Link (not recorded) ran out" in audit.sentence("link ran out", {"account": "a"}, loopback.accounts)


def test_the_whole_log_comes_in_parts(loopback: Site, trainer: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PART", 3)
    for number in range(10):
        loopback.state.record(KeyAdded("vsc98765", f"number-{number}"))
    log = AuditLog(loopback.state, loopback.accounts)
    assert [part.count("\n") for part in log.parts()] == [3, 3, 3, 1]
    assert re.findall(r"number-(\d)", trainer.open(f"{BASE}/log.txt").text) == list("0123456789")


def test_a_long_name_is_cut(loopback: Site) -> None:
    said = audit.sentence("key added", {"account": "x" * 5000, "key": "k"}, loopback.accounts)
    assert len(said) < 150


def test_hostile_names_on_the_pages(loopback: Site, trainer: Browser) -> None:
    loopback.state.record(KeyRefused(HOSTILE, "127.0.0.1", "x", "ssh-rsa"))
    loopback.state.record(LoggedIn("vsc98765", "127.0.0.1", HOSTILE, "browser", "SHA256:abc"))
    page = trainer.open(BASE)
    assert "<b>" not in page.text
    assert "&lt;b&gt;" in page.text
    text = trainer.open(f"{BASE}/log.txt")
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert text.headers["content-disposition"].startswith("attachment")
    assert len(text.text.splitlines()) == 2
    assert "\x1b" not in text.text


def test_the_page_shows_the_newest_lines_first_and_not_all(loopback: Site, trainer: Browser) -> None:
    for number in range(audit.NEWEST + 50):
        loopback.state.record(KeyAdded("vsc98765", f"number-{number:03}"))
    page = trainer.open(BASE).text
    shown = re.findall(r"number-(\d+)", page)
    assert shown[0] == "249"
    assert shown == sorted(shown, reverse=True)
    assert len(shown) == audit.NEWEST
    assert len(re.findall("number-", trainer.open(f"{BASE}/log.txt").text)) == audit.NEWEST + 50


# -- sheets and keys ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loopback", [POLICY_2024, POLICY], indirect=True, ids=["2024", "today"])
def test_one_sheet_for_each(loopback: Site, trainer: Browser) -> None:
    page = trainer.open(f"{BASE}/sheets").text
    sheets = re.findall(r"<article .*?</article>", page, re.DOTALL)
    assert len(sheets) == 3
    for account, sheet in zip(loopback.accounts.names, sheets, strict=True):
        text = re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", "", sheet))
        assert set(re.findall(r"vsc\d{5}", text)) == {account}
        assert text.count("PRACTICE") == 1
        assert f"ssh -F practice/config {account}@login.hpc.kuleuven.be " in text
        assert f"“The owner of {account}”" in text
        assert entrance_address(LOOPBACK, SECRET) in text
        assert (f"{BASE}/keys/{account}" in text) == loopback.policy.needs_key
        for kind, fingerprint in loopback.classroom.fingerprints.items():
            assert f"{kind} {fingerprint} " in text
        assert "port 4022" in text


def words_of(page: httpx2.Response) -> str:
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", "", page.text))


@pytest.mark.parametrize(("version", "keys_are_needed"), [("2024", True), ("2026", False)])
@pytest.mark.parametrize(("address", "page_comes_first"), [("127.0.0.1", False), (HOME, True)])
def test_the_sheets_go_by_the_rules(
    tmp_path: Path, version: str, keys_are_needed: bool, address: str, page_comes_first: bool
) -> None:
    site = Site.make(tmp_path, LOOPBACK, policy=load(version))
    browser = site.browser(address)
    browser.open(entrance_address(LOOPBACK, SECRET))
    sheet = words_of(browser.open(f"{BASE}/sheets"))
    site.state.close()
    said = [text in sheet for text in ("Download your key", "chmod 600", "-i vsc98765-practice ")]
    assert said == [keys_are_needed] * 3
    assert ("-o IdentityFile=none " in sheet) != keys_are_needed
    assert ("Leave the page open." in sheet) == page_comes_first


@pytest.mark.parametrize("name", ["vsc98768", "vsc98764", "..%2fid_rsa_vsc", "vsc98766.pub", "vsc98766.new", ".ppk"])
def test_nothing_else_can_be_downloaded(loopback: Site, trainer: Browser, name: str) -> None:
    assert trainer.open(f"{BASE}/keys/{name}").status_code == 404
    assert not loopback.classroom._installation.participants.exists()


def test_a_key_is_made_once(loopback: Site, trainer: Browser) -> None:
    first = trainer.open(f"{BASE}/keys/vsc98766")
    assert first.headers["content-disposition"] == 'attachment; filename="vsc98766-practice"'
    assert trainer.open(f"{BASE}/keys/vsc98766").content == first.content
    assert trainer.open(f"{BASE}/keys/vsc98767").content != first.content
    assert len(loopback.happened("key added")) == 2


def test_the_site_goes_on_while_a_key_is_made(loopback: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    went_on = threading.Event()

    def make_slowly(*args: Any, **options: Any) -> Any:
        assert went_on.wait(10)
        return make_key(*args, **options)

    monkeypatch.setattr(keys, "make_key", make_slowly)

    async def both() -> Path:
        making = asyncio.create_task(loopback.classroom.key("vsc98766"))
        await asyncio.sleep(0.05)
        went_on.set()
        return await making

    assert asyncio.run(both()).exists()


@pytest.mark.parametrize("loopback", [POLICY_2024], indirect=True, ids=["2024"])
def test_without_puttygen(loopback: Site, trainer: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ".ppk" in trainer.open(f"{BASE}/sheets").text
    monkeypatch.setenv("PATH", "/nowhere")
    page = trainer.open(f"{BASE}/sheets").text
    assert ".ppk" not in page
    assert "install <code>putty-tools</code>" in page
    refused = trainer.open(f"{BASE}/keys/vsc98766.ppk")
    assert refused.status_code == 503
    assert "install Debian&#39;s putty-tools" in refused.text
    monkeypatch.undo()
    assert trainer.open(f"{BASE}/keys/vsc98766.ppk").status_code == 200


def test_a_folder_that_cannot_be_written(loopback: Site, trainer: Browser) -> None:
    folder = loopback.classroom._installation.participants
    folder.write_text("in the way")
    refused = trainer.open(f"{BASE}/keys/vsc98766")
    assert refused.status_code == 503
    assert "cannot be written" in refused.text
    folder.unlink()
    assert trainer.open(f"{BASE}/keys/vsc98766").status_code == 200, "it is tried again"


# -- news --------------------------------------------------------------------------------------------------------------


def let_in(running: RunningSite) -> httpx2.Client:
    client = httpx2.Client(follow_redirects=True, timeout=10)
    client.get(running.entrance)
    return client


def test_news_come_as_they_happen_and_end_with_the_site(
    running: RunningSite, capfd: pytest.CaptureFixture[str]
) -> None:
    with let_in(running).stream("GET", f"{running.addresses.firewall}/classroom/news") as news:
        assert news.headers["content-type"].startswith("text/event-stream")
        lines = news.iter_lines()

        def message() -> str:
            found: list[str] = []
            for line in lines:
                if not line:
                    break
                assert line.startswith("data: ")
                found.append(line)
            return "\n".join(found)

        assert "Nothing yet" in message()
        running.do(lambda site: site.log_in(account="vsc98767"))
        told = message()
        assert 'id="step-vsc98767" class="waiting"' in told
        assert "<html" not in told
        ended = threading.Thread(target=running.stop)
        ended.start()
        message()
        assert message() == "", "nothing comes any more"
        ended.join(3)
        assert not ended.is_alive()
    assert capfd.readouterr().err == ""


def test_a_limited_number_of_pages_gets_news(loopback: Site, trainer: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "MOST_WAITING", 0)
    refused = trainer.open(f"{BASE}/news")
    assert refused.status_code == 503
    assert "Too many pages are open" in refused.text


def test_a_page_that_is_closed_frees_its_place(running: RunningSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classroom, "SILENCE", 0.05)
    monkeypatch.setattr(bell, "MOST_WAITING", 1)
    address = f"{running.addresses.firewall}/classroom/news"
    client, other = let_in(running), let_in(running)
    with client.stream("GET", address) as news:
        # Lines that nobody holds any more close what they came from.
        lines = news.iter_lines()
        assert next(lines).startswith("data: ")
        with other.stream("GET", address) as refused:
            assert refused.status_code == 503
    for _ in range(100):
        with other.stream("GET", address) as news:
            if news.status_code == 200:
                return
        time.sleep(0.05)
    pytest.fail("the place stays taken")
