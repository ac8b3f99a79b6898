"""The firewall's pages: the question that a login link asks, and the page that shows all logins that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from mfa_guide.practice.logins import LinkError, NotYoursError
from mfa_guide.practice.web.pages import Problem
from mfa_guide.practice.web.sessions import address_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mfa_guide.practice.accounts import Accounts, Person
    from mfa_guide.practice.logins import Logins, PendingLogin
    from mfa_guide.practice.state import State
    from mfa_guide.practice.web.entrance import Entrance
    from mfa_guide.practice.web.pages import Pages
    from mfa_guide.practice.web.service import Service, ServiceSession

_TITLES = {
    "unknown": "There is no such link",
    "used": "This link was used already",
    "expired": "This link has run out",
    "gone": "The login behind this link has ended",
}


class Firewall:
    """The firewall's pages."""

    def __init__(
        self, service: Service, logins: Logins, accounts: Accounts, state: State, entrance: Entrance, pages: Pages
    ) -> None:
        self._service = service
        self._logins = logins
        self._accounts = accounts
        self._state = state
        self._entrance = entrance
        self._pages = pages

    @property
    def routes(self) -> list[Route]:
        """The routes of the firewall's host; the last one takes everything that could be a link."""
        endpoint = self._service.sessions.endpoint
        return [
            *self._service.routes,
            Route("/", endpoint(self._waiting)),
            Route("/answered", endpoint(self._answered)),
            Route("/enter/{key}", self._enter),
            Route("/{token}", endpoint(self._question)),
            Route("/{token}", endpoint(self._answer), methods=["POST"]),
        ]

    async def _enter(self, request: Request) -> Response:
        if not self._entrance.fits(request.path_params["key"]):
            raise Problem(404, "There is no such page", "Open the address that “mfa-guide practice up” printed.")
        response = self._service.go("/")
        self._entrance.let_in(response)
        return response

    async def _waiting(self, request: Request, session: ServiceSession) -> Response:
        self._service.admit(request)
        person = self._service.person(session)
        if person is None:
            return self._service.picker(session, "/")
        if person.account is None:
            return self._pages.page("no_account", person=person, session=session)
        logins = self._logins.waiting(account=person.account, address=address_of(request))
        return self._pages.page("waiting", logins=logins, address=address_of(request), person=person, session=session)

    async def _question(self, request: Request, session: ServiceSession) -> Response:
        login = self._find(request)
        person = self._service.person(session)
        if person is None:
            response = self._service.picker(session, f"/{login.token}")
        elif person != self._accounts.owner(login.account):
            self._state.record("question refused", account=login.account, person=person.id, browser=address_of(request))
            response = self._not_yours(login, person, session)
        else:
            response = self._pages.page("question", login=login, person=person, session=session)
        # Who knows a link that still waits has it from the terminal of the practice site's owner.
        self._entrance.let_in(response)
        return response

    async def _answer(self, request: Request, session: ServiceSession) -> Response:
        login = self._find(request)
        answer = (await request.form()).get("answer")
        person = self._service.person(session)
        if person is None or answer not in ("yes", "no"):
            return self._service.go(f"/{login.token}")
        try:
            self._logins.answer(login, person, yes=answer == "yes", browser=address_of(request))
        except NotYoursError:
            return self._not_yours(login, person, session)
        session.answered = (login.account, answer == "yes")
        # The next page has an address of its own: loading it again answers nothing a second time.
        return self._service.go("/answered")

    async def _answered(self, _: Request, session: ServiceSession) -> Response:
        person = self._service.person(session)
        if person is None or session.answered is None:
            return self._service.go("/")
        account, yes = session.answered
        return self._pages.page("confirmed" if yes else "denied", account=account, person=person, session=session)

    def _find(self, request: Request) -> PendingLogin:
        try:
            return self._logins.find(request.path_params["token"])
        except LinkError as error:
            advice = str(error).partition(": ")[2]
            raise Problem(
                404 if error.reason == "unknown" else 410,
                _TITLES[error.reason],
                f"{advice[:1].upper()}{advice[1:]}.",
                "command",
            ) from None

    def _not_yours(self, login: PendingLogin, person: Person, session: ServiceSession) -> Response:
        return self._pages.page("not_yours", 403, login=login, person=person, session=session)
