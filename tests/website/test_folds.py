"""What is folded in *Fix a problem*: how something was tried, out of sight, and there for whoever wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.problems.catalogue import load
from tests.support import POLICY

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.support.built import Guide

PAGES = [chapter.page.removesuffix(".md") for chapter in load(POLICY.version)]


@pytest.mark.parametrize("page", PAGES)
def test_the_table_of_contents_has_the_problems_and_nothing_of_how_they_were_tried(guide: Guide, page: str) -> None:
    contents = [str(link["href"]) for link in guide.soup(page).select(".md-sidebar--secondary li a")]
    ids = [entry.id for chapter in load(POLICY.version) if chapter.page == f"{page}.md" for entry in chapter.entries]
    assert contents == [f"#{id}" for id in ids]


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_folded_is_opened_without_scripts_and_stands_on_paper(
    browser: Browser, address: str, scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=scripts)
    try:
        page = context.new_page()
        page.goto(f"{address}fix/link/", wait_until="networkidle")
        tried = page.locator("details.example .transcript").first
        assert not tried.is_visible()
        page.emulate_media(media="print")
        assert tried.is_visible()
        page.emulate_media(media="screen")
        assert not tried.is_visible()
        page.locator("details.example > summary").first.click()
        assert tried.is_visible()
    finally:
        context.close()


def test_the_tab_of_ones_own_program_is_open_on_the_next_page(browser: Browser, address: str) -> None:
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(f"{address}fix/link/#login-gone", wait_until="networkidle")
        page.locator("label:visible", has_text="PuTTY").first.click()
        page.goto(f"{address}fix/agent/#no-certificate", wait_until="networkidle")
        assert page.get_by_text("You logged in without Allow agent forwarding.").is_visible()
        assert not page.get_by_text("You logged in without -A.").is_visible()
    finally:
        context.close()
