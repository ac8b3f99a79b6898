"""The SSH front of the practice site: the address, then the key or certificate, then ride or browser, then a session.

Where the role needs a key, one that belongs to the account is the first factor, answered with partial success;
elsewhere no key counts, and nothing tells which accounts there are. Then comes a keyboard-interactive request that has
text and no prompts; the text carries a link, and the client's empty answer is held until the owner of the account has
answered in the browser. A certificate stands for both factors. Beside a login that is open, a *ride* needs no second
one, where the role gives rides.
"""

from __future__ import annotations

import asyncio
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import asyncssh

from mfa_guide.base import descriptors
from mfa_guide.practice.rules import events
from mfa_guide.practice.rules.database import CannotWriteError
from mfa_guide.practice.rules.keys import MOST_REFUSED_KEYS
from mfa_guide.practice.rules.logins import Outcome, TooManyError
from mfa_guide.practice.ssh import algorithms, key_exchange, partial_success, signs
from mfa_guide.practice.ssh.connections import IN_ALL, SILENT, Connections, TooManyConnectionsError
from mfa_guide.practice.ssh.homes import Homes
from mfa_guide.practice.ssh.private_names import make_channel
from mfa_guide.practice.ssh.session import Channel
from mfa_guide.practice.ssh.signs import Sign

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from asyncssh.auth import KbdIntChallenge, KbdIntResponse
    from asyncssh.public_key import SSHOpenSSHCertificate

    from mfa_guide.practice.rules.events import Means
    from mfa_guide.practice.rules.login_service import LoginService
    from mfa_guide.practice.rules.logins import PendingLogin
    from mfa_guide.practice.rules.roles import Role
    from mfa_guide.practice.ssh.certificates import Authority
    from mfa_guide.practice.ssh.signs import Shown

HOST_NOT_ALLOWED = 1
PROTOCOL_ERROR = 2
BY_APPLICATION = 11
TOO_MANY_CONNECTIONS = 12
NO_MORE_METHODS = 14
"""Codes of SSH's disconnect message (RFC 4253, section 11.1)."""

GRACE = 120
"""How many seconds a client has to prove its first factor: OpenSSH's own default for `LoginGraceTime`. For the second
one it has as long as the link lasts, and these once more."""
MOST_LINKS = 3
"""How many links one connection may ask for: as often as OpenSSH's client does by itself. Ours."""
MOST_SESSIONS = 10
"""How many sessions one connection may have at once: OpenSSH's own default for `MaxSessions`."""
MOST_FORWARDED = 20
"""How many connections one connection may forward at once. Ours."""
_CLOSES_WITHIN = 2
"""Seconds that connections have to end in at the site's own end. Ours."""

_WHY_ENDED = {
    Outcome.DENIED: "The login was refused in the browser.",
    Outcome.EXPIRED: "The login link has run out. Log in again for a new one.",
    Outcome.GONE: "The login has ended.",
}


@dataclass(frozen=True)
class Door:
    """Where a role listens."""

    role: Role
    address: str
    port: int


class Gateway:
    """Everything that logins on all roles share."""

    def __init__(
        self,
        *,
        service: LoginService,
        authority: Authority,
        host_keys: Sequence[asyncssh.SSHKey],
        homes: Path,
        web: str,
        any_agent: bool,
    ) -> None:
        """Put the parts together.

        Args:
            service: the login service.
            authority: makes certificates and knows its own.
            host_keys: the keys by which clients know the gateway: each connection uses the one that its client prefers.
            homes: the folder that holds the accounts' home directories.
            web: the firewall's address, without a slash at the end.
            any_agent: whether any agent gets a certificate, or only one that holds the key of the login, or nothing
                where no key is needed: outside the lab an agent may be the user's real one.
        """
        self.service = service
        self.authority = authority
        self.host_keys = host_keys
        self.homes = Homes(homes)
        self.web = web
        self.any_agent = any_agent
        room = descriptors.room()
        self.connections = Connections(in_all=min(IN_ALL, 3 * room // 8), silent=min(SILENT, room // 8))
        self.doors: list[Door] = []
        """Where the roles listen; each may have several."""
        self.usual_port = cast("int", service.policy.fact("ssh_port").value)
        """Where SSH listens, in the lab and at the real service."""
        self.on_connect: Callable[[socket.socket], None] = lambda _: None
        """Called with the socket of every connection that is let in."""
        self.on_sign: Callable[[Sign], None] = lambda _: None
        """Called with everything that a client shows of itself."""
        self._acceptors: list[asyncssh.SSHAcceptor] = []
        partial_success.install()

    async def listen(self, role: Role, listener: socket.socket) -> None:
        """Serve a role on a socket that is bound and listens already.

        Raises:
            OSError: the socket cannot be used.
        """
        self.doors.append(Door(role, *listener.getsockname()[:2]))
        acceptor = await asyncssh.create_server(
            lambda: Connection(self, role),
            sock=listener,
            server_host_keys=algorithms.host_keys(self.host_keys),
            server_version="PRACTICE",
            kex_algs=key_exchange.algorithms("new"),
            encryption_algs=algorithms.CIPHERS,
            mac_algs=algorithms.MACS,
            signature_algs=algorithms.SIGNATURES,
            # The link's own lifetime ends a login that nobody answers.
            login_timeout=self.service.policy.seconds("link_lifetime") + GRACE,
            agent_forwarding=True,
            x11_forwarding=False,
            compression_algs=None,
        )
        self._acceptors.append(acceptor)

    async def close(self) -> None:
        """Let nobody in any more, and end the connections that are open."""
        for acceptor in self._acceptors:
            acceptor.close()
        closing = [asyncio.create_task(connection.close()) for connection in self.connections]
        if closing:
            await asyncio.wait(closing, timeout=_CLOSES_WITHIN)

    def offer_key_exchange(self, names: Sequence[str]) -> None:
        """Offer other algorithms for the key exchange to the connections that come from now on.

        Args:
            names: what they are called, the one that the gateway prefers first.
        """
        for acceptor in self._acceptors:
            acceptor.update(kex_algs=names)

    def knows(self, host: str) -> bool:
        """Tell whether a host name or address leads to a role, through whichever port."""
        return any(host in (*door.role.hosts, door.address) for door in self.doors)

    def door(self, host: str, port: int) -> Door | None:
        """Return the door that one reaches from a session.

        Args:
            host: a role's host name, or an address. On loopback all roles have the same one.
            port: the port where a role listens; with a host name also SSH's own, as in the lab and at the service.
        """
        for door in self.doors:
            if (host in door.role.hosts and port in (door.port, self.usual_port)) or (host, port) == (
                door.address,
                door.port,
            ):
                return door
        return None


class Connection(asyncssh.SSHServer):
    """One client's connection, from its first byte on."""

    def __init__(self, gateway: Gateway, role: Role) -> None:
        self._gateway = gateway
        self._service = gateway.service
        self._role = role
        self._refused = 0
        self._links = 0
        self._sessions = 0
        self._forwarded: weakref.WeakSet[asyncssh.SSHForwarder] = weakref.WeakSet()
        self._forwarding = 0
        self._rides = False
        self._injected = False
        self._injecting = asyncio.Lock()
        self._forget_user()

    def _forget_user(self) -> None:
        self._account = ""
        self._offered = b""
        self._by_certificate = False
        self._proved = b""
        self._login: PendingLogin | None = None
        self.means: Means | None = None
        """By which means the login was completed."""

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._conn = conn
        peer = conn.get_extra_info("peername")
        self._address, self._port = peer[0].split("%")[0], peer[1]
        self._gateway.connections.add(self, self._address)
        self._grace = asyncio.get_running_loop().call_later(GRACE, self._end_grace)
        access = self._service.access
        if access.may_connect(self._role, self._address):
            self._gateway.on_connect(conn.get_extra_info("socket"))
        else:
            # Time has passed since the doors were looked at last. They are shut first, so that the client hears
            # nothing of this either.
            access.on_change()
            conn.abort()

    def _end_grace(self) -> None:
        self._conn.disconnect(BY_APPLICATION, f"Nothing was proved within {GRACE} seconds.")

    def abort(self) -> None:
        """End the connection at once."""
        self._conn.abort()

    async def close(self) -> None:
        """End the connection, and wait until it has."""
        self._conn.close()
        await self._conn.wait_closed()

    def connection_lost(self, exc: Exception | None) -> None:
        self._grace.cancel()
        if self._login is not None:
            self._service.logins.leave(self._login)
        if self._rides:
            self._service.rides.end(self._account, self._address)
        self.tell(signs.Ended())
        self._gateway.connections.remove(self)

    def tell(self, shown: Shown) -> None:
        """Tell whoever watches the gateway what the client has just shown."""
        client = self._conn.get_extra_info("client_version", "")
        self._gateway.on_sign(Sign(self._port, client, self._account, self._role.host, shown))

    def method_tried(self, method: str) -> None:
        self.tell(signs.MethodTried(method))

    @property
    def _who(self) -> tuple[str, str, str]:
        """What events on SSH begin with: account, address and host."""
        return self._account, self._address, self._role.host

    # -- the address -------------------------------------------------------------------------------------------------

    def begin_auth(self, username: str) -> bool:
        # Whatever one account has proved is worth nothing for another.
        if self._login is not None:
            self._service.logins.leave(self._login)
        self._forget_user()
        self._account = username
        if not self._service.access.may_log_in(self._role, self._address, username):
            self._service.state.note(events.AddressRefused(*self._who))
            self.tell(signs.AddressRefused())
            raise asyncssh.DisconnectError(HOST_NOT_ALLOWED, f"Open {self._gateway.web} first, as {username}.")
        return True

    # -- first factor: the key, or both factors: a certificate ---------------------------------------------------------

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        # This is called for an unsigned probe too: it says that the key may be used, never that it was.
        known = [k.public_data for k in self._service.accounts.keys(username)] if self._role.rules.needs_key else []
        fits = not self._proved and key.public_data in known and self._may_use(key)
        if key.public_data not in (self._proved, self._offered):
            self.tell(signs.KeyOffered(key.get_algorithm(), fits))
        if fits:
            self._offered, self._by_certificate = key.public_data, False
            return True
        # The key that was proved is offered again by every client; that is no news.
        if key.public_data != self._proved:
            # Outside the lab it may be one of the user's own, which are nobody's business.
            name = key.get_fingerprint() if self._gateway.any_agent else key.get_algorithm()
            self._service.state.note(events.KeyRefused(*self._who, name))
        self._refuse()
        return False

    def certificate_fits(self, certificate: SSHOpenSSHCertificate) -> bool:
        authority = self._gateway.authority
        fits = (
            self._role.rules.certificates
            and authority.is_ours(certificate.signing_key)
            and authority.fits(certificate, self._account)
            and self._may_use(certificate.key)
        )
        self.tell(signs.CertificateOffered(fits))
        if fits:
            self._offered, self._by_certificate = certificate.key.public_data, True
        else:
            self._service.state.note(events.CertificateRefused(*self._who, certificate.key.get_fingerprint()))
            self._refuse()
        return fits

    def validate_ca_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return self._gateway.authority.is_ours(key)

    def _may_use(self, key: asyncssh.SSHKey) -> bool:
        return self._role.rules.ed25519 or "ed25519" not in key.get_algorithm()

    def _refuse(self) -> None:
        self._refused += 1
        if self._refused >= MOST_REFUSED_KEYS:
            raise asyncssh.DisconnectError(PROTOCOL_ERROR, "Too many authentication failures")

    def key_was_proved(self) -> bool:
        self._know()
        self._grace.cancel()
        self._proved = self._offered
        if self._by_certificate:
            self._let_in("certificate")
        else:
            key = asyncssh.public_key.decode_ssh_public_key(self._proved)
            self._service.state.note(events.KeyAccepted(*self._who, key.get_fingerprint()))
            self.tell(signs.KeyProved())
            if self._role.rules.rides and self._service.rides.offered(self._account, self._address):
                self._let_in("ride")
        return bool(self.means)

    def _know(self) -> None:
        """Count the connection as one of somebody who is known."""
        try:
            self._gateway.connections.know(self, self._account, self._address)
        except TooManyConnectionsError as error:
            raise asyncssh.DisconnectError(TOO_MANY_CONNECTIONS, _sentence(error)) from None

    # -- second factor: the browser ----------------------------------------------------------------------------------

    def kbdint_auth_supported(self) -> bool:
        return self._role.rules.links and (bool(self._proved) or not self._role.rules.needs_key)

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> KbdIntChallenge:
        gateway = self._gateway
        if self._login is not None:
            self._service.logins.leave(self._login)
        self._links += 1
        if self._links > MOST_LINKS:
            raise asyncssh.DisconnectError(NO_MORE_METHODS, "Too many links were asked for: log in again.")
        try:
            if not self._proved:
                gateway.connections.wait(self, self._address)
            self._login = self._service.logins.open(
                account=username,
                address=self._address,
                port=self._port,
                host=self._role.host,
                fingerprint=self._host_key().get_fingerprint(),
                proved=bool(self._proved),
            )
        except (TooManyConnectionsError, TooManyError, CannotWriteError) as error:
            raise asyncssh.DisconnectError(NO_MORE_METHODS, _sentence(error)) from None
        # From now on it is the link that runs out.
        self._grace.cancel()
        self.tell(signs.LinkSent())
        text = self._service.policy.text("account_text", account=username, address=self._address, port=self._port)
        link = self._service.policy.text("link_text", link=f"{gateway.web}/{self._login.token}")
        # No prompts: with one, ssh and plink break when success comes without an answer. No newline at the end:
        # clients add their own.
        return "", f"{text}\n{link}", "", []

    def _host_key(self) -> asyncssh.SSHKey:
        """Return the host key of this very connection: its fingerprint is what the terminal shows."""
        pair = self._conn.get_server_host_key()
        assert pair is not None
        return asyncssh.public_key.decode_ssh_public_key(pair.public_data)

    async def validate_kbdint_response(self, username: str, responses: KbdIntResponse) -> bool:
        login = self._login
        assert login is not None
        await login.ended.wait()
        self.tell(signs.LinkAnswered(login.outcome))
        if login.outcome is Outcome.APPROVED:
            if not self._proved:
                self._know()
            self._let_in("browser")
            return True
        # A plain failure would make OpenSSH ask three times more, each time with a new link.
        raise asyncssh.DisconnectError(NO_MORE_METHODS, _WHY_ENDED[login.outcome])

    # -- logged in ---------------------------------------------------------------------------------------------------

    def _let_in(self, means: Means) -> None:
        """Complete the login: written down first, and then the client hears of it."""
        key = asyncssh.public_key.decode_ssh_public_key(self._proved).get_fingerprint() if self._proved else ""
        try:
            self._service.access.logged_in(self._role, events.LoggedIn(*self._who, means, key))
        except CannotWriteError as error:
            raise asyncssh.DisconnectError(NO_MORE_METHODS, _sentence(error)) from None
        self.means = means

    def auth_completed(self) -> None:
        assert self.means is not None
        self.tell(signs.In(self.means))
        # Riders give no rides, and certificates open no window.
        if self.means == "browser" and self._role.rules.rides:
            self._rides = True
            self._service.rides.begin(self._account, self._address)

    async def inject(self) -> bool:
        """Put a certificate into the agent that the client forwards, once; tell whether the agent has taken one.

        Only a login that was answered in the browser brings one: a certificate never begets another.
        """
        gateway = self._gateway
        # Sessions may begin at the same moment.
        async with self._injecting:
            if self.means == "browser" and not self._injected:
                wanted = None if gateway.any_agent else self._own_keys()
                # Where no key is needed, an agent may begin empty.
                fingerprint = await gateway.authority.inject(
                    self._conn, self._account, wanted=wanted, or_nothing=not self._role.rules.needs_key
                )
                self._injected = bool(fingerprint)
                self.tell(signs.AgentAnswered(took=self._injected))
                if fingerprint:
                    self._service.state.note(events.CertificateGiven(*self._who, fingerprint))
                else:
                    self._service.state.note(events.CertificateNotTaken(*self._who))
            return self._injected

    def _own_keys(self) -> list[bytes]:
        """Return the keys by which an agent is known to be for practising: it may be the user's real one."""
        if self._proved:
            return [self._proved]
        return [key.public_data for key in self._service.accounts.keys(self._account)]

    def session_requested(self) -> tuple[asyncssh.SSHServerChannel[str], Channel]:
        if self._sessions >= MOST_SESSIONS:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_RESOURCE_SHORTAGE, "too many sessions")
        self._sessions += 1
        return make_channel(self._conn), Channel(self._gateway, self._role, self._session_ended)

    def _session_ended(self) -> None:
        self._sessions -= 1

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> Any:
        """Forward a port (`-L`, `-W`, `-J`): to the practice site's SSH ports, and nowhere else."""
        door = self._gateway.door(dest_host, dest_port)
        if not self._role.rules.shell or door is None:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "open failed")
        if len(self._forwarded) + self._forwarding >= MOST_FORWARDED or descriptors.few_left():
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_RESOURCE_SHORTAGE, "too many forwarded ports")
        self._service.state.note(events.PortForwarded(*self._who, door.role.host))
        self._forwarding += 1
        return self._forward(door)

    async def _forward(self, door: Door) -> asyncssh.SSHForwarder:
        try:
            forwarder = await self._conn.forward_connection(door.address, door.port)
        finally:
            self._forwarding -= 1
        self._forwarded.add(forwarder)
        return forwarder


def _sentence(error: Exception) -> str:
    """Return an error's message, which is made to follow a colon, as the beginning of a sentence."""
    message = str(error)
    return message[:1].upper() + message[1:]


async def keep_time(service: LoginService) -> None:
    """End the links whose time has run out, and close the addresses whose pages are, while the practice site runs."""
    while True:
        await asyncio.sleep(1)
        service.logins.expire()
        service.access.on_change()
