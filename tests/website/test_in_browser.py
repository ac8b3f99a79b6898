"""The built guide in a real browser: what it asks for, what its buttons copy, and who can read it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mfa_guide.kinds.transcript.reading import parse_transcript
from tests.support import GUIDE, PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

    from tests.support.built import Guide

AXE = "node_modules/axe-core/axe.min.js"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
FITS = "width => innerWidth === width && document.documentElement.scrollWidth <= width"


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


@pytest.fixture(scope="module")
def in_the_dark(browser: Browser) -> Iterator[Page]:
    """A tab of a reader whose computer has dark colours; the guide keeps the colours of the first visit."""
    context = browser.new_context(color_scheme="dark")
    yield context.new_page()
    context.close()


PAGES = [Path(page.name) for page in GUIDE.pages()]
NOTEBOOKS = [path.relative_to(PROJECT) for path in GUIDE.notebooks()]


def address_of(source: Path) -> str:
    """Return the address of a page, relative to the guide's, from its file or that of a notebook."""
    return f"{source.with_suffix('').as_posix()}/".removesuffix("index/")


each_page = pytest.mark.parametrize(
    "name", [pytest.param(address_of(each), id=str(each)) for each in PAGES + NOTEBOOKS]
)


def violations(page: Page, *rules: str) -> list[str]:
    """Return what breaks the rules of accessibility; all of them when none is named."""
    only = {"runOnly": list(rules)} if rules else {}
    found = page.evaluate("only => axe.run(only).then(result => result.violations)", only)
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


def test_these_are_all_pages(guide: Guide) -> None:
    built = [f"{path.parent.relative_to(guide.html).as_posix()}/".removeprefix("./") for path in guide.pages()]
    assert sorted(built) == sorted(map(address_of, PAGES + NOTEBOOKS))


# One load of the page for all of this: there are many pages.
@each_page
def test_a_page_asks_nobody_else_has_no_errors_fits_and_passes_the_accessibility_rules(
    address: str, page: Page, in_the_dark: Page, name: str
) -> None:
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_viewport_size(PHONE)
    page.goto(address + name, wait_until="networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    # While a window changes its size, some parts are on their way.
    page.set_viewport_size(DESKTOP)
    page.wait_for_function(FITS, arg=DESKTOP["width"])
    assert len(asked) > 1
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert errors == []
    page.add_script_tag(path=PROJECT / AXE)
    assert violations(page) == []
    # In other colours only what is about them can be otherwise.
    in_the_dark.goto(address + name)
    assert in_the_dark.locator("body[data-md-color-scheme=slate]").count() == 1
    in_the_dark.add_script_tag(path=PROJECT / AXE)
    assert violations(in_the_dark, "color-contrast") == []


@pytest.mark.parametrize("source", PAGES, ids=str)
def test_copy_buttons_copy_what_the_checker_types_and_saves(address: str, page: Page, source: Path) -> None:
    read = GUIDE.page(source.as_posix())
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


def test_a_diagram_is_drawn_on_a_desktop_and_told_on_a_phone(address: str, page: Page) -> None:
    page.goto(address + "understand/how-login-works/")
    drawing, words = page.locator(".sequence__drawing").first, page.locator(".sequence__words").first
    assert (drawing.is_visible(), words.is_visible()) == (True, False)
    page.set_viewport_size(PHONE)
    assert (drawing.is_visible(), words.is_visible()) == (False, True)
