"""What a web site remembers of a browser: in memory, for a limited time, for a limited number of browsers.

Every form is bound to the session it was made for. That is checked here, before any page's own code runs.
"""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from mfa_guide.practice.rules.events import FormRefused
from mfa_guide.practice.web.pages import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from mfa_guide.practice.rules.login_service import LoginService
    from mfa_guide.practice.web.cookies import Cookie

LIMIT = 1000
"""How many browsers a site remembers; the one not seen for longest is forgotten first. Ours."""
FIELDS = 100
"""How many fields a form may have besides a file: the account page has one for each key that is ticked. Ours."""


def new_secret() -> str:
    """Return something nobody guesses, fit for cookies, forms and addresses."""
    return secrets.token_urlsafe(24)


@dataclass
class Session:
    """One browser on one site."""

    id: str = field(default_factory=new_secret)
    csrf: str = field(default_factory=new_secret)
    """Stands in every form; a form without it, or with another session's, is refused."""
    expires: float = 0.0
    """When it is forgotten, in seconds since 1970, by the practice site's clock."""


S = TypeVar("S", bound=Session)


class Sessions(Generic[S]):
    """All sessions of one site."""

    def __init__(self, make: Callable[[], S], cookie: Cookie, service: LoginService, lifetime: int) -> None:
        """Begin with no sessions.

        Args:
            make: makes a new session.
            cookie: carries the session's id.
            service: has the clock, and records forms that are refused.
            lifetime: how long a session is kept after it was last used, in seconds.
        """
        self._make = make
        self._cookie = cookie
        self._clock = service.clock
        self._lifetime = lifetime
        self._state = service.state
        self._kept: OrderedDict[str, S] = OrderedDict()

    def endpoint(
        self, handler: Callable[[Request, S], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return `handler` as a route's endpoint: it gets the browser's session, and only forms made for it."""

        async def respond(request: Request) -> Response:
            sent = self._cookie.read(request)
            session = self._find(sent) or self._make()
            if request.method == "POST":
                await self._check_form(request, session)
            response = await handler(request, session)
            self._keep(session)
            if session.id != sent:
                self._cookie.write(response, session.id)
            return response

        return respond

    def renew(self, session: S) -> None:
        """Give the session another id: who knew the one before a log-in must not share what comes after it."""
        self._kept.pop(session.id, None)
        session.id, session.csrf = new_secret(), new_secret()

    def _find(self, identity: str | None) -> S | None:
        session = self._kept.get(identity) if identity else None
        return session if session and session.expires > self._clock.now() else None

    def _keep(self, session: S) -> None:
        session.expires = self._clock.now() + self._lifetime
        self._kept[session.id] = session
        self._kept.move_to_end(session.id)
        while len(self._kept) > LIMIT:
            self._kept.popitem(last=False)

    async def _check_form(self, request: Request, session: S) -> None:
        form = await request.form(max_files=1, max_fields=FIELDS)
        if not hmac.compare_digest(str(form.get("csrf", "")).encode(), session.csrf.encode()):
            self._state.note(FormRefused(address_of(request), request.scope["root_path"] or "/"))
            raise Problem(
                403,
                "This form is not valid any more",
                "Nothing was changed. Go back, load the page again, and answer there.",
            )


def address_of(request: Request) -> str:
    """Return the address that the browser connects from."""
    assert request.client is not None
    return request.client.host
