"""The practice site's institutions: where a person logs in, by being picked from a list.

A site sends the browser here and gets it back with a code, which stands for the log-in: the code works once, for a
minute, for that site, and only together with what the site keeps in that browser's session.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.responses import RedirectResponse
from starlette.routing import Route

from mfa_guide.practice.rules.events import LoggedInAtInstitution
from mfa_guide.practice.web.cookies import Cookie
from mfa_guide.practice.web.pages import Problem
from mfa_guide.practice.web.sessions import Session, Sessions, address_of, new_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from mfa_guide.practice.rules.accounts import Person
    from mfa_guide.practice.web.pages import Pages
    from mfa_guide.practice.web.shared import Shared

CODE_LIFETIME = 60
"""How long a code works, in seconds. Ours."""
CODES = 1000
"""How many codes may be under way at once. Ours."""


@dataclass
class LogIn:
    """A person who is logged in in one browser; all sites that the browser visited share it."""

    person: Person
    until: float
    """When it ends by itself, in seconds since 1970, by the practice site's clock."""
    over: bool = False
    """Whether the person logged out."""


@dataclass
class InstitutionSession(Session):
    """A browser at the institutions: its log-ins, by institution."""

    log_ins: dict[str, LogIn] = field(default_factory=dict)
    stale: bool = False
    """Whether it is to be of no use any more, for practice: what makes real ones so is not known. Ours."""


@dataclass(frozen=True)
class _Request:
    """A site's request to log somebody in."""

    site: str
    institution: str
    state: str


@dataclass(frozen=True)
class _Grant:
    """What a code stands for."""

    request: _Request
    log_in: LogIn
    expires: float


class Institutions:
    """The institutions' log-in pages, and the log-ins that came from them."""

    def __init__(self, shared: Shared, pages: Pages, sites: Mapping[str, str]) -> None:
        """Begin with nobody logged in.

        Args:
            shared: what all pages share.
            pages: makes the pages.
            sites: the sites that may ask for a log-in: base address by name. Nobody is ever sent elsewhere.
        """
        service = shared.service
        self._institutions = service.policy.names("institutions")
        self._lifetime = service.policy.seconds("institution_session")
        self._accounts = service.accounts
        self._state = service.state
        self._clock = service.clock
        self._addresses = shared.addresses
        self._pages = pages
        self._sites = sites
        self._codes: OrderedDict[str, _Grant] = OrderedDict()
        self._sessions = Sessions(
            InstitutionSession, Cookie(shared.addresses.institutions, "institution"), service, self._lifetime
        )

    @property
    def routes(self) -> list[Route]:
        """The routes of the institutions' host."""
        return [
            Route("/", self._begin),
            Route("/log-in", self._sessions.endpoint(self._ask)),
            Route("/log-in", self._sessions.endpoint(self._pick), methods=["POST"]),
            Route("/stale", self._sessions.endpoint(self._go_stale), methods=["POST"]),
        ]

    def log_in_address(self, *, site: str, institution: str, state: str) -> str:
        """Return where `site` sends a browser to log in; it comes back with `state` and a code."""
        query = urlencode({"site": site, "institution": institution, "state": state})
        return f"{self._addresses.institutions}/log-in?{query}"

    def knows(self, institution: object) -> bool:
        """Tell whether there is an institution of that name."""
        return institution in self._institutions

    def redeem(self, code: str, *, site: str, state: str) -> LogIn | None:
        """Return the log-in that a code stands for and use the code up; None when it does not work (any more)."""
        grant = self._codes.pop(code, None)
        if grant is None or grant.expires <= self._clock.now():
            return None
        return grant.log_in if (grant.request.site, grant.request.state) == (site, state) else None

    def lives(self, log_in: LogIn | None) -> bool:
        """Tell whether a log-in still counts."""
        return log_in is not None and not log_in.over and self._clock.now() < log_in.until

    async def _begin(self, _: Request) -> Response:
        return RedirectResponse(f"{self._addresses.firewall}/", 303)

    async def _ask(self, request: Request, session: InstitutionSession) -> Response:
        asked = self._read(request.query_params)
        if session.stale:
            raise _stale()
        log_in = session.log_ins.get(asked.institution)
        if log_in and self.lives(log_in):
            return self._send_back(asked, log_in)
        people = self._accounts.people(asked.institution)
        return self._pages.page("institution", asked=asked, people=people, session=session)

    async def _pick(self, request: Request, session: InstitutionSession) -> Response:
        form = await request.form()
        asked = self._read(form)
        person = self._accounts.person(str(form.get("person")))
        if person is None or person.institution != asked.institution:
            raise Problem(400, "There is no such person", "Go back, and pick one of those on the page.")
        log_in = LogIn(person, self._clock.now() + self._lifetime)
        session.log_ins[asked.institution] = log_in
        self._sessions.renew(session)
        self._state.note(LoggedInAtInstitution(person.id, person.institution, asked.site, address_of(request)))
        return self._send_back(asked, log_in)

    async def _go_stale(self, _: Request, session: InstitutionSession) -> Response:
        session.stale = True
        raise _stale()

    def _read(self, values: Mapping[str, object]) -> _Request:
        asked = _Request(*(str(values.get(name, "")) for name in ("site", "institution", "state")))
        known = asked.site in self._sites and self.knows(asked.institution)
        if not known or not re.fullmatch(r"[\w-]{8,64}", asked.state, re.ASCII):
            raise Problem(400, "Nobody asked for this log-in", "Begin at the firewall page or at the account page.")
        return asked

    def _send_back(self, asked: _Request, log_in: LogIn) -> Response:
        code = new_secret()
        self._codes[code] = _Grant(asked, log_in, self._clock.now() + CODE_LIFETIME)
        while len(self._codes) > CODES:
            self._codes.popitem(last=False)
        return RedirectResponse(
            f"{self._sites[asked.site]}/logged-in?{urlencode({'code': code, 'state': asked.state})}", 303
        )


def _stale() -> Problem:
    return Problem(
        409,
        "This log-in page is stale",
        "This browser remembers a session here that is of no use any more. A private window remembers none.",
        "nothing",
    )
