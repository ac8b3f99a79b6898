"""The account page, where a person adds public keys to their account, and deletes them.

As on the real one, nothing changes before Update is pressed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.routing import Route

from mfa_guide.base.errors import GuideError
from mfa_guide.practice.rules.keys import MAXIMUM_KEY_FILE
from mfa_guide.practice.web.sso.reception import Draft

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from mfa_guide.practice.rules.accounts import Person
    from mfa_guide.practice.rules.keys import PublicKey
    from mfa_guide.practice.web.pages import Pages
    from mfa_guide.practice.web.shared import Shared
    from mfa_guide.practice.web.sso.reception import Reception, SiteSession

UPLOADS = 10
"""How many uploaded keys may wait for Update in one browser. Ours."""

_ED_BITS = {"ssh-ed25519": 256, "ssh-ed448": 448}


class AccountPage:
    """The account page."""

    def __init__(self, reception: Reception, shared: Shared, pages: Pages) -> None:
        self._reception = reception
        self._accounts = shared.service.accounts
        self._pages = pages

    @property
    def routes(self) -> list[Route]:
        """The routes of the account page."""
        endpoint = self._reception.sessions.endpoint
        return [
            *self._reception.routes,
            Route("/", endpoint(self._edit)),
            Route("/keys", endpoint(self._press), methods=["POST"]),
        ]

    async def _edit(self, request: Request, session: SiteSession) -> Response:
        self._reception.admit(request)
        person = self._reception.person(session)
        if person is None:
            return self._reception.picker(session, "/")
        if person.account is None:
            return self._pages.page("no_account", person=person, session=session)
        changes, session.changes = session.changes, []
        return self._page(person.account, person, session, changes=changes)

    async def _press(self, request: Request, session: SiteSession) -> Response:
        person = self._reception.person(session)
        if person is None or person.account is None:
            return self._reception.go("/")
        form = await request.form()
        ticked = form.getlist("delete")
        fingerprints = [key.get_fingerprint() for key in self._accounts.keys(person.account)]
        session.draft.ticked = {fingerprint for fingerprint in fingerprints if fingerprint in ticked}
        try:
            if form.get("press") == "update":
                self._update(person.account, session)
            else:
                await self._upload(form, session.draft)
        except GuideError as error:
            return self._page(person.account, person, session, status=400, error=f"Nothing was stored: {error}.")
        return self._reception.go("/")

    def _update(self, account: str, session: SiteSession) -> None:
        """Do what the browser has prepared. A key that is both uploaded and ticked is deleted, to be safe.

        Raises:
            GuideError: nothing is prepared, there would be too many keys, or they cannot be written down.
        """
        draft = session.draft
        if not draft.uploads and not draft.ticked:
            raise GuideError("no key is uploaded, and none is ticked")
        session.changes = self._accounts.change_keys(account, list(draft.uploads.values()), draft.ticked)
        session.draft = Draft()

    async def _upload(self, form: FormData, draft: Draft) -> None:
        """Take in the file that was chosen.

        Raises:
            GuideError: none was chosen, it cannot be a public key, or too many wait already.
        """
        if len(draft.uploads) >= UPLOADS:
            raise GuideError(f"{UPLOADS} keys are uploaded already: press Update first")
        key = self._accounts.read_key(await _read_key_file(form.get("key")))
        draft.uploads[key.get_fingerprint()] = key

    def _page(
        self,
        account: str,
        person: Person,
        session: SiteSession,
        *,
        status: int = 200,
        changes: Iterable[tuple[str, str]] = (),
        error: str = "",
    ) -> Response:
        return self._pages.page(
            "account",
            status,
            keys=[_shown(key) for key in self._accounts.keys(account)],
            uploads=[_shown(key) for key in session.draft.uploads.values()],
            changes=changes,
            error=error,
            account=account,
            person=person,
            session=session,
        )


def _shown(key: PublicKey) -> dict[str, object]:
    """Return what the page shows of a key."""
    return {
        "algorithm": key.get_algorithm(),
        "bits": getattr(key.pyca_key, "key_size", None) or _ED_BITS.get(key.get_algorithm(), ""),
        "fingerprint": key.get_fingerprint(),
        "md5": key.get_fingerprint("md5"),
    }


async def _read_key_file(upload: UploadFile | str | None) -> str:
    """Return the text of the file that was chosen.

    Raises:
        GuideError: none was chosen, or it cannot be a public key.
    """
    if not isinstance(upload, UploadFile) or not upload.filename:
        raise GuideError("no file was chosen: choose the file that ends in .pub")
    content = await upload.read(MAXIMUM_KEY_FILE + 1)
    if len(content) > MAXIMUM_KEY_FILE:
        raise GuideError("this file is too large for a public key: choose the file that ends in .pub")
    return content.decode("utf-8", "replace")
