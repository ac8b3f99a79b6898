"""The finder in a real browser: it finds what `mfa-guide explain` finds, and nothing leaves the browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from mfa_guide.problems.catalogue import entries
from mfa_guide.problems.plain import translations
from tests.support import POLICY
from tests.support.answers import known
from tests.support.finder import asked, differing
from tests.support.html import one
from tests.support.logs import KEYS, LOGS, SECRETS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Route

    from tests.support.built import Guide

BOX = "#finder-text"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that nobody used before."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Page:
    """The page with the finder."""
    page = context.new_page()
    page.goto(f"{address}fix/", wait_until="networkidle")
    return page


def found(page: Page) -> list[str]:
    """Return the ids of the entries that the finder shows, in order."""
    links = page.locator(".finder__found > li").all()
    return [str(item.locator("a").last.get_attribute("href")).partition("#")[2] for item in links]


def test_it_finds_what_explain_finds(page: Page) -> None:
    for log in LOGS:
        page.fill(BOX, log.text)
        assert found(page) == log.finds_in(POLICY.version), log.name
        said = page.locator(".finder__found > li").first.locator("strong, br + code").all_inner_texts()
        assert not log.said or log.said in said, log.name
        assert log.said is None or page.locator(".finder__count").inner_text().startswith("Only a part") == log.by_hint


# What is pasted comes through terminals, mail programs and word processors, and no two of them agree on lines.
ODD = [
    *"\n\r\t >|\x0b\x0c\x1c\x1d\x1e\x85\xa0\u2028\u2029\u200b\u3000\ufeff\"'’«-–−…٣İK😀",
    *("\r\n", "\n> ", "\u2028> ", "\x1b[31m"),
]
MESSAGES = [
    *(
        wording["text"]
        for entry in known(POLICY.version)["entries"]
        for wording in (*entry["messages"], *entry["hints"])
    ),
    *(text for _, entry in entries(POLICY.version) for text in (entry.title, *entry.called) if text),
    *(translation.english for translation in translations()),
]
VARYING = [text for text in MESSAGES if "…" in text.strip("…")]
NEARLY_KEYS = ["-----BEGIN OPENSSH PRIVATE KEY-----", "PuTTY-User-Key-File-3:", "PuTTY-User-Key-File-٣:"]


@st.composite
def pasted(draw: st.DrawFn) -> str:
    """Draw a message, or a few, in which anything odd stands where there are spaces, dots, or anything at all."""
    odd = st.sampled_from(ODD) | st.text(max_size=3)
    # What varies may be 160 characters long.
    filled = st.builds(
        lambda text, character, count: text.replace("…", character * count),
        st.sampled_from(VARYING),
        st.sampled_from("x٣İK😀"),
        st.integers(150, 170),
    )
    message = st.sampled_from(MESSAGES) | filled | st.sampled_from(NEARLY_KEYS)
    text = draw(odd).join(draw(st.lists(message, min_size=1, max_size=3)))
    for old in draw(st.lists(st.sampled_from([" ", "…", "-", "e", ":"]), max_size=3)):
        text = text.replace(old, draw(odd), draw(st.sampled_from([1, -1])))
    return draw(odd) + text


def test_it_and_explain_agree_whatever_is_pasted(page: Page) -> None:
    texts: list[str] = []

    @settings(max_examples=400, derandomize=True, database=None, deadline=None)
    @given(pasted())
    def draw(text: str) -> None:
        texts.append(text)

    draw()
    shown = asked(page, texts)
    assert differing(texts, shown, POLICY.version) == []
    # They found something, and not always.
    assert {len(found) for found, _ in shown} >= {0, 1, 2, 3}


def test_a_private_key_leaves_the_box_at_once(page: Page) -> None:
    for log in KEYS:
        page.fill(BOX, LOGS[0].text)
        page.fill(BOX, log.text)
        assert page.input_value(BOX) == "", log.name
        assert found(page) == []
        warning = page.locator(".finder__count")
        assert warning.inner_text().startswith("This is a private key: paste it nowhere.")
        shown = page.content()
        assert [word for word in log.text.split() if len(word) > 20 and word in shown] == []
    page.locator(BOX).focus()
    page.keyboard.press("Control+z")
    assert page.input_value(BOX) == ""
    warning.get_by_role("link", name="Replace your key").click()
    page.wait_for_url("**/fix/unexpected-question/#replace-your-key")


def test_a_pasted_wording_is_named_where_the_title_is_another(page: Page) -> None:
    page.fill(BOX, 'Load key "/home/ann/vsc.ppk": invalid format')
    first = page.locator(".finder__found > li p").first
    assert first.inner_text() == 'Load key "…": error in libcrypto\nHere: Load key "…": invalid format'
    page.fill(BOX, "The agent has no identities.")
    assert "Here:" not in page.locator(".finder__found").inner_text()


def test_it_says_first_for_which_edition_it_answers(page: Page) -> None:
    assert page.locator(".finder").inner_text().splitlines()[0] == f"This is about the login of {POLICY.version}."


def test_an_older_edition_answers_by_its_own_rules(guide: Guide, older: Guide) -> None:
    answers = {}
    for built, edition in ((guide, POLICY.version), (older, "2024")):
        finder = one(built.soup("fix"), ".finder")
        assert one(finder, ".finder__edition").get_text() == f"This is about the login of {edition}."
        answers[edition] = {entry["id"]: entry["html"] for entry in json.loads(str(finder["data-known"]))["entries"]}
    assert "nx-ed25519" in answers["2024"].keys() - answers["2026"].keys()
    assert "name-gone" in answers["2026"].keys() - answers["2024"].keys()
    assert "90 days" in answers["2024"]["timed-out"]
    assert "90 days" not in answers["2026"]["timed-out"]


def test_the_box_waits_for_what_is_pasted(page: Page, address: str) -> None:
    assert page.evaluate("document.activeElement.id") == "finder-text"
    assert page.evaluate("scrollY") == 0
    page.goto("about:blank")
    page.goto(f"{address}fix/#all-messages", wait_until="networkidle")
    assert page.evaluate("document.activeElement.id") != "finder-text"


def test_nothing_is_sent_or_kept_or_shown_again(page: Page, context: BrowserContext) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    before = page.evaluate("[location.href, {...localStorage}, {...sessionStorage}, document.cookie, history.length]")
    for log in LOGS:
        page.fill(BOX, log.text)
        shown = page.locator("body").inner_text()
        assert [secret for secret in SECRETS if secret in shown] == []
    page.wait_for_timeout(300)
    assert asked == []
    after = page.evaluate("[location.href, {...localStorage}, {...sessionStorage}, document.cookie, history.length]")
    assert after == before
    assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0
    page.reload()
    assert page.input_value(BOX) == ""


def test_with_the_keyboard_alone(page: Page) -> None:
    page.locator(BOX).focus()
    page.keyboard.insert_text("Error connecting to agent: Connection refused")
    assert page.locator(".finder__count").inner_text() == "1 entry fits."
    page.keyboard.press("Tab")
    for _ in range(9):
        if str(page.evaluate("document.activeElement.href")).endswith("#agent-dead"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/fix/agent/#agent-dead")
    assert page.locator("#agent-dead").is_visible()


def test_after_coming_from_another_page(context: BrowserContext, guide: Guide) -> None:
    """The theme swaps pages without loading them anew, where the guide is read at the address it was built for."""
    home = str(one(guide.soup(), "link[rel=canonical]")["href"])

    def serve(route: Route) -> None:
        file = guide.html / urlsplit(route.request.url).path.lstrip("/")
        file = file / "index.html" if file.is_dir() else file
        # No other version is there.
        route.fulfill(path=file) if file.is_file() else route.fulfill(status=404)

    context.route(f"{home}**", serve)
    page = context.new_page()
    page.goto(f"{home}fix/key/", wait_until="networkidle")
    page.evaluate("window.stayed = true")
    page.locator("nav a[href$='/fix/']").first.evaluate("link => link.click()")
    page.wait_for_url(f"{home}fix/")
    page.fill(BOX, "The agent has no identities.")
    assert found(page) == ["agent-empty"]
    for link, heading in {"/fix/key/": "The key or the settings are not accepted", "/fix/": "Fix a problem"}.items():
        page.locator(f"nav a[href$='{link}']").first.evaluate("link => link.click()")
        page.get_by_role("heading", level=1, name=heading).wait_for()
    page.locator(BOX).wait_for()
    assert page.input_value(BOX) == "", "what was pasted is gone when one leaves the page"
    assert page.evaluate("window.stayed") is True


def test_a_link_within_the_page_keeps_what_was_pasted(page: Page) -> None:
    page.fill(BOX, "The agent has no identities.")
    box = page.locator(BOX).element_handle()
    page.locator("a[href$='#all-messages']").first.evaluate("link => link.click()")
    page.wait_for_function("box => !box.isConnected", arg=box)
    page.wait_for_function(f"document.querySelector('{BOX}').value")
    assert found(page) == ["agent-empty"]


def test_nothing_known_is_said(page: Page) -> None:
    page.fill(BOX, "my cat sat on the keyboard")
    answer = page.locator(".finder__count")
    assert answer.inner_text().startswith("Nothing in it is known here.")
    assert "Event Log" in answer.inner_text()
    answer.get_by_role("link", name="all messages").click()
    page.wait_for_url("**/fix/#all-messages")
    page.locator(BOX).wait_for()
    page.fill(BOX, "asdf jkl")
    answer.get_by_role("link", name="No link, and it just waits").click()
    page.wait_for_url("**/fix/link/#no-link")
    page.go_back()
    page.fill(BOX, "")
    assert page.locator(".finder__count").inner_text() == ""


def test_what_is_found_passes_the_accessibility_rules(page: Page, guide: Guide) -> None:
    page.fill(BOX, LOGS[1].text)
    page.add_script_tag(path=guide.project / "node_modules/axe-core/axe.min.js")
    assert page.evaluate("axe.run().then(result => result.violations.map(v => v.id))") == []


def test_every_link_that_it_shows_leads_somewhere(guide: Guide, older: Guide) -> None:
    assert [*lost_links(guide), *lost_links(older)] == []


def lost_links(guide: Guide) -> list[str]:
    """Return the links in what the finder of a built guide can show that lead nowhere in it."""
    known = json.loads(str(one(guide.soup("fix"), ".finder")["data-known"]))["entries"]
    answers = json.loads(str(one(guide.soup("fix"), ".finder")["data-answers"]))
    shown = [*(entry["html"] for entry in known), *answers.values()]
    links = {str(a["href"]) for html in shown for a in BeautifulSoup(html, "html.parser").select("a")}
    lost = []
    for link in links:
        if urlsplit(link).scheme:
            continue
        page, _, anchor = link.partition("#")
        file = guide.html / "fix" / page / "index.html"
        if not (file.is_file() and (not anchor or f'id="{anchor}"' in file.read_text(encoding="utf-8"))):
            lost.append(link)
    return lost


def test_its_own_script_is_small(guide: Guide) -> None:
    assert (guide.html / "assets" / "finder.js").stat().st_size < 15_000


def test_without_scripts_the_list_of_messages_is_there(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}fix/")
    assert not page.locator(BOX).is_visible()
    for fold in page.locator("details.words > summary").all():
        fold.click()
    assert page.get_by_text("The agent has no identities.", exact=True).first.is_visible()
    context.close()
