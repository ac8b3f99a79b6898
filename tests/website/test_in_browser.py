"""The built guide in a real browser: what it asks for, what its buttons copy, and who can read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mfa_guide.kinds.notebook import find_notebooks
from mfa_guide.kinds.transcript.reading import parse_transcript
from tests.support import GUIDE, PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

    from tests.support.built import Guide

AXE = "node_modules/axe-core/axe.min.js"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}


# One for all: styles and scripts are loaded once.
@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser whose clipboard can be read."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """An empty tab."""
    page = context.new_page()
    yield page
    page.close()


PAGES = [path.relative_to(GUIDE.docs) for path in GUIDE.files()]
NOTEBOOKS = [path.relative_to(PROJECT) for path in find_notebooks(PROJECT)]


def address_of(source: Path) -> str:
    """Return the address of a page, relative to the guide's, from its file or that of a notebook."""
    return f"{source.with_suffix('').as_posix()}/".removesuffix("index/")


each_page = pytest.mark.parametrize(
    "name", [pytest.param(address_of(each), id=str(each)) for each in PAGES + NOTEBOOKS]
)


def test_these_are_all_pages(guide: Guide) -> None:
    built = [f"{path.parent.relative_to(guide.html).as_posix()}/".removeprefix("./") for path in guide.pages()]
    assert sorted(built) == sorted(map(address_of, PAGES + NOTEBOOKS))


@each_page
def test_a_page_asks_nobody_else_for_anything_and_has_no_errors(address: str, page: Page, name: str) -> None:
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address + name, wait_until="networkidle")
    assert len(asked) > 1
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert errors == []


@pytest.mark.parametrize("source", PAGES, ids=str)
def test_copy_buttons_copy_what_the_checker_types_and_saves(address: str, page: Page, source: Path) -> None:
    read = GUIDE.page_at(GUIDE.docs / source)
    copied, typed = [], []
    # Each once, and those of tabs that are not checked, too.
    for block in read.blocks:
        if block.snippet and block.language in ("transcript", "file"):
            text = read.snippet_file(block.snippet).read_text(encoding="utf-8")
            typed += (
                [each.text for each in parse_transcript(text).commands] if block.language == "transcript" else [text]
            )
    page.goto(address + address_of(source))
    for button in page.locator(":is(.transcript, .file) .copy").all():
        page.evaluate("document.querySelector('.guide-status').textContent = ''")
        # Not a click of the mouse: some buttons are folded away.
        button.evaluate("button => button.click()")
        page.wait_for_function("document.querySelector('.guide-status').textContent === 'Copied'")
        copied.append(page.evaluate("navigator.clipboard.readText()"))
    assert copied == typed


@pytest.mark.parametrize("scheme", ["light", "dark"])
@each_page
def test_a_page_passes_the_accessibility_rules(address: str, page: Page, name: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(address + name)
    page.add_script_tag(path=PROJECT / AXE)
    violations = page.evaluate("axe.run().then(result => result.violations)")
    assert [f"{rule['id']}: {node['html'][:120]}" for rule in violations for node in rule["nodes"]] == []


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@each_page
def test_a_page_fits(address: str, page: Page, name: str, viewport: ViewportSize) -> None:
    # Before the page is there: while a window changes its size, some parts are on their way.
    page.set_viewport_size(viewport)
    page.goto(address + name)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_a_diagram_is_drawn_on_a_desktop_and_told_on_a_phone(address: str, page: Page) -> None:
    page.goto(address + "understand/how-login-works/")
    drawing, words = page.locator(".sequence__drawing"), page.locator(".sequence__words")
    assert (drawing.is_visible(), words.is_visible()) == (True, False)
    page.set_viewport_size(PHONE)
    assert (drawing.is_visible(), words.is_visible()) == (False, True)
