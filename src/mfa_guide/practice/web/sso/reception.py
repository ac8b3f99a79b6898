"""Letting people in to a site through an institution, and out again: the same for the firewall and the account page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import RedirectResponse
from starlette.routing import Route

from mfa_guide.practice.rules.events import LoggedOut, LogInRefused
from mfa_guide.practice.web.cookies import Cookie
from mfa_guide.practice.web.pages import Problem
from mfa_guide.practice.web.sessions import Session, Sessions, address_of, new_secret

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mfa_guide.practice.rules.accounts import Person
    from mfa_guide.practice.rules.keys import PublicKey
    from mfa_guide.practice.web.pages import Pages
    from mfa_guide.practice.web.shared import Shared
    from mfa_guide.practice.web.sso.institutions import Institutions, LogIn

DEPARTURES = 10
"""How many log-ins one browser may have begun and not finished: one for each of its tabs. Ours."""


@dataclass
class Draft:
    """What a browser has begun on the account page: nothing changes until Update is pressed."""

    uploads: dict[str, PublicKey] = field(default_factory=dict)
    """The keys to be added, by fingerprint."""
    ticked: set[str] = field(default_factory=set)
    """The fingerprints of the keys to be deleted."""


@dataclass(frozen=True)
class Answered:
    """A login that was answered."""

    account: str
    yes: bool
    proved: bool
    """Whether whoever began it has proved a key of the account."""


@dataclass
class SiteSession(Session):
    """A browser at one of the sites that people log in to."""

    log_in: LogIn | None = None
    departures: dict[str, str] = field(default_factory=dict)
    """The log-ins that this browser began here: where to go afterwards, by `state`."""
    draft: Draft = field(default_factory=Draft)
    changes: list[tuple[str, str]] = field(default_factory=list)
    """What Update has just done, `added` or `deleted`, to which key, by fingerprint: the next page tells, once."""
    answered: Answered | None = None
    """What was answered last."""


class Reception:
    """What a site needs so that people can log in to it."""

    def __init__(
        self,
        name: str,
        base: str,
        *,
        shared: Shared,
        institutions: Institutions,
        pages: Pages,
    ) -> None:
        """Begin with nobody logged in.

        Args:
            name: what the institutions know the site by.
            base: the site's base address.
            shared: what all pages share.
            institutions: where people log in.
            pages: makes the site's pages.
        """
        self._name = name
        self._root = urlsplit(base).path
        self._institutions = institutions
        self._entrance = shared.entrance
        self._pages = pages
        self._state = shared.service.state
        lifetime = shared.service.policy.seconds("institution_session")
        self.sessions = Sessions(SiteSession, Cookie(base, name), shared.service, lifetime)

    @property
    def routes(self) -> list[Route]:
        """The routes of logging in and out."""
        return [
            Route("/log-in", self.sessions.endpoint(self._depart), methods=["POST"]),
            Route("/logged-in", self.sessions.endpoint(self._return)),
            Route("/log-out", self.sessions.endpoint(self._log_out), methods=["POST"]),
        ]

    def person(self, session: SiteSession) -> Person | None:
        """Return who is logged in in this browser, if anybody is."""
        return session.log_in.person if session.log_in and self._institutions.lives(session.log_in) else None

    def admit(self, request: Request) -> None:
        """Do nothing for a browser that may log in here.

        Raises:
            Problem: it may not.
        """
        if not self._entrance.admits(request):
            raise Problem(
                403,
                "Come in by the right address",
                "Open the address that “mfa-guide practice up” printed when it started. "
                "It keeps the other users of this computer out.",
                "nothing",
            )

    def picker(self, session: SiteSession, back: str, *, missing: bool = False) -> Response:
        """Return the page that asks for the home organization.

        Args:
            session: the browser's.
            back: where to go after the log-in, a path on this site.
            missing: whether it asks again because none was chosen.
        """
        return self._pages.page("picker", 400 if missing else 200, session=session, back=back, missing=missing)

    def go(self, path: str) -> Response:
        """Send the browser to another page of this site."""
        return RedirectResponse(f"{self._root}{path}", 303)

    async def _depart(self, request: Request, session: SiteSession) -> Response:
        self.admit(request)
        form = await request.form()
        back, institution = _path(form.get("back")), form.get("institution")
        if not self._institutions.knows(institution):
            return self.picker(session, back, missing=True)
        state = new_secret()
        session.departures[state] = back
        while len(session.departures) > DEPARTURES:
            del session.departures[next(iter(session.departures))]
        address = self._institutions.log_in_address(site=self._name, institution=str(institution), state=state)
        return RedirectResponse(address, 303)

    async def _return(self, request: Request, session: SiteSession) -> Response:
        state = request.query_params.get("state", "")
        back = session.departures.pop(state, None)
        log_in = back and self._institutions.redeem(request.query_params.get("code", ""), site=self._name, state=state)
        if not back or not log_in:
            self._state.note(LogInRefused(self._name, address_of(request)))
            raise Problem(
                400,
                "This log-in does not belong here",
                "It was begun in another browser, took too long, or was used already. Begin again.",
            )
        session.log_in = log_in
        # It may be somebody else's.
        session.draft, session.changes = Draft(), []
        self.sessions.renew(session)
        return self.go(back)

    async def _log_out(self, request: Request, session: SiteSession) -> Response:
        form = await request.form()
        if session.log_in:
            session.log_in.over = True
            self._state.note(LoggedOut(session.log_in.person.id, address_of(request)))
        session.log_in = session.answered = None
        session.departures.clear()
        self.sessions.renew(session)
        return self.go(_path(form.get("back")))


def _path(value: object) -> str:
    """Return `value` if it is the path of a page of ours, else the site's first page: never another site's address."""
    return value if isinstance(value, str) and re.fullmatch(r"/[A-Za-z0-9]*", value) else "/"
