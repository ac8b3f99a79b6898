"""The practice site's pages in a real browser: the whole walk, on a phone and on a desk, page by page.

Pictures of every page land in build/screenshots/practice/.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from mfa_guide.practice.logins import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ViewportSize
    from walking import RunningSite

ROOT = Path(__file__).parents[3]
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
PICTURES = ROOT / "build" / "screenshots" / "practice"
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
    expect(page.get_by_text("PRACTICE", exact=True)).to_be_in_viewport()
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
        for content, name in [
            ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINprv+zIPMeHxNn9o3fYbHyzsfGXwBSqwLYaCOCkzC84 me", "account"),
            ("-----BEGIN OPENSSH PRIVATE KEY-----\n", "account-private-key"),
            ("x" * 3_000_000, "too-large"),
        ]:
            key.write_text(content)
            page.get_by_label("Public key file", exact=True).set_input_files(key)
            page.get_by_role("button", name="Upload extra public key", exact=True).click()
            look(page, size, name)

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
