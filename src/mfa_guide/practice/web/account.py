"""The account page, where a person adds a public key to their account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.routing import Route

from mfa_guide.errors import GuideError
from mfa_guide.practice.accounts import MAXIMUM_KEY_FILE

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mfa_guide.practice.accounts import Accounts, Person
    from mfa_guide.practice.web.pages import Pages
    from mfa_guide.practice.web.service import Service, ServiceSession

_ED_BITS = {"ssh-ed25519": 256, "ssh-ed448": 448}


class AccountPage:
    """The account page."""

    def __init__(self, service: Service, accounts: Accounts, pages: Pages) -> None:
        self._service = service
        self._accounts = accounts
        self._pages = pages

    @property
    def routes(self) -> list[Route]:
        """The routes of the account page."""
        endpoint = self._service.sessions.endpoint
        return [
            *self._service.routes,
            Route("/", endpoint(self._edit)),
            Route("/keys", endpoint(self._upload), methods=["POST"]),
        ]

    async def _edit(self, request: Request, session: ServiceSession) -> Response:
        self._service.admit(request)
        person = self._service.person(session)
        if person is None:
            return self._service.picker(session, "/")
        if person.account is None:
            return self._pages.page("no_account", person=person, session=session)
        added, session.added = session.added, ""
        return self._page(person.account, person, session, added=added)

    async def _upload(self, request: Request, session: ServiceSession) -> Response:
        person = self._service.person(session)
        if person is None or person.account is None:
            return self._service.go("/")
        try:
            key = self._accounts.add_key(person.account, await _read_key_file(request))
        except GuideError as error:
            return self._page(person.account, person, session, status=400, error=f"Nothing was stored: {error}.")
        session.added = key.get_fingerprint()
        return self._service.go("/")

    def _page(
        self,
        account: str,
        person: Person,
        session: ServiceSession,
        *,
        status: int = 200,
        added: str = "",
        error: str = "",
    ) -> Response:
        keys = [
            {
                "algorithm": key.get_algorithm(),
                "bits": getattr(key.pyca_key, "key_size", None) or _ED_BITS.get(key.get_algorithm(), ""),
                "fingerprint": key.get_fingerprint(),
                "md5": key.get_fingerprint("md5"),
            }
            for key in self._accounts.keys(account)
        ]
        return self._pages.page(
            "account", status, keys=keys, added=added, error=error, account=account, person=person, session=session
        )


async def _read_key_file(request: Request) -> str:
    """Return the text of the file that was chosen.

    Raises:
        GuideError: none was chosen, or it cannot be a public key.
    """
    upload = (await request.form()).get("key")
    if not isinstance(upload, UploadFile) or not upload.filename:
        raise GuideError("no file was chosen: choose the file that ends in .pub")
    content = await upload.read(MAXIMUM_KEY_FILE + 1)
    if len(content) > MAXIMUM_KEY_FILE:
        raise GuideError("this file is too large for a public key: choose the file that ends in .pub")
    return content.decode("utf-8", "replace")
