"""The firewall's pages: the question that a login link asks, and the page that shows all logins that wait."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.routing import Route

from mfa_guide.practice.rules.events import QuestionRefused
from mfa_guide.practice.rules.logins import LinkError, NotYoursError
from mfa_guide.practice.rules.state import digest
from mfa_guide.practice.web.pages import Problem, as_sentence
from mfa_guide.practice.web.sessions import address_of
from mfa_guide.practice.web.sso.reception import Answered

if TYPE_CHECKING:
    from starlette.requests import Request

    from mfa_guide.practice.rules.access import OpenPage
    from mfa_guide.practice.rules.accounts import Person
    from mfa_guide.practice.rules.logins import PendingLogin
    from mfa_guide.practice.web.pages import Pages
    from mfa_guide.practice.web.shared import Shared
    from mfa_guide.practice.web.sso.reception import Reception, SiteSession

HELD = 20
"""How long the answer to a heartbeat is held when nothing changes, in seconds. Ours: three fit into the time within
which the page must be heard of."""

_TITLES = {
    "unknown": "There is no such link",
    "used": "This link was used already",
    "expired": "This link has run out",
    "gone": "The login behind this link has ended",
}


class Firewall:
    """The firewall's pages."""

    def __init__(self, reception: Reception, shared: Shared, pages: Pages) -> None:
        self._reception = reception
        self._logins = shared.service.logins
        self._accounts = shared.service.accounts
        self._access = shared.service.access
        self._state = shared.service.state
        self._bell = shared.bell
        self._entrance = shared.entrance
        self._pages = pages

    @property
    def routes(self) -> list[Route]:
        """The routes of the firewall's host; the last one takes everything that could be a link."""
        endpoint = self._reception.sessions.endpoint
        return [
            *self._reception.routes,
            Route("/", endpoint(self._waiting)),
            Route("/heartbeat", endpoint(self._heartbeat), methods=["POST"]),
            Route("/answered", endpoint(self._answered)),
            Route("/enter/{key}", self._enter),
            Route("/enter/{key}/classroom", self._enter),
            Route("/{token}", endpoint(self._question)),
            Route("/{token}", endpoint(self._answer), methods=["POST"]),
        ]

    async def _enter(self, request: Request) -> Response:
        self._entrance.refuse_guessers(request)
        if not self._entrance.fits(request.path_params["key"]):
            self._entrance.guessed(request)
            raise Problem(404, "There is no such page", "Open the address that “mfa-guide practice up” printed.")
        response = self._reception.go("/classroom" if request.url.path.endswith("/classroom") else "/")
        self._entrance.let_in(response)
        return response

    async def _waiting(self, request: Request, session: SiteSession) -> Response:
        self._reception.admit(request)
        person = self._reception.person(session)
        if person is None:
            return self._reception.picker(session, "/")
        if person.account is None:
            return self._pages.page("no_account", person=person, session=session)
        # Loading the page opens the address to its owner's own key; it approves nothing.
        page = self._access.hear(address_of(request), person.account)
        return self._pages.page("waiting", **self._rows(request, session, page))

    async def _heartbeat(self, request: Request, session: SiteSession) -> Response:
        """Hear of a page that is open; answer when what it shows has changed, at the latest after a while.

        So the page needs no timer, and shows a login at once. Browsers slow down the timers of pages in the background,
        where this one is while its owner types in the terminal.
        """
        shown = (await request.form()).get("shown")
        person = self._reception.person(session)
        if person is None or person.account is None:
            raise _not_open()
        page = self._access.hear(address_of(request), person.account)
        rows = self._rows(request, session, page)
        if rows["shown"] == shown and not self._bell.may_wait:
            return Response(status_code=503)
        until = asyncio.get_running_loop().time() + HELD
        with self._bell.place():
            while rows["shown"] == shown and (left := until - asyncio.get_running_loop().time()) > 0:
                await self._bell.wait(left)
                if self._bell.ended:
                    break
                rows = self._rows(request, session, page)
        return self._pages.page("rows", **rows)

    def _rows(self, request: Request, session: SiteSession, page: OpenPage) -> dict[str, Any]:
        """Return what the page shows now.

        Raises:
            Problem: whoever opened it is not logged in any more.
        """
        person, address = self._reception.person(session), address_of(request)
        if person is None or person.account != page.account:
            raise _not_open()
        logins = self._logins.waiting(account=page.account, address=address)
        return {
            "session": session,
            "person": person,
            "address": address,
            "since": page.since,
            "logins": logins,
            "shown": digest(" ".join([str(page.since), *(login.token for login in logins)])).hex(),
        }

    async def _question(self, request: Request, session: SiteSession) -> Response:
        login = self._find(request, session)
        person = self._reception.person(session)
        if person is None:
            response = self._reception.picker(session, f"/{login.token}")
        elif person != self._accounts.owner(login.account):
            self._state.note(QuestionRefused(login.account, login.link, person.id, address_of(request)))
            response = self._not_yours(login, person, session)
        else:
            login.opened = True
            response = self._pages.page("question", login=login, person=person, session=session)
        # Who knows a link that still waits has it from the terminal of the practice site's owner.
        self._entrance.let_in(response)
        return response

    async def _answer(self, request: Request, session: SiteSession) -> Response:
        login = self._find(request, session)
        answer = (await request.form()).get("answer")
        person = self._reception.person(session)
        if person is None or answer not in ("yes", "no"):
            return self._reception.go(f"/{login.token}")
        try:
            self._logins.answer(login, person, yes=answer == "yes", browser=address_of(request))
        except NotYoursError:
            return self._not_yours(login, person, session)
        session.answered = Answered(login.account, yes=answer == "yes", proved=login.proved)
        # The next page has an address of its own: loading it again answers nothing a second time.
        return self._reception.go("/answered")

    async def _answered(self, _: Request, session: SiteSession) -> Response:
        person = self._reception.person(session)
        if person is None or session.answered is None:
            return self._reception.go("/")
        page = "confirmed" if session.answered.yes else "denied"
        return self._pages.page(page, answered=session.answered, person=person, session=session)

    def _find(self, request: Request, session: SiteSession) -> PendingLogin:
        person = self._reception.person(session)
        self._entrance.refuse_guessers(request)
        try:
            return self._logins.find(request.path_params["token"])
        except LinkError as error:
            # Browsers ask for other names by themselves, such as favicon.ico.
            if error.reason == "unknown" and request.path_params["token"].isalnum():
                self._entrance.guessed(request)
            raise Problem(
                404 if error.reason == "unknown" else 410,
                _TITLES[error.reason],
                as_sentence(str(error).partition(": ")[2]),
                "command",
                # Who is logged in comes back for the same account; of a stranger only the first can be guessed.
                (person.account if person else None) or self._accounts.names[0],
            ) from None

    def _not_yours(self, login: PendingLogin, person: Person, session: SiteSession) -> Response:
        return self._pages.page("not_yours", 403, login=login, person=person, session=session)


def _not_open() -> Problem:
    return Problem(403, "You are not logged in here any more", "Load the page again.")
