"""One practice site: gateway, web pages and control socket, put together in one process and one event loop."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mfa_guide.base.errors import GuideError, UsageError
from mfa_guide.practice.hosting import control
from mfa_guide.practice.rules.access import Access, Rides
from mfa_guide.practice.rules.accounts import Accounts, read_public_key
from mfa_guide.practice.rules.clock import Clock, parse_shift
from mfa_guide.practice.rules.logins import LinkError, Logins
from mfa_guide.practice.rules.state import State
from mfa_guide.practice.ssh import key_exchange
from mfa_guide.practice.ssh.certificates import Authority
from mfa_guide.practice.ssh.gateway import Gateway, keep_time
from mfa_guide.practice.web.app import make_app
from mfa_guide.practice.web.server import make_server

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from mfa_guide.policy import Policy
    from mfa_guide.practice.hosting.classroom import Classroom
    from mfa_guide.practice.hosting.installation import Installation
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
        closed: frozenset[str],
        mark: str,
        users: int = 1,
    ) -> None:
        """Put a site together.

        Args:
            policy: the facts.
            installation: the folder, with its keys.
            addresses: where the web pages are.
            closed: the addresses from which one may not connect without more.
            mark: stands before the comment of certificates; empty in the lab, where no real agent can be.
            users: how many accounts there are.
        """
        self.policy = policy
        self.installation = installation
        self.addresses = addresses
        self.clock = Clock()
        self.state = State(installation.database, self.clock)
        self.accounts = Accounts(policy, self.state, users)
        self.logins = Logins(policy, self.clock, self.state, self.accounts)
        self.access = Access(policy, self.clock, self.state, closed)
        self.gateway = Gateway(
            policy=policy,
            clock=self.clock,
            state=self.state,
            accounts=self.accounts,
            logins=self.logins,
            access=self.access,
            rides=Rides(),
            authority=Authority(installation.ca_key, policy, self.clock, mark=mark),
            host_keys=installation.host_keys,
            homes=installation.homes,
            web=addresses.firewall,
            any_agent=not mark,
        )

    def give_practice_key(self) -> None:
        """Let the practice account log in with the installation's own key."""
        public = self.installation.user_key.with_suffix(".pub")
        self.accounts.add_key(self.policy.text("account"), read_public_key(public.read_text()))

    # -- what the command line asks for --------------------------------------------------------------------------------

    async def handle(self, request: dict[str, Any]) -> dict[str, Any]:
        """Carry out one request of the control socket.

        Raises:
            GuideError: it was refused; the message says why.
        """
        match request["do"]:
            case "hello":
                return {"web": self.addresses.firewall}
            case "approve":
                return self._approve(request["link"], request.get("institution"), deny=bool(request.get("deny")))
            case "visit":
                link, addresses = request["link"], [str(address) for address in request["addresses"]]
                return self._visit(link, addresses, request.get("institution"), deny=bool(request.get("deny")))
            case "clock":
                self.clock.move(parse_shift(request["shift"]))
                self.logins.expire()
                self.access.on_change()
                return {"now": self.clock.date().isoformat(timespec="seconds")}
            case "key exchange":
                self.gateway.offer_key_exchange(key_exchange.algorithms(request["which"]))
                return {"offers": key_exchange.DESCRIPTIONS[request["which"]]}
            case "events":
                return {"events": [[e.at, e.event, e.details] for e in self.state.events()[-int(request["last"]) :]]}
        raise GuideError(f"the practice site does not know how to {request['do']!r}")

    def _approve(self, link: str, institution: str | None, *, deny: bool) -> dict[str, Any]:
        login = self.logins.find(self._token(link))
        person = self._person(login.account, institution)
        self.logins.answer(login, person, yes=not deny, browser="practice approve")
        return {"account": login.account, "host": login.host, "answer": "No" if deny else "Yes"}

    def _visit(self, link: str, addresses: list[str], institution: str | None, *, deny: bool) -> dict[str, Any]:
        """Keep the firewall's page open on these addresses, and answer the first login that waits there."""
        if self._token(link):
            raise LinkError("elsewhere", "this is a login link, not the firewall's page")
        account = self.accounts.names[0]
        person = self._person(account, institution)
        for address in addresses:
            self.access.hear(address, person)
            for login in self.logins.waiting(account=account, address=address):
                self.logins.answer(login, person, yes=not deny, browser=address)
                return {"account": account, "host": login.host, "answer": "No" if deny else "Yes"}
        return {"account": account, "host": "", "answer": ""}

    def _token(self, link: str) -> str:
        """Return what stands behind the firewall's address in a link; empty for its page.

        Raises:
            LinkError: the link is not this site's.
        """
        parts = urlsplit(link)
        if f"{parts.scheme}://{parts.netloc}" != self.addresses.firewall:
            raise LinkError(
                "elsewhere", f"this is not a login link: it looks like {self.addresses.firewall}/ and then letters"
            )
        return parts.path.strip("/")

    def _person(self, account: str, institution: str | None) -> Person:
        """Return who logs in at an institution: the owner of the account, where that is their own institution."""
        owner = self.accounts.owner(account)
        assert owner is not None
        people = self.accounts.people(institution or owner.institution)
        if not people:
            raise UsageError(f"there is no institution {institution!r}: {', '.join(self.policy.names('institutions'))}")
        return owner if owner in people else people[0]


@contextlib.asynccontextmanager
async def open_site(
    site: Site,
    *,
    handler: control.Handler,
    ssh: Sequence[tuple[Role, socket.socket]],
    web: Sequence[socket.socket],
    tls: tuple[Path, Path] | None,
    control_socket: Path,
    ssh_command: Callable[[str], str],
    classroom: Classroom | None = None,
) -> AsyncIterator[None]:
    """Run a site for as long as the context lasts.

    Args:
        site: the site.
        handler: carries out the requests of the control socket.
        ssh: each role with a socket that listens for it.
        web: sockets that listen for the web pages.
        tls: the certificate and key with which they are encrypted; None for plain HTTP on loopback.
        control_socket: where the control socket is made.
        ssh_command: returns the command that the pages show to the owner of an account.
        classroom: what the participants of a classroom need; None for no pages about it.

    Raises:
        OSError: a socket cannot be used.
    """
    app = make_app(
        policy=site.policy,
        accounts=site.accounts,
        logins=site.logins,
        access=site.access,
        state=site.state,
        clock=site.clock,
        addresses=site.addresses,
        secret=site.installation.secret,
        ssh_command=ssh_command,
        classroom=classroom,
    )
    server = make_server(app, certificate=tls[0] if tls else None, key=tls[1] if tls else None)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(site.state.close)
        for role, listener in ssh:
            acceptor = await site.gateway.listen(role, listener)
            stack.callback(acceptor.close)
        clock = asyncio.create_task(keep_time(site.logins, site.access))
        stack.callback(clock.cancel)
        serving = asyncio.create_task(server.serve(sockets=list(web)))
        talking = await control.listen(control_socket, handler)
        stack.callback(talking.close)
        while not server.started and not serving.done():
            await asyncio.sleep(0.01)
        try:
            yield
        finally:
            server.should_exit = True
            await serving
