"""Browsers that walk through a practice site's web pages as a reader does, without a network."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_guide.practice.rules.logins import PendingLogin
    from tests.support.site_apart import Site

PATIENCE = 30
"""How long an answer may take, in seconds."""


@dataclass
class Form:
    """A form as it stands on a page."""

    address: str
    fields: dict[str, str]


def form_of(page: httpx2.Response, action: str) -> Form:
    """Return the form of a page whose action ends with `action`, with its hidden fields."""
    for found in re.finditer(r'<form method="post" action="([^"]*)".*?</form>', page.text, re.DOTALL):
        if found[1].endswith(action):
            hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', found[0])
            return Form(str(page.url.join(found[1])), dict(hidden))
    raise AssertionError(f"no form {action!r} on the page:\n{page.text}")


class Browser:
    """What a reader does in a browser: open addresses, fill in the page's own forms. It has cookies of its own."""

    def __init__(self, site: Site, address: str) -> None:
        self.site = site
        # Not Starlette's TestClient: it runs the pages in another thread, and the state file belongs to this one.
        transport = httpx2.ASGITransport(site.app, client=(address, 50000))
        self.client = httpx2.AsyncClient(transport=transport)

    def request(self, method: str, address: str, *, follow: bool = True, **options: Any) -> httpx2.Response:
        """Send a request as it is."""
        request = self.client.request(method, address, follow_redirects=follow, **options)
        # Without a network an answer without end is never seen to begin.
        return asyncio.run(asyncio.wait_for(request, PATIENCE))

    def open(self, address: str) -> httpx2.Response:
        """Open an address, follow redirects."""
        return self.request("GET", address)

    def send(self, page: httpx2.Response, action: str, *, follow: bool = True, **fields: str) -> httpx2.Response:
        """Fill a form of a page in and send it."""
        form = form_of(page, action)
        return self.request("POST", form.address, data=form.fields | fields, follow=follow)

    def upload(
        self, page: httpx2.Response, content: bytes, name: str = "id_rsa_vsc.pub", *, ticked: Sequence[str] = ()
    ) -> httpx2.Response:
        """Choose a file on the account page and upload it, with keys ticked, by fingerprint."""
        form = form_of(page, "/keys")
        data = form.fields | {"press": "upload", "delete": ticked}
        return self.request("POST", form.address, data=data, files={"key": (name, content)})

    def update(self, page: httpx2.Response, *ticked: str) -> httpx2.Response:
        """Press Update on the account page, with keys ticked, by fingerprint."""
        form = form_of(page, "/keys")
        data = form.fields | {"press": "update", "delete": ticked}
        # As a browser does: no file was chosen.
        return self.request("POST", form.address, data=data, files={"key": ("", b"")})

    def choose(self, page: httpx2.Response, institution: str = "KU Leuven Association") -> httpx2.Response:
        """Choose a home organization on the picker."""
        return self.send(page, "/log-in", institution=institution)

    def identify(self, page: httpx2.Response, person: str = "owner-of-vsc98765") -> httpx2.Response:
        """Get through picker and institution, as that person."""
        chosen = self.site.accounts.person(person)
        assert chosen is not None
        return self.send(self.choose(page, chosen.institution), "/log-in", person=person)

    def reach_question(self, login: PendingLogin) -> httpx2.Response:
        """Open a login's link and log in as its owner: what comes is the question."""
        return self.identify(self.open(self.site.link(login)))

    def answer(self, page: httpx2.Response, login: PendingLogin, answer: str) -> httpx2.Response:
        """Press Yes or No."""
        return self.send(page, f"/{login.token}", answer=answer)
