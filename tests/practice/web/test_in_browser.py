"""The practice site's pages in a real browser: the whole walk, on a phone and on a desk, page by page.

Pictures of every page land in build/screenshots/practice/.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import asyncssh
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from mfa_guide.practice.rules.logins import Outcome
from mfa_guide.practice.web import firewall as firewall_pages
from tests.support import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, ViewportSize

    from mfa_guide.practice.rules.logins import PendingLogin
    from tests.support.site_in_thread import RunningSite

AXE = (PROJECT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
PICTURES = PROJECT / "build" / "screenshots" / "practice"
SIZES: dict[str, ViewportSize] = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 860}}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def reader(chromium: Browser, size: str, running: RunningSite) -> Iterator[Page]:
    """A reader's browser; at the end nothing was asked of others, and nothing was blocked."""
    context = chromium.new_context(viewport=SIZES[size], reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(10_000)
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text) if "Content Security" in message.text else None)
    yield page
    context.close()
    ours = (f"{running.addresses.firewall}/", f"{running.addresses.institutions}/")
    assert [url for url in asked if not url.startswith(ours)] == []
    assert said == []


def look(page: Page, size: str, name: str) -> None:
    """Take a page's picture, and find nothing wrong with it: PRACTICE in sight, nothing cut off, no barrier."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.wait_for_load_state()
    page.screenshot(path=PICTURES / f"{name}-{size}.png", full_page=True)
    assert page.title().startswith("PRACTICE")
    expect(page.get_by_text("PRACTICE", exact=True).first).to_be_in_viewport()
    assert page.locator("input[type=password], script:not([src])").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"], f"{name} is too wide"
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("axe.run()")
    assert [(it["id"], it["nodes"][0]["html"]) for it in found["violations"]] == [], json.dumps(found["violations"])


@pytest.mark.parametrize("size", SIZES)
def test_walk(running: RunningSite, chromium: Browser, tmp_path: Path, size: str) -> None:
    firewall = running.addresses.firewall

    def log_in() -> Any:
        return running.do(lambda site: site.log_in(address="127.0.0.1"))

    with reader(chromium, size, running) as page:
        page.goto(f"{firewall}/")
        look(page, size, "stranger")
        page.goto(f"{firewall}/NoSuchLink")
        look(page, size, "unknown-link")

        login = log_in()
        page.goto(f"{firewall}/{login.token}")
        look(page, size, "picker")
        page.get_by_label("Home organization", exact=True).select_option("UGent")
        page.get_by_role("button", name="Confirm", exact=True).click()
        look(page, size, "institution-other")
        page.get_by_role("button", name="Somebody without a VSC account", exact=True).click()
        look(page, size, "not-yours")
        page.get_by_role("button", name="Log in as someone else", exact=True).click()
        page.get_by_label("Home organization", exact=True).select_option("KU Leuven Association")
        page.get_by_role("button", name="Confirm", exact=True).click()
        look(page, size, "institution")
        page.get_by_role("button", name="The owner of vsc98765", exact=True).click()
        look(page, size, "question")
        page.get_by_role("button", name="Yes", exact=True).click()
        expect(page.get_by_text("All set up!", exact=True)).to_be_visible()
        look(page, size, "confirmed")
        assert login.outcome is Outcome.APPROVED
        page.goto(f"{firewall}/{login.token}")
        look(page, size, "used-link")

        page.goto(f"{firewall}/")
        look(page, size, "nothing-waits")
        login, other = log_in(), log_in()
        expect(page.get_by_role("button", name="No", exact=True)).to_have_count(2)
        look(page, size, "two-wait")
        page.get_by_role("button", name="No", exact=True).first.click()
        look(page, size, "denied")
        assert (login.outcome, other.outcome) == (Outcome.DENIED, Outcome.WAITING)

        page.goto(running.addresses.account)
        page.get_by_label("Home organization", exact=True).select_option("KU Leuven Association")
        page.get_by_role("button", name="Confirm", exact=True).click()
        look(page, size, "account-empty")
        key = tmp_path / "id_rsa_vsc.pub"

        def upload(content: str) -> None:
            key.write_text(content)
            page.get_by_label("Public key file", exact=True).set_input_files(key)
            page.get_by_role("button", name="Upload extra public key", exact=True).click()

        update = page.get_by_role("button", name="Update", exact=True)
        tick = page.get_by_role("checkbox", name="Delete this key", exact=True)
        update.click()
        look(page, size, "account-nothing")
        upload("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINprv+zIPMeHxNn9o3fYbHyzsfGXwBSqwLYaCOCkzC84 me")
        expect(page.get_by_text("Nothing has changed yet: press Update.")).to_be_visible()
        look(page, size, "account-uploaded")
        update.click()
        expect(page.get_by_text("Your key was added: SHA256:")).to_be_visible()
        expect(tick).to_have_accessible_description(re.compile(r"^SHA256:\S{43}$"))
        look(page, size, "account")
        tick.check()
        upload("-----BEGIN OPENSSH PRIVATE KEY-----\n")
        look(page, size, "account-private-key")
        expect(tick).to_be_checked()
        update.click()
        expect(page.get_by_text("Your key was deleted: SHA256:")).to_be_visible()
        look(page, size, "account-deleted")
        upload("x" * 3_000_000)
        look(page, size, "too-large")

        page.goto(f"{firewall}/")
        page.get_by_role("button", name="Log out", exact=True).click()
        page.get_by_label("Home organization", exact=True).select_option("VUB")
        page.get_by_role("button", name="Confirm", exact=True).click()
        page.get_by_role("button", name="Somebody without a VSC account", exact=True).click()
        look(page, size, "no-account")


def test_the_entrance_lets_in(running: RunningSite, chromium: Browser) -> None:
    with reader(chromium, "desk", running) as page:
        page.goto(running.entrance)
        assert page.url == f"{running.addresses.firewall}/"
        expect(page.get_by_label("Home organization")).to_be_visible()


def log_in_as_owner(page: Page, running: RunningSite) -> None:
    """Open the firewall's first page as the owner of vsc98765."""
    page.goto(running.entrance)
    page.get_by_label("Home organization", exact=True).select_option("KU Leuven Association")
    page.get_by_role("button", name="Confirm", exact=True).click()
    page.get_by_role("button", name="The owner of vsc98765", exact=True).click()
    expect(page.get_by_text("Nothing is waiting.")).to_be_visible()


def begin(running: RunningSite, account: str = "vsc98765") -> PendingLogin:
    """Begin a login in a terminal of this computer."""
    return running.do(lambda site: site.log_in(account=account, address="127.0.0.1"))


def test_rows_come_and_go_by_themselves(running: RunningSite, chromium: Browser) -> None:
    with reader(chromium, "desk", running) as page:
        log_in_as_owner(page, running)
        page.evaluate("document.body.dataset.same = 'yes'")
        yes = page.get_by_role("button", name="Yes", exact=True)
        first = begin(running)
        expect(yes).to_have_count(1)
        expect(page.get_by_text("Nothing is waiting.")).to_have_count(0)
        # What moves must not be pressed by mistake: for a moment nothing can be.
        expect(page.locator("#logins[inert]")).to_have_count(1)
        expect(page.locator("#logins[inert]")).to_have_count(0)
        second = begin(running)
        expect(yes).to_have_count(2)
        expect(page.locator("#logins[inert]")).to_have_count(0)
        kept = page.locator(f"#login-{second.token}").element_handle()
        running.do(lambda site: site.logins.leave(first))
        expect(yes).to_have_count(1)
        assert kept is not None
        assert kept.evaluate("row => row.isConnected"), "a row that has not changed stays the same"
        assert page.locator("body").get_attribute("data-same") == "yes", "the page was not loaded again"
        yes.click()
        expect(page.get_by_text("All set up!")).to_be_visible()
        assert second.outcome is Outcome.APPROVED


def test_the_page_stays_open_by_itself(
    running: RunningSite, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firewall_pages, "HELD", 0.2)
    with reader(chromium, "desk", running) as page:
        log_in_as_owner(page, running)
        since = page.locator("#since").inner_text()
        for _ in range(3):
            with page.expect_response("**/heartbeat"):
                running.do(lambda site: site.clock.move(40))
            page.wait_for_timeout(300)
        assert running.do(lambda site: site.access.page_is_open("127.0.0.1", "vsc98765"))
        assert page.locator("#since").inner_text() == since
        page.goto("about:blank")
        running.do(lambda site: site.clock.move(61))
        assert not running.do(lambda site: site.access.page_is_open("127.0.0.1", "vsc98765"))


def test_who_logs_out_elsewhere_is_logged_out_here(running: RunningSite, chromium: Browser) -> None:
    with reader(chromium, "desk", running) as page:
        log_in_as_owner(page, running)
        other = page.context.new_page()
        other.goto(f"{running.addresses.firewall}/")
        other.get_by_role("button", name="Log out", exact=True).click()
        expect(page.get_by_label("Home organization", exact=True)).to_be_visible()


def test_without_scripts_the_page_says_what_to_do(running: RunningSite, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in_as_owner(page, running)
    expect(page.get_by_text("Load it again within 60 seconds")).to_be_visible()
    begin(running)
    page.get_by_role("link", name="Check again", exact=True).click()
    expect(page.get_by_role("button", name="Yes", exact=True)).to_have_count(1)
    page.goto(f"{running.entrance}/classroom")
    expect(page.get_by_role("row", name="vsc98765 Link shown")).to_be_visible()
    expect(page.get_by_role("link", name="Check again", exact=True)).to_be_visible()
    context.close()


def test_keys_come_and_go_without_scripts(running: RunningSite, chromium: Browser, tmp_path: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in_as_owner(page, running)
    page.goto(running.addresses.account)
    page.get_by_label("Home organization", exact=True).select_option("KU Leuven Association")
    page.get_by_role("button", name="Confirm", exact=True).click()
    update = page.get_by_role("button", name="Update", exact=True)
    ticks = page.get_by_role("checkbox", name="Delete this key", exact=True)
    for expected in (1, 2):
        key = tmp_path / f"{expected}.pub"
        key.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_public_key())
        page.get_by_label("Public key file", exact=True).set_input_files(key)
        page.get_by_role("button", name="Upload extra public key", exact=True).click()
        update.click()
        expect(ticks).to_have_count(expected)
    for tick in ticks.all():
        tick.check()
    update.click()
    expect(page.get_by_text("Your key was deleted: SHA256:")).to_have_count(2)
    expect(page.get_by_text("Your account has no public key yet.")).to_be_visible()
    context.close()


@pytest.mark.parametrize("size", SIZES)
def test_the_trainer_sees_who_is_where(running: RunningSite, chromium: Browser, size: str) -> None:
    with reader(chromium, size, running) as page:
        page.goto(f"{running.entrance}/classroom")
        page.evaluate("document.body.dataset.same = 'yes'")
        rows = page.locator("#steps > tr")
        expect(rows).to_contain_text(["Nothing yet"] * 3)
        begin(running, "vsc98766")
        expect(rows.nth(1)).to_contain_text("Link shown")
        expect(rows.nth(1)).to_contain_text(re.compile("waits [1-9][0-9]* s"))
        denied = begin(running, "vsc98767")
        owner = running.do(lambda site: site.accounts.owner("vsc98767"))
        assert owner is not None
        running.do(lambda site: site.logins.answer(denied, owner, yes=False, browser="127.0.0.1"))
        expect(rows.nth(2)).to_contain_text("Refused: answered No")
        expect(page.locator("#log > li").first).to_contain_text("The owner of vsc98767 answered No")
        expect(rows.nth(0)).to_contain_text("Nothing yet")
        assert page.locator("body").get_attribute("data-same") == "yes"
        look(page, size, "classroom")
        page.get_by_role("link", name="Sheets to print, and keys").click()
        look(page, size, "sheets")


def test_sheets_are_printed_one_on_a_page(running: RunningSite, chromium: Browser, tmp_path: Path) -> None:
    with reader(chromium, "desk", running) as page:
        page.goto(f"{running.entrance}/classroom")
        page.goto(f"{running.addresses.firewall}/classroom/sheets")
        # However short they are.
        page.evaluate("document.querySelectorAll('article ol').forEach((steps) => steps.remove())")
        pdf = page.pdf(format="A4", prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 3
        page.emulate_media(media="print")
        expect(page.get_by_role("heading", name="Sheets to print")).to_be_hidden()
        expect(page.get_by_text("PRACTICE", exact=True).filter(visible=True)).to_have_count(3)


def test_pages_say_when_the_site_is_gone(running: RunningSite, chromium: Browser) -> None:
    with reader(chromium, "desk", running) as page:
        log_in_as_owner(page, running)
        trainer = page.context.new_page()
        trainer.goto(f"{running.addresses.firewall}/classroom")
        for it in (page, trainer):
            expect(it.get_by_text("The practice site does not answer")).to_be_hidden()
        running.stop()
        for it in (page, trainer):
            expect(it.get_by_text("The practice site does not answer")).to_be_visible(timeout=15_000)
