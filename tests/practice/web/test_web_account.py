"""The account page: a public key goes in, and nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncssh
import pytest
from walking import form_of

if TYPE_CHECKING:
    import httpx2
    from walking import Browser, Site

ACCOUNT = "https://account.vscentrum.be"


@pytest.fixture(scope="module")
def rsa() -> asyncssh.SSHKey:
    return asyncssh.generate_private_key("ssh-rsa", key_size=4096)


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.browser()


@pytest.fixture
def page(browser: Browser) -> httpx2.Response:
    return browser.identify(browser.open(f"{ACCOUNT}/"))


def test_a_public_key_is_added_and_listed(
    site: Site, browser: Browser, page: httpx2.Response, rsa: asyncssh.SSHKey
) -> None:
    assert "Your account has no public key yet." in page.text
    assert "works after 30 minutes or more" in page.text
    after = browser.upload(page, rsa.export_public_key() + b" reader@laptop\n")
    assert after.status_code == 200
    assert f"Your key was added: <code>{rsa.get_fingerprint()}</code>" in after.text
    assert "ssh-rsa, 4096 bits" in after.text
    assert f"<code>{rsa.get_fingerprint('md5')}</code>" in after.text
    assert [key.get_fingerprint() for key in site.accounts.keys("vsc98765")] == [rsa.get_fingerprint()]
    assert "Your key was added" not in browser.open(f"{ACCOUNT}/").text, "it is told once"


@pytest.mark.parametrize(
    ("algorithm", "bits"), [("ssh-ed25519", 256), ("ecdsa-sha2-nistp384", 384), ("ecdsa-sha2-nistp521", 521)]
)
def test_other_types_have_their_bits(browser: Browser, page: httpx2.Response, algorithm: str, bits: int) -> None:
    key = asyncssh.generate_private_key(algorithm)
    assert f"{algorithm}, {bits} bits" in browser.upload(page, key.export_public_key()).text


@pytest.mark.parametrize("style", ["openssh", "pkcs1-pem", "pkcs8-pem"])
def test_a_private_key_is_neither_stored_nor_shown(
    site: Site, browser: Browser, page: httpx2.Response, rsa: asyncssh.SSHKey, style: str
) -> None:
    private = rsa.export_private_key(style)
    refused = browser.upload(page, private, "id_rsa_vsc")
    assert refused.status_code == 400
    assert "Nothing was stored: this is a private key" in refused.text
    secret = private.decode().splitlines()[5]
    assert secret not in refused.text
    assert secret not in str(site.state.events())
    assert site.accounts.keys("vsc98765") == []
    assert "Your account has no public key yet." in browser.open(f"{ACCOUNT}/").text


def test_puttys_private_key_is_told_apart(site: Site, browser: Browser, page: httpx2.Response) -> None:
    """PuTTY's file has both halves in it, and does not call itself a private key."""
    private = b"PuTTY-User-Key-File-3: ssh-rsa\r\nEncryption: none\r\nPrivate-Lines: 14\r\nAAAB5eedc0de\r\n"
    refused = browser.upload(page, private, "vsc98765.ppk")
    assert refused.status_code == 400
    assert "this is a private key: keep it to yourself, and choose the file that ends in .pub" in refused.text
    assert "5eedc0de" not in refused.text
    assert site.accounts.keys("vsc98765") == []


def test_the_file_that_puttygen_saves_is_taken(
    site: Site, browser: Browser, page: httpx2.Response, rsa: asyncssh.SSHKey
) -> None:
    browser.upload(page, rsa.export_public_key("rfc4716"), "public")
    assert [key.get_fingerprint() for key in site.accounts.keys("vsc98765")] == [rsa.get_fingerprint()]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "this is not a public key"),
        (b"<script>alert(1)</script>", "this is not a public key"),
        (b"\x00\xff\xfe" * 100, "this is not a public key"),
        (b"ssh-rsa AAAA broken", "this is not a public key"),
        (b"ssh-ed25519 " + b"A" * 17_000, "this file is too large"),
    ],
)
def test_rubbish_is_refused(site: Site, browser: Browser, page: httpx2.Response, content: bytes, says: str) -> None:
    refused = browser.upload(page, content)
    assert refused.status_code == 400
    assert f"Nothing was stored: {says}" in refused.text
    assert "<script>" not in refused.text
    assert site.accounts.keys("vsc98765") == []


def test_a_key_in_front_of_much_else_is_refused(
    site: Site, browser: Browser, page: httpx2.Response, rsa: asyncssh.SSHKey
) -> None:
    assert browser.upload(page, rsa.export_public_key() + b"#" * 20_000).status_code == 400
    assert site.accounts.keys("vsc98765") == []


def test_no_file_is_said(browser: Browser, page: httpx2.Response) -> None:
    form = form_of(page, "/keys")
    for data in (form.fields, form.fields | {"key": "ssh-ed25519 AAAA"}):
        refused = browser.request("POST", form.address, data=data)
        assert refused.status_code == 400
        assert "no file was chosen" in refused.text


def test_who_has_no_account_is_told_so(site: Site, browser: Browser, rsa: asyncssh.SSHKey) -> None:
    page = browser.identify(browser.open(f"{ACCOUNT}/"), "nobody-1")
    assert "You have no VSC account" in page.text
    csrf = form_of(page, "/log-out").fields["csrf"]
    files = {"key": ("id_rsa_vsc.pub", rsa.export_public_key())}
    answer = browser.request("POST", f"{ACCOUNT}/keys", data={"csrf": csrf}, files=files)
    assert "You have no VSC account" in answer.text
    assert site.accounts.keys("vsc98765") == []


def test_who_is_not_logged_in_adds_nothing(site: Site, browser: Browser, rsa: asyncssh.SSHKey) -> None:
    csrf = form_of(browser.open(f"{ACCOUNT}/"), "/log-in").fields["csrf"]
    files = {"key": ("id_rsa_vsc.pub", rsa.export_public_key())}
    answer = browser.request("POST", f"{ACCOUNT}/keys", data={"csrf": csrf}, files=files)
    assert "Home organization" in answer.text
    assert site.accounts.keys("vsc98765") == []
