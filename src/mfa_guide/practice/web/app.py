"""The practice site's web server as one ASGI application."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from mfa_guide.practice.rules.database import CannotWriteError
from mfa_guide.practice.rules.guesses import Guesses
from mfa_guide.practice.web.account import AccountPage
from mfa_guide.practice.web.bell import Bell
from mfa_guide.practice.web.classroom import ClassroomPages
from mfa_guide.practice.web.entrance import Entrance
from mfa_guide.practice.web.firewall import Firewall
from mfa_guide.practice.web.guard import BoundedBody, ByHost, OwnForms, WithHeaders, headers
from mfa_guide.practice.web.shared import Shared
from mfa_guide.practice.web.sso.institutions import Institutions
from mfa_guide.practice.web.sso.reception import Reception

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

    from mfa_guide.practice.rules.login_service import LoginService
    from mfa_guide.practice.web.addresses import Addresses
    from mfa_guide.practice.web.classroom import Participants
    from mfa_guide.practice.web.pages import Pages

# Some computers say that scripts are something else, and browsers then do not run them.
mimetypes.add_type("text/javascript", ".js")


def make_app(
    service: LoginService,
    addresses: Addresses,
    *,
    secret: bytes,
    ssh_command: Callable[[str], str],
    classroom: Participants | None = None,
) -> Starlette:
    """Return the firewall, the institutions and the account page as one application.

    Args:
        service: the login service, to which the pages belong.
        addresses: where the sites are; requests for any other host are refused.
        secret: this installation's, so that on loopback only its owner gets in; see `entrance_address`.
        ssh_command: returns the command with which an account logs in, for pages that say so.
        classroom: what its pages show; None for no such pages.
    """
    entrance = Entrance(addresses, secret, Guesses(service.clock, service.state))
    shared = Shared(service, addresses, entrance, Bell(service.state), ssh_command)
    site_names = {"firewall": addresses.firewall, "account": addresses.account}
    institution_pages = shared.pages("Institutions", addresses.institutions)
    institutions = Institutions(shared, institution_pages, site_names)

    def reception(name: str, pages: Pages) -> Reception:
        return Reception(name, site_names[name], shared=shared, institutions=institutions, pages=pages)

    firewall_pages = shared.pages("Firewall", addresses.firewall)
    firewall_reception = reception("firewall", firewall_pages)
    firewall = Firewall(firewall_reception, shared, firewall_pages)
    trainer = classroom and ClassroomPages(
        firewall_reception, shared, classroom, shared.pages("Classroom", addresses.firewall)
    )
    account_pages = shared.pages("Account page", addresses.account)
    account = AccountPage(reception("account", account_pages), shared, account_pages)

    sites = {
        addresses.firewall: _site([*(trainer.routes if trainer else []), *firewall.routes], firewall_pages),
        addresses.institutions: _site(institutions.routes, institution_pages),
        addresses.account: _site(account.routes, account_pages),
    }
    by_host = ByHost({(urlsplit(base).netloc, urlsplit(base).path): site for base, site in sites.items()})
    app = Starlette(
        routes=[Mount("/", by_host)],
        middleware=[Middleware(WithHeaders, headers(addresses)), Middleware(BoundedBody), Middleware(OwnForms)],
    )
    app.state.end = shared.bell.end
    return app


def _site(routes: list[Route], pages: Pages) -> ASGIApp:
    static: BaseRoute = Mount("/static", StaticFiles(packages=[(__package__, "static")]))
    handlers = dict.fromkeys((HTTPException, CannotWriteError, Exception), pages.problem)
    return Starlette(routes=[static, *routes], exception_handlers={ClientDisconnect: _left, **handlers})


async def _left(_: Request, __: Exception) -> Response:
    """Answer nobody: whoever asked has left before the end of the question."""
    return Response(status_code=400)
