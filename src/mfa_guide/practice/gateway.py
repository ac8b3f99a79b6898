"""The SSH front of the practice site: the key first, then the browser, then a session.

The order of a login is the service's: a public key that belongs to the account (first factor, answered with partial
success), then a keyboard-interactive request that has text and no prompts. The text carries a link; the client's empty
answer is held until the owner of the account has answered in the browser.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncssh

from mfa_guide.practice import partial_success
from mfa_guide.practice.logins import Outcome, TooManyError
from mfa_guide.practice.session import Session

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence
    from pathlib import Path

    from asyncssh.auth import KbdIntChallenge, KbdIntResponse

    from mfa_guide.policy import Policy
    from mfa_guide.practice.accounts import Accounts
    from mfa_guide.practice.clock import Clock
    from mfa_guide.practice.logins import Logins, PendingLogin
    from mfa_guide.practice.state import State

PROTOCOL_ERROR = 2
NO_MORE_METHODS = 14
"""Codes of SSH's disconnect message (RFC 4253, section 11.1)."""

MOST_REFUSED_KEYS = 6
"""How many keys one connection may offer in vain: OpenSSH's own default for `MaxAuthTries`."""

_WHY_ENDED = {
    Outcome.DENIED: "The login was refused in the browser.",
    Outcome.EXPIRED: "The login link has run out. Log in again for a new one.",
    Outcome.GONE: "The login has ended.",
}


@dataclass(frozen=True)
class Role:
    """One of the gateway's faces: a host name with rules of its own."""

    name: str
    """`login` for now."""
    host: str
    """The host name that users type."""


class Gateway:
    """Everything that logins on all roles share."""

    def __init__(
        self,
        *,
        policy: Policy,
        clock: Clock,
        state: State,
        accounts: Accounts,
        logins: Logins,
        host_keys: Sequence[asyncssh.SSHKey],
        homes: Path,
        web: str,
    ) -> None:
        """Put the parts together.

        Args:
            policy: the facts, texts among them.
            clock: the practice site's clock.
            state: where the audit log is kept.
            accounts: who can log in, with which keys.
            logins: the pending logins.
            host_keys: the keys by which clients know the gateway; the first one's fingerprint is shown in the browser.
            homes: the folder that holds the accounts' home directories.
            web: the firewall's address, without a slash at the end.
        """
        self.policy = policy
        self.clock = clock
        self.state = state
        self.accounts = accounts
        self.logins = logins
        self.host_keys = host_keys
        self.homes = homes
        self.web = web
        partial_success.install()

    async def listen(self, role: Role, listener: socket.socket) -> asyncssh.SSHAcceptor:
        """Serve a role on a socket that is bound and listens already.

        Raises:
            OSError: the socket cannot be used.
        """
        return await asyncssh.create_server(
            lambda: Connection(self, role),
            sock=listener,
            server_host_keys=list(self.host_keys),
            server_version="PRACTICE",
            process_factory=lambda process: Session(process, self, role).run(),
            # The link's own lifetime ends a login that nobody answers.
            login_timeout=0,
            agent_forwarding=True,
            x11_forwarding=False,
            allow_scp=False,
            compression_algs=None,
        )


class Connection(asyncssh.SSHServer):
    """One client's connection, from its first byte on."""

    def __init__(self, gateway: Gateway, role: Role) -> None:
        self._gateway = gateway
        self._role = role
        self._refused = 0
        self._forget_user()

    def _forget_user(self) -> None:
        self._account = ""
        self._offered = ""
        self._proved = ""
        self._login: PendingLogin | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._conn = conn
        peer = conn.get_extra_info("peername")
        self._address, self._port = peer[0].split("%")[0], peer[1]

    def connection_lost(self, exc: Exception | None) -> None:
        if self._login is not None:
            self._gateway.logins.leave(self._login)

    def _record(self, event: str, **details: object) -> None:
        self._gateway.state.record(event, account=self._account, address=self._address, host=self._role.host, **details)

    # -- first factor: the key ---------------------------------------------------------------------------------------

    def begin_auth(self, username: str) -> bool:
        # Whatever one account has proved is worth nothing for another.
        if self._login is not None:
            self._gateway.logins.leave(self._login)
        self._forget_user()
        self._account = username
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        # This is called for an unsigned probe too: it says that the key may be used, never that it was.
        fingerprint = key.get_fingerprint()
        known = [k.public_data for k in self._gateway.accounts.keys(username)]
        if not self._proved and key.public_data in known:
            self._offered = fingerprint
            return True
        if not self._proved:
            self._record("key refused", key=fingerprint)
        self._refused += 1
        if self._refused >= MOST_REFUSED_KEYS:
            raise asyncssh.DisconnectError(PROTOCOL_ERROR, "Too many authentication failures")
        return False

    def key_was_proved(self) -> bool:
        self._proved = self._offered
        self._record("key accepted", key=self._proved)
        return False

    # -- second factor: the browser ----------------------------------------------------------------------------------

    def kbdint_auth_supported(self) -> bool:
        return bool(self._proved)

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> KbdIntChallenge:
        gateway = self._gateway
        if self._login is not None:
            gateway.logins.leave(self._login)
        try:
            self._login = gateway.logins.open(
                account=username,
                address=self._address,
                port=self._port,
                host=self._role.host,
                fingerprint=gateway.host_keys[0].get_fingerprint(),
            )
        except TooManyError as error:
            raise asyncssh.DisconnectError(NO_MORE_METHODS, str(error).capitalize()) from None
        text = gateway.policy.text("account_text", account=username, address=self._address, port=self._port)
        link = gateway.policy.text("link_text", link=f"{gateway.web}/{self._login.token}")
        # No prompts: with one, ssh and plink break when success comes without an answer. No newline at the end:
        # clients add their own.
        return "", f"{text}\n{link}", "", []

    async def validate_kbdint_response(self, username: str, responses: KbdIntResponse) -> bool:
        login = self._login
        assert login is not None
        await login.ended.wait()
        if login.outcome is Outcome.APPROVED:
            return True
        # A plain failure would make OpenSSH ask three times more, each time with a new link.
        raise asyncssh.DisconnectError(NO_MORE_METHODS, _WHY_ENDED[login.outcome])

    def auth_completed(self) -> None:
        self._record("logged in", key=self._proved)


async def keep_time(logins: Logins) -> None:
    """End the links whose time has run out, for as long as the practice site runs."""
    while True:
        await asyncio.sleep(1)
        logins.expire()
