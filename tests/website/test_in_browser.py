"""The built guide in a real browser: what it asks for, what its buttons copy, and who can read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mfa_guide.kinds.transcript.reading import parse_transcript
from tests.support import GUIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

    from tests.support.built import Guide

AXE = "node_modules/axe-core/axe.min.js"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that nobody used before, whose clipboard can be read."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty tab."""
    return context.new_page()


def addresses(guide: Guide) -> list[str]:
    """Return the address of every page, relative to the guide's."""
    return [f"{path.parent.relative_to(guide.html).as_posix()}/".removeprefix("./") for path in guide.pages()]


def test_pages_ask_nobody_else_for_anything_and_have_no_errors(guide: Guide, address: str, page: Page) -> None:
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    for name in addresses(guide):
        page.goto(address + name, wait_until="networkidle")
    assert len(asked) > len(addresses(guide))
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert errors == []


def test_copy_buttons_copy_what_the_checker_types_and_saves(guide: Guide, address: str, page: Page) -> None:
    copied, typed = [], []
    for path in GUIDE.files():
        read = GUIDE.page_at(path)
        for instruction in read.instructions:
            if instruction.kind == "transcript":
                transcript = parse_transcript(read.snippet(instruction).read_text(encoding="utf-8"))
                typed += [command.text for command in transcript.commands]
            elif instruction.kind == "file":
                typed.append(read.snippet(instruction).read_text(encoding="utf-8"))
        if not read.instructions:
            continue
        page.goto(address + read.name.removesuffix(".md").removesuffix("index").rstrip("/") + "/")
        for button in page.locator(":is(.transcript, .file) .copy").all():
            page.evaluate("document.querySelector('.guide-status').textContent = ''")
            # Not a click of the mouse: some buttons are folded away.
            button.evaluate("button => button.click()")
            page.wait_for_function("document.querySelector('.guide-status').textContent === 'Copied'")
            copied.append(page.evaluate("navigator.clipboard.readText()"))
    assert typed
    assert copied == typed


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_pass_the_accessibility_rules(guide: Guide, address: str, browser: Browser, scheme: Any) -> None:
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    found = {}
    for name in addresses(guide):
        page.goto(address + name)
        page.add_script_tag(path=guide.project / AXE)
        violations = page.evaluate("axe.run().then(result => result.violations)")
        found[name] = [
            f"{violation['id']}: {node['html'][:120]}" for violation in violations for node in violation["nodes"]
        ]
    context.close()
    assert {name: rules for name, rules in found.items() if rules} == {}


def test_pages_fit_on_a_phone_and_on_a_desktop(guide: Guide, address: str, page: Page) -> None:
    too_wide = {}
    for viewport in (PHONE, DESKTOP):
        # Before the page is there: while a window changes its size, some parts are on their way.
        page.set_viewport_size(viewport)
        for name in addresses(guide):
            page.goto(address + name)
            excess = page.evaluate("document.documentElement.scrollWidth") - viewport["width"]
            if excess > 0:
                too_wide[name, viewport["width"]] = excess
    assert too_wide == {}


def test_a_diagram_is_drawn_on_a_desktop_and_told_on_a_phone(address: str, page: Page) -> None:
    page.goto(address + "understand/how-login-works/")
    drawing, words = page.locator(".sequence__drawing"), page.locator(".sequence__words")
    assert (drawing.is_visible(), words.is_visible()) == (True, False)
    page.set_viewport_size(PHONE)
    assert (drawing.is_visible(), words.is_visible()) == (False, True)
