"""Profiles as a browser saves them: what the command writes, and only for an account."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import GuideError
from mfa_guide.website import downloads
from tests.support import POLICY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

LABEL = "Your account, for this file:"
BUTTON = "Download VSC-profile.reg"


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page with the download, in a browser that nobody used before."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}reference/profiles/", wait_until="networkidle")
    yield page
    context.close()


def written(client: str, account: str) -> bytes:
    """Return what the command writes."""
    command = str(Path(sys.executable).with_name("mfa-guide"))
    words = [command, "profile", client, "--user", account]
    return subprocess.run(words, capture_output=True, check=True, timeout=60).stdout


PLACES = {
    "putty-reg": "reference/profiles/",
    "mobaxterm": "log-in/mobaxterm/",
    "filezilla": "applications/filezilla/",
    "winscp": "applications/winscp/",
}


def test_every_download_is_on_a_page() -> None:
    assert PLACES.keys() == downloads.ENDINGS.keys()


@pytest.mark.parametrize(
    ("client", "account"),
    [*((client, "vsc31415") for client in PLACES), ("putty-reg", "vsc98765"), ("winscp", "vsc00000")],
)
def test_it_is_what_the_command_writes_byte_for_byte(page: Page, address: str, client: str, account: str) -> None:
    name = f"VSC-profile.{downloads.ENDINGS[client]}"
    page.goto(f"{address}{PLACES[client]}", wait_until="networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label(LABEL).fill(account)
    with page.expect_download() as saving:
        page.get_by_role("button", name=f"Download {name}").click()
    assert saving.value.suggested_filename == name
    assert saving.value.path().read_bytes() == written(client, account)
    assert page.get_by_text(f"{name} is in your downloads, for {account}.").is_visible()
    assert [url for url in asked if not url.startswith("blob:")] == []


def test_there_is_no_download_of_what_is_copied_from_its_page() -> None:
    with pytest.raises(GuideError, match="there is no download for 'openssh': choose putty-reg, mobaxterm"):
        downloads.profile(POLICY, "openssh")


def test_the_two_fields_of_a_page_say_the_same(page: Page, address: str) -> None:
    page.get_by_label("Your account:").fill("vsc31415")
    assert page.get_by_label(LABEL).input_value() == "vsc31415"
    page.get_by_label(LABEL).fill("vsc27182")
    assert page.get_by_label("Your account:").input_value() == "vsc27182"
    page.goto(f"{address}reference/profiles/", wait_until="networkidle")
    assert page.get_by_label(LABEL).input_value() == "vsc27182"


@pytest.mark.parametrize("wrong", ["vsc1234", "vsc123456", "VSC12345", "root", "vsc12345 ", "vsc१२३४५", "<b>vsc12345"])
def test_what_is_no_account_is_refused_with_the_reason(page: Page, wrong: str) -> None:
    saved: list[object] = []
    page.on("download", lambda download: saved.append(download))
    page.get_by_label(LABEL).fill(wrong)
    page.get_by_role("button", name=BUTTON).click()
    reason = f"“{wrong}” is no VSC account: it looks like vsc98765, with your digits."
    assert page.locator(".download__said").text_content() == reason
    assert page.evaluate("document.activeElement.id") == page.get_by_label(LABEL).get_attribute("id")
    assert saved == []


def test_it_asks_for_the_account_first(page: Page) -> None:
    page.get_by_role("button", name=BUTTON).click()
    said = "Write your account first: it looks like vsc98765, with your digits."
    assert page.locator(".download__said").inner_text() == said
