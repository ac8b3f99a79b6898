"""The reader's own account on the pages: written into text and commands, kept in the browser, sent nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab of a browser that nobody used before."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def commands(page: Page) -> list[str]:
    buttons = page.locator(".transcript .copy").all()
    return [button.get_attribute("data-copy") or "" for button in buttons]


def test_it_takes_the_place_of_the_example_everywhere(address: str, page: Page) -> None:
    page.goto(f"{address}log-in/openssh/")
    text, copied = page.locator(".md-content").inner_text(), commands(page)
    assert "vsc98765" in text
    assert any("vsc98765@" in command for command in copied)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("Your account:").fill("vsc31415")
    assert page.locator(".md-content").inner_text() == text.replace("vsc98765", "vsc31415")
    assert commands(page) == [command.replace("vsc98765", "vsc31415") for command in copied]
    assert asked == []
    # Kept for the next page, also when the theme swaps it in.
    page.get_by_role("link", name="Log in once a day with an agent").first.click()
    page.wait_for_url("**/openssh-agent/")
    page.wait_for_function("document.querySelector('.account input')?.value === 'vsc31415'")
    assert "vsc98765" not in page.locator(".md-content").inner_text()
    assert "vsc31415@" in " ".join(commands(page))
    page.get_by_label("Your account:").fill("")
    assert "vsc98765@" in " ".join(commands(page))


@pytest.mark.parametrize("wrong", ["vsc3141", "31415", "vsc31415; rm", "VSC31415"])
def test_what_is_no_account_is_told_and_changes_nothing(address: str, page: Page, wrong: str) -> None:
    page.goto(f"{address}log-in/openssh/")
    copied = commands(page)
    told = page.get_by_text("It looks like vsc98765, with your digits.")
    assert not told.is_visible()
    page.get_by_label("Your account:").fill(wrong)
    assert told.is_visible()
    assert commands(page) == copied
    assert page.evaluate("Object.keys(localStorage).filter(name => name.includes('account'))") == []


def test_pages_without_commands_do_not_ask(address: str, page: Page) -> None:
    page.goto(f"{address}contribute/words/")
    assert page.locator(".account").count() == 0
