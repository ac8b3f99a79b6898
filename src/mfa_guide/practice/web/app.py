"""The practice site's web server as one ASGI application."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from mfa_guide.practice.web.account import AccountPage
from mfa_guide.practice.web.addresses import Addresses
from mfa_guide.practice.web.bell import Bell
from mfa_guide.practice.web.classroom import ClassroomPages
from mfa_guide.practice.web.entrance import Entrance, entrance_key
from mfa_guide.practice.web.firewall import Firewall
from mfa_guide.practice.web.guard import BoundedBody, ByHost, WithHeaders, headers
from mfa_guide.practice.web.institutions import Institutions
from mfa_guide.practice.web.pages import Pages
from mfa_guide.practice.web.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

    from mfa_guide.policy import Policy
    from mfa_guide.practice.hosting.classroom import Classroom
    from mfa_guide.practice.rules.access import Access
    from mfa_guide.practice.rules.accounts import Accounts
    from mfa_guide.practice.rules.clock import Clock
    from mfa_guide.practice.rules.logins import Logins
    from mfa_guide.practice.rules.state import State

__all__ = ["Addresses", "entrance_address", "make_app"]

# Some computers say that scripts are something else, and browsers then do not run them.
mimetypes.add_type("text/javascript", ".js")


def make_app(
    policy: Policy,
    accounts: Accounts,
    logins: Logins,
    access: Access,
    state: State,
    clock: Clock,
    addresses: Addresses,
    secret: bytes,
    ssh_command: Callable[[str], str],
    classroom: Classroom | None = None,
) -> Starlette:
    """Return the firewall, the institutions and the account page as one application.

    Args:
        policy: the texts and lifetimes.
        accounts: the people and their keys.
        logins: the logins that wait for an answer.
        access: hears of the firewall pages that are open.
        state: where log-ins, answers and refusals are recorded.
        clock: the practice site's clock.
        addresses: where the sites are; requests for any other host are refused.
        secret: this installation's, so that on loopback only its owner gets in; see `entrance_address`.
        ssh_command: returns the command with which an account logs in, for pages that say so.
        classroom: what its pages show; None for no such pages.
    """
    site_names = {"firewall": addresses.firewall, "account": addresses.account}
    entrance = Entrance(addresses, secret)
    bell = Bell(state)

    def pages(site: str, base: str) -> Pages:
        return Pages(site, urlsplit(base).path, policy, ssh_command)

    institution_pages = pages("Institutions", addresses.institutions)
    institutions = Institutions(policy, accounts, state, clock, addresses, institution_pages, site_names)

    def service(name: str, its_pages: Pages) -> Service:
        return Service(
            name,
            site_names[name],
            institutions=institutions,
            entrance=entrance,
            pages=its_pages,
            clock=clock,
            state=state,
            session_lifetime=policy.seconds("institution_session"),
        )

    firewall_pages = pages("Firewall", addresses.firewall)
    firewall_service = service("firewall", firewall_pages)
    firewall = Firewall(
        firewall_service,
        logins=logins,
        accounts=accounts,
        access=access,
        state=state,
        bell=bell,
        entrance=entrance,
        pages=firewall_pages,
    )
    trainer = classroom and ClassroomPages(
        firewall_service,
        classroom,
        accounts=accounts,
        state=state,
        clock=clock,
        bell=bell,
        base=addresses.firewall,
        entrance_address=entrance_address(addresses, secret),
        pages=pages("Classroom", addresses.firewall),
    )
    account_pages = pages("Account page", addresses.account)
    account = AccountPage(service("account", account_pages), accounts, account_pages)

    sites = {
        addresses.firewall: _site([*(trainer.routes if trainer else []), *firewall.routes], firewall_pages),
        addresses.institutions: _site(institutions.routes, institution_pages),
        addresses.account: _site(account.routes, account_pages),
    }
    by_host = ByHost({(urlsplit(base).netloc, urlsplit(base).path): site for base, site in sites.items()})
    app = Starlette(
        routes=[Mount("/", by_host)],
        middleware=[Middleware(WithHeaders, headers(addresses)), Middleware(BoundedBody)],
    )
    app.state.end = bell.end
    return app


def entrance_address(addresses: Addresses, secret: bytes) -> str:
    """Return the address that lets its owner into the pages: the one for people to open first.

    Args:
        addresses: where the sites are.
        secret: the one given to `make_app`.
    """
    if addresses.on_loopback:
        return f"{addresses.firewall}/enter/{entrance_key(secret)}"
    return f"{addresses.firewall}/"


def _site(routes: list[Route], pages: Pages) -> ASGIApp:
    static: BaseRoute = Mount("/static", StaticFiles(packages=[(__package__, "static")]))
    return Starlette(
        routes=[static, *routes], exception_handlers={HTTPException: pages.problem, Exception: pages.problem}
    )
