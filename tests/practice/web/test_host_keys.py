"""The host key in the browser and on the sheets is the one in the terminal, whichever kind the client prefers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx2
import pexpect
import pytest

from mfa_guide.practice.hosting.installation import HOST_KEY_TYPES
from mfa_guide.practice.hosting.running import LINK
from mfa_guide.practice.web.entrance import entrance_key
from tests.support.loopback_site import LoopbackSite
from tests.support.terminals import shown
from tests.support.walking import form_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT = "vsc98765"
KINDS = {"ssh-ed25519": "ED25519", "ecdsa-sha2-nistp256": "ECDSA", "rsa-sha2-512": "RSA"}
"""By the algorithm that a client asks for, what it calls the key."""


@pytest.fixture(scope="module")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopbackSite]:
    site = LoopbackSite.start(tmp_path_factory.mktemp("host-keys"), users=2, managed=True)
    yield site
    assert site.stop() == 0


@pytest.fixture
def browser(running_site: LoopbackSite) -> Iterator[httpx2.Client]:
    """A browser that was let in."""
    secret = (running_site.config.parent / "web_secret").read_bytes()
    with httpx2.Client(follow_redirects=True, timeout=60) as client:
        client.get(f"{running_site.web}/enter/{entrance_key(secret)}")
        yield client


def question(browser: httpx2.Client, link: str) -> str:
    """Return the page that asks whether one is trying to log in."""
    page = browser.get(link)
    for fields in ({"institution": "KU Leuven Association"}, {"person": f"owner-of-{ACCOUNT}"}):
        form = form_of(page, "/log-in")
        page = browser.post(form.address, data=form.fields | fields)
    return page.text


def test_there_is_a_host_key_of_every_kind_that_is_tried() -> None:
    assert len(KINDS) == len(HOST_KEY_TYPES)


@pytest.mark.parametrize("algorithm", KINDS)
def test_the_browser_and_the_sheet_show_what_the_terminal_shows(
    running_site: LoopbackSite, browser: httpx2.Client, algorithm: str
) -> None:
    hosts = ["-o", "UserKnownHostsFile=/dev/null", "-o", f"HostKeyAlgorithms={algorithm}"]
    words = ["-F", str(running_site.config), *hosts, f"{ACCOUNT}@login.hpc.kuleuven.be"]
    # The link is longer than 80 columns here.
    terminal = pexpect.spawn("ssh", words, encoding="utf-8", timeout=20, dimensions=(24, 200))
    terminal.expect(r"(\S+) key fingerprint is:? (SHA256:[A-Za-z0-9+/]{43})")
    kind, fingerprint = shown(terminal).groups()
    assert kind == KINDS[algorithm]
    terminal.expect_exact("/[fingerprint])?")
    terminal.sendline("yes")
    terminal.expect(f"({LINK.pattern}) ")
    seen = re.findall("SHA256:[A-Za-z0-9+/]{43}", question(browser, shown(terminal)[1]))
    terminal.close()
    assert seen == [fingerprint]

    sheet = re.sub(r"<[^>]+>", "", browser.get(f"{running_site.web}/classroom/sheets").text)
    kinds = dict(re.findall(r"([A-Z0-9]+)\s+(SHA256:[A-Za-z0-9+/]{43})", sheet))
    assert set(kinds) == set(KINDS.values())
    assert kinds[kind] == fingerprint
