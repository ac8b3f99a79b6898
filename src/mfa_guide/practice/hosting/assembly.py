"""One practice site: gateway, web pages and control socket, put together in one process and one event loop."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mfa_guide.base import descriptors
from mfa_guide.base.errors import GuideError, UsageError
from mfa_guide.practice.hosting import control, requests
from mfa_guide.practice.hosting.listening import Listener
from mfa_guide.practice.rules.clock import parse_shift
from mfa_guide.practice.rules.login_service import LoginService
from mfa_guide.practice.ssh import key_exchange
from mfa_guide.practice.ssh.certificates import Authority
from mfa_guide.practice.ssh.gateway import Gateway, keep_time
from mfa_guide.practice.ssh.keys import read_public_key
from mfa_guide.practice.web.app import make_app
from mfa_guide.practice.web.server import make_server
from mfa_guide.practice.web.silent import MOST_SILENT, Silent

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    import uvicorn
    from starlette.applications import Starlette

    from mfa_guide.policy import Policy
    from mfa_guide.practice.hosting.background import Background
    from mfa_guide.practice.hosting.classroom import Classroom
    from mfa_guide.practice.hosting.installation import Installation
    from mfa_guide.practice.rules.access import Surroundings
    from mfa_guide.practice.rules.accounts import Person
    from mfa_guide.practice.rules.roles import Role
    from mfa_guide.practice.web.addresses import Addresses


class Site:
    """A practice site that runs: see `open_site`."""

    def __init__(
        self,
        policy: Policy,
        installation: Installation,
        addresses: Addresses,
        *,
        around: Surroundings,
        mark: str,
        users: int = 1,
    ) -> None:
        """Put a site together.

        Args:
            policy: the facts.
            installation: the folder, with its keys.
            addresses: where the web pages are.
            around: says which addresses are closed.
            mark: stands before the comment of certificates; empty in the lab, where no real agent can be.
            users: how many accounts there are.
        """
        self.service = LoginService.open(
            policy, installation.database, read_key=read_public_key, around=around, users=users
        )
        self.installation = installation
        self.addresses = addresses
        self.gateway = Gateway(
            service=self.service,
            authority=Authority(installation.ca_key, policy, self.service.clock, mark=mark),
            host_keys=installation.host_keys,
            homes=installation.homes,
            web=addresses.firewall,
            any_agent=not mark,
        )

    def give_practice_key(self) -> None:
        """Let the practice account log in with the installation's own key."""
        key = read_public_key(self.installation.user_key.with_suffix(".pub").read_text())
        account = self.service.policy.text("account")
        # A state that goes on has it already, and its log says since when.
        if key.public_data not in [known.public_data for known in self.service.accounts.keys(account)]:
            self.service.accounts.add_key(account, key)

    def web_app(self, ssh_command: Callable[[str], str], classroom: Classroom | None = None) -> Starlette:
        """Return the web pages.

        Args:
            ssh_command: returns the command that they show to the owner of an account.
            classroom: what the participants of a classroom need; None for no pages about it.
        """
        return make_app(
            self.service,
            self.addresses,
            secret=self.installation.secret,
            ssh_command=ssh_command,
            classroom=classroom,
        )

    # -- what the command line asks for --------------------------------------------------------------------------------

    async def handle(self, request: requests.Request) -> dict[str, Any]:
        """Carry out one request of the control socket.

        Raises:
            GuideError: it was refused; the message says why.
        """
        match request:
            case requests.Approve():
                return self._approve(request)
            case requests.Visit():
                return self._visit(request)
            case requests.MoveClock():
                self.service.state.move_clock(parse_shift(request.shift))
                self.service.logins.expire()
                self.service.access.on_change()
                return {"now": self.service.clock.date().isoformat(timespec="seconds")}
            case requests.OfferKeyExchange():
                self.gateway.offer_key_exchange(key_exchange.algorithms(request.which))
                return {"offers": key_exchange.DESCRIPTIONS[request.which]}
            case requests.TellEvents():
                return {"events": [[e.at, e.event, e.details] for e in self.service.state.events(request.last)]}
            case requests.CountEvents():
                return {"lines": self.service.state.count(request.event)}
            case requests.MakeMachine():
                raise UsageError("only a lab has machines: start one with mfa-guide practice shell")

    def _approve(self, asked: requests.Approve) -> dict[str, Any]:
        login = self.service.logins.find(urlsplit(asked.link).path.strip("/"))
        person = self._person(login.account, asked.institution)
        self.service.logins.answer(login, person, yes=not asked.deny, browser="practice approve")
        return {"account": login.account, "host": login.host, "answer": "No" if asked.deny else "Yes"}

    def _visit(self, asked: requests.Visit) -> dict[str, Any]:
        """Keep the firewall's page open on these addresses; answer the first login that waits there, where asked."""
        account = self.service.accounts.names[0]
        person = self._person(account, asked.institution)
        for address in map(str, asked.addresses):
            if person.account:
                self.service.access.hear(address, person.account)
            waiting = [] if asked.only_open else self.service.logins.waiting(account=account, address=address)
            for login in waiting:
                self.service.logins.answer(login, person, yes=not asked.deny, browser=address)
                return {"account": account, "host": login.host, "answer": "No" if asked.deny else "Yes"}
        return {"account": account, "host": "", "answer": ""}

    def _person(self, account: str, institution: str | None) -> Person:
        """Return who logs in at an institution: the owner of the account, where that is their own institution."""
        owner = self.service.accounts.owner(account)
        if owner is None:
            raise UsageError(f"nobody has the account {account}, so nobody can answer")
        people = self.service.accounts.people(institution or owner.institution)
        if not people:
            known = ", ".join(self.service.policy.names("institutions"))
            raise UsageError(f"there is no institution {institution!r}: {known}")
        return owner if owner in people else people[0]


@dataclass(frozen=True)
class Listening:
    """Where a site is reached."""

    ssh: Sequence[tuple[Role, socket.socket]]
    """Each role with a socket that listens for it."""
    web: Sequence[socket.socket]
    """Sockets that listen for the web pages."""
    control: Path | None
    """Where the control socket is made; None where there can be none."""
    tls: tuple[Path, Path] | None = None
    """The certificate and key with which the web pages are encrypted; None for plain HTTP on loopback."""


@contextlib.asynccontextmanager
async def open_site(
    site: Site,
    *,
    handler: control.Handler,
    listening: Listening,
    jobs: Background,
    ssh_command: Callable[[str], str],
    classroom: Classroom | None = None,
) -> AsyncIterator[None]:
    """Run a site for as long as the context lasts.

    Args:
        site: the site.
        handler: carries out the requests of the control socket.
        listening: where it is reached.
        jobs: what goes on in the background; a failure there ends the context.
        ssh_command: returns the command that the pages show to the owner of an account.
        classroom: what the participants of a classroom need; None for no pages about it.

    Raises:
        OSError: a socket cannot be used.
    """
    app = site.web_app(ssh_command, classroom)
    certificate, key = listening.tls or (None, None)
    silent = Silent(min(MOST_SILENT, descriptors.room() // 8))
    server = make_server(app, silent, certificate=certificate, key=key)
    # What was begun last ends first, and what happens then is still recorded: the state is closed at the very end.
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(site.service.state.close)
        stack.callback(jobs.start(keep_time(site.service), "keeping the time").cancel)
        stack.push_async_callback(site.gateway.close)
        for role, listener in listening.ssh:
            await site.gateway.listen(role, Listener.over(listener))
        web = [Listener.over(listener, silent) for listener in listening.web]
        serving = jobs.start(_serve(server, web), "serving the web pages")
        stack.push_async_callback(_end, server, serving)
        while not server.started:
            await asyncio.sleep(0.01)
        if listening.control:
            await stack.enter_async_context(control.listening(listening.control, handler, jobs))
        yield


async def _serve(server: uvicorn.Server, listeners: Sequence[socket.socket]) -> None:
    await server.serve(sockets=list(listeners))
    if not server.should_exit:
        raise GuideError("the practice site has ended, for its web server has")


async def _end(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    server.should_exit = True
    # Its failure, if it has failed, is told of already.
    await asyncio.wait([serving])
