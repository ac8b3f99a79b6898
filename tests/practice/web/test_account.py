"""The account page: public keys go in and out, when Update is pressed, and nothing else does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import asyncssh
import pytest

from mfa_guide.practice.web import account
from mfa_guide.practice.web.entrance import entrance_address
from tests.support.site_apart import SECRET
from tests.support.walking import form_of

if TYPE_CHECKING:
    import httpx2

    from mfa_guide.practice.rules.keys import PublicKey
    from tests.support.site_apart import Site
    from tests.support.walking import Browser

ACCOUNT = "https://account.vscentrum.be"


@pytest.fixture(scope="module")
def rsa() -> asyncssh.SSHKey:
    return asyncssh.generate_private_key("ssh-rsa", key_size=4096)


@pytest.fixture(scope="module")
def other() -> asyncssh.SSHKey:
    return asyncssh.generate_private_key("ssh-ed25519")


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.browser()


@pytest.fixture
def page(browser: Browser) -> httpx2.Response:
    return browser.identify(browser.open(f"{ACCOUNT}/"))


def fingerprints(*keys: PublicKey) -> list[str]:
    return [key.get_fingerprint() for key in keys]


def listed(site: Site) -> list[str]:
    return fingerprints(*site.accounts.keys("vsc98765"))


def test_a_public_key_is_added_and_listed(
    site: Site, browser: Browser, page: httpx2.Response, rsa: asyncssh.SSHKey
) -> None:
    assert "Your account has no public key yet." in page.text
    assert "works after 30 minutes or more" in page.text
    after = browser.update(browser.upload(page, rsa.export_public_key() + b" reader@laptop\n"))
    assert after.status_code == 200
    assert f"Your key was added: <code>{rsa.get_fingerprint()}</code>" in after.text
    assert "ssh-rsa, 4096 bits" in after.text
    assert f"<code>{rsa.get_fingerprint('md5')}</code>" in after.text
    assert listed(site) == fingerprints(rsa)
    assert "Your key was added" not in browser.open(f"{ACCOUNT}/").text, "it is told once"


@pytest.mark.parametrize(
    ("algorithm", "bits"), [("ssh-ed25519", 256), ("ecdsa-sha2-nistp384", 384), ("ecdsa-sha2-nistp521", 521)]
)
def test_other_types_have_their_bits(browser: Browser, page: httpx2.Response, algorithm: str, bits: int) -> None:
    key = asyncssh.generate_private_key(algorithm)
    assert f"{algorithm}, {bits} bits" in browser.upload(page, key.export_public_key()).text


def test_an_upload_changes_nothing_until_update(
    site: Site, browser: Browser, page: httpx2.Response, rsa: asyncssh.SSHKey, other: asyncssh.SSHKey
) -> None:
    browser.upload(page, rsa.export_public_key())
    waiting = browser.upload(page, other.export_public_key())
    for shown in (waiting, browser.open(f"{ACCOUNT}/")):
        assert "Uploaded. Nothing has changed yet: press Update." in shown.text
        assert "Your account has no public key yet." in shown.text
        for key in (rsa, other):
            assert shown.text.count(key.get_fingerprint()) == 1
    assert listed(site) == []
    assert site.happened("key added") == []
    elsewhere = site.browser()
    assert "Uploaded" not in elsewhere.identify(elsewhere.open(f"{ACCOUNT}/")).text
    updated = browser.update(waiting)
    assert "Uploaded" not in updated.text
    for key in (rsa, other):
        assert f"Your key was added: <code>{key.get_fingerprint()}</code>" in updated.text
    assert listed(site) == fingerprints(rsa, other)
    assert [details["key"] for details in site.happened("key added")] == fingerprints(rsa, other)


def test_ticked_keys_are_deleted(
    site: Site, browser: Browser, page: httpx2.Response, rsa: asyncssh.SSHKey, other: asyncssh.SSHKey
) -> None:
    kept = asyncssh.generate_private_key("ssh-ed25519")
    for key in (rsa, kept, other):
        page = browser.upload(page, key.export_public_key())
    page = browser.update(page)
    assert page.text.count("Delete this key") == 3
    after = browser.update(page, *fingerprints(other, rsa))
    assert listed(site) == fingerprints(kept)
    assert [details["key"] for details in site.happened("key deleted")] == fingerprints(rsa, other)
    for key in (rsa, other):
        assert f"Your key was deleted: <code>{key.get_fingerprint()}</code>" in after.text
    assert "Your key was added" not in after.text
    assert "Your account has no public key yet." in browser.update(after, *fingerprints(kept)).text
    assert listed(site) == []


def test_a_key_is_replaced_in_one_update(
    site: Site, browser: Browser, page: httpx2.Response, rsa: asyncssh.SSHKey, other: asyncssh.SSHKey
) -> None:
    page = browser.update(browser.upload(page, rsa.export_public_key()))
    assert not re.search(r"<input[^>]* checked>", page.text)
    page = browser.upload(page, other.export_public_key(), ticked=fingerprints(rsa))
    assert re.findall(r'<input[^>]* value="([^"]*)"[^>]* checked>', page.text) == fingerprints(rsa)
    assert listed(site) == fingerprints(rsa)
    after = browser.update(page, *fingerprints(rsa))
    assert listed(site) == fingerprints(other)
    assert f"Your key was added: <code>{other.get_fingerprint()}</code>" in after.text
    assert f"Your key was deleted: <code>{rsa.get_fingerprint()}</code>" in after.text


def test_a_bad_file_takes_nothing_back(
    site: Site, browser: Browser, page: httpx2.Response, rsa: asyncssh.SSHKey, other: asyncssh.SSHKey
) -> None:
    page = browser.upload(browser.update(browser.upload(page, rsa.export_public_key())), other.export_public_key())
    refused = browser.upload(page, b"rubbish", ticked=fingerprints(rsa))
    assert refused.status_code == 400
    assert "Uploaded. Nothing has changed yet" in refused.text
    assert re.findall(r'<input[^>]* value="([^"]*)"[^>]* checked>', refused.text) == fingerprints(rsa)
    browser.update(refused, *fingerprints(rsa))
    assert listed(site) == fingerprints(other)


def test_who_ticks_the_key_that_they_upload_loses_it(
    site: Site, browser: Browser, page: httpx2.Response, rsa: asyncssh.SSHKey
) -> None:
    page = browser.update(browser.upload(page, rsa.export_public_key()))
    browser.update(browser.upload(page, rsa.export_public_key()), *fingerprints(rsa))
    assert listed(site) == []


def test_update_with_nothing_to_do_says_so(
    site: Site, browser: Browser, page: httpx2.Response, rsa: asyncssh.SSHKey
) -> None:
    for ticked in ((), fingerprints(rsa)):
        refused = browser.update(page, *ticked)
        assert refused.status_code == 400
        assert "Nothing was stored: no key is uploaded, and none is ticked." in refused.text
    page = browser.upload(page, rsa.export_public_key())
    browser.update(page)
    assert browser.update(page).status_code == 400, "each upload is added once"
    assert len(site.happened("key added")) == 1
    assert site.happened("key deleted") == []


def test_a_limited_number_of_uploads_waits(
    site: Site, browser: Browser, page: httpx2.Response, monkeypatch: pytest.MonkeyPatch, rsa: asyncssh.SSHKey
) -> None:
    monkeypatch.setattr(account, "UPLOADS", 2)
    for _ in range(2):
        browser.upload(page, asyncssh.generate_private_key("ssh-ed25519").export_public_key())
    refused = browser.upload(page, rsa.export_public_key())
    assert refused.status_code == 400
    assert "Nothing was stored: 2 keys are uploaded already: press Update first." in refused.text
    browser.update(refused)
    assert len(listed(site)) == 2
    assert browser.upload(page, rsa.export_public_key()).status_code == 200


def test_many_keys_are_deleted_at_once(site: Site, browser: Browser, page: httpx2.Response) -> None:
    for _ in range(30):
        site.accounts.add_key("vsc98765", asyncssh.generate_private_key("ssh-ed25519"))
    assert browser.update(page, *listed(site)).status_code == 200
    assert listed(site) == []


def test_uploads_are_no_longer_there_for_who_logs_in_next(loopback: Site, rsa: asyncssh.SSHKey) -> None:
    browser, address = loopback.browser(), f"{loopback.addresses.account}/"
    browser.open(entrance_address(loopback.addresses, SECRET))
    page = browser.identify(browser.open(address), "owner-of-vsc98766")
    browser.send(browser.upload(page, rsa.export_public_key()), "/log-out")
    page = browser.identify(browser.open(address), "owner-of-vsc98767")
    assert "vsc98767" in page.text
    assert "Uploaded" not in page.text
    browser.update(page)
    for name in ("vsc98766", "vsc98767"):
        assert loopback.accounts.keys(name) == []


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
    assert listed(site) == []
    assert "Your account has no public key yet." in browser.open(f"{ACCOUNT}/").text


def test_puttys_private_key_is_told_apart(site: Site, browser: Browser, page: httpx2.Response) -> None:
    """PuTTY's file has both halves in it, and does not call itself a private key."""
    private = b"PuTTY-User-Key-File-3: ssh-rsa\r\nEncryption: none\r\nPrivate-Lines: 14\r\nAAAB5eedc0de\r\n"
    refused = browser.upload(page, private, "vsc98765.ppk")
    assert refused.status_code == 400
    assert "this is a private key: keep it to yourself, and choose the file that ends in .pub" in refused.text
    assert "5eedc0de" not in refused.text
    assert listed(site) == []


def test_the_file_that_puttygen_saves_is_taken(
    site: Site, browser: Browser, page: httpx2.Response, rsa: asyncssh.SSHKey
) -> None:
    browser.update(browser.upload(page, rsa.export_public_key("rfc4716"), "public"))
    assert listed(site) == fingerprints(rsa)


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
    assert browser.update(page).status_code == 400
    assert listed(site) == []


def test_a_key_in_front_of_much_else_is_refused(
    site: Site, browser: Browser, page: httpx2.Response, rsa: asyncssh.SSHKey
) -> None:
    assert browser.upload(page, rsa.export_public_key() + b"#" * 20_000).status_code == 400
    assert browser.update(page).status_code == 400
    assert listed(site) == []


def test_no_file_is_said(browser: Browser, page: httpx2.Response) -> None:
    form = form_of(page, "/keys")
    for data in (form.fields, form.fields | {"key": "ssh-ed25519 AAAA"}):
        refused = browser.request("POST", form.address, data=data)
        assert refused.status_code == 400
        assert "no file was chosen" in refused.text


@pytest.mark.parametrize("press", ["upload", "update"])
def test_who_has_no_account_is_told_so(site: Site, browser: Browser, rsa: asyncssh.SSHKey, press: str) -> None:
    page = browser.identify(browser.open(f"{ACCOUNT}/"), "nobody-1")
    assert "You have no VSC account" in page.text
    csrf = form_of(page, "/log-out").fields["csrf"]
    files = {"key": ("id_rsa_vsc.pub", rsa.export_public_key())}
    answer = browser.request("POST", f"{ACCOUNT}/keys", data={"csrf": csrf, "press": press}, files=files)
    assert "You have no VSC account" in answer.text
    assert listed(site) == []


@pytest.mark.parametrize("press", ["upload", "update"])
def test_who_is_not_logged_in_changes_nothing(site: Site, browser: Browser, rsa: asyncssh.SSHKey, press: str) -> None:
    csrf = form_of(browser.open(f"{ACCOUNT}/"), "/log-in").fields["csrf"]
    files = {"key": ("id_rsa_vsc.pub", rsa.export_public_key())}
    answer = browser.request("POST", f"{ACCOUNT}/keys", data={"csrf": csrf, "press": press}, files=files)
    assert "Home organization" in answer.text
    assert listed(site) == []
