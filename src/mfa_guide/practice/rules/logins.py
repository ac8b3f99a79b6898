"""Pending logins: one link each, one answer, used up by it.

A login is pending from the moment its link is shown until the owner of the account has answered in the browser, the
link has run out, or the connection has ended.

Where no key is needed, anybody can begin one, for any account. So these cannot keep anybody out: where too many wait,
the oldest makes room whose link its owner has not opened yet, and only one from the same address.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError
from mfa_guide.practice.rules import events
from mfa_guide.practice.rules.state import digest

if TYPE_CHECKING:
    from mfa_guide.policy import Policy
    from mfa_guide.practice.rules.accounts import Accounts, Person
    from mfa_guide.practice.rules.clock import Clock
    from mfa_guide.practice.rules.state import State

TOKEN_LENGTH = 19
"""Letters and digits in a link's token: about what the service has; at most 24, or the line passes 80 columns."""
PENDING_PER_ACCOUNT = 20
PENDING_PER_ADDRESS = 60
"""How many logins may wait at once. Ours."""
MOST_PAST = 1000
"""Of how many links it is known that they ran out, or that their login has ended; of older ones nothing is. Ours."""
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"


class Outcome(Enum):
    """How a pending login ended, or that it has not."""

    WAITING = "waiting"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"
    GONE = "gone"


class LinkError(GuideError):
    """The link is of no use any more, or never was; `reason` is `unknown`, `used`, `expired` or `gone`."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class NotYoursError(GuideError):
    """The person in the browser does not own the account."""


class TooManyError(GuideError):
    """Too many logins of that account or from that address wait already."""


@dataclass
class PendingLogin:
    """A login that waits for its owner's answer."""

    token: str
    account: str
    address: str
    """Where the SSH connection comes from."""
    port: int
    host: str
    """The name of the server that was logged in to."""
    fingerprint: str
    """The server's SSH host key, as `SHA256:…`."""
    expires: float
    """When the link runs out, in seconds since 1970, by the practice site's clock."""
    proved: bool
    """Whether a key of the account was proved."""
    opened: bool = False
    """Whether the owner of the account has the question before them."""
    outcome: Outcome = Outcome.WAITING
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def link(self) -> str:
        """A name for the link that the audit log may hold: it does not lead back to the token."""
        return digest(self.token).hex()[:6]


class Logins:
    """All logins that wait, and what became of the links that no longer do."""

    def __init__(self, policy: Policy, clock: Clock, state: State, accounts: Accounts) -> None:
        self._lifetime = policy.seconds("link_lifetime")
        self._clock = clock
        self._state = state
        self._accounts = accounts
        self._waiting: dict[bytes, PendingLogin] = {}
        self._past: dict[bytes, Outcome] = {}

    def open(self, *, account: str, address: str, port: int, host: str, fingerprint: str, proved: bool) -> PendingLogin:
        """Begin a pending login and return it, with its link's token.

        Args:
            account: whose login it is said to be.
            address: where the SSH connection comes from.
            port: likewise.
            host: the name of the server that is logged in to.
            fingerprint: the server's SSH host key, as `SHA256:…`.
            proved: whether a key of the account was proved.

        Raises:
            TooManyError: that account or address has too many already.
            CannotWriteError: this cannot be written down.
        """
        self.expire()
        make_room = self._crowd(account, address, proved=proved)
        token = _new_token()
        expires = self._clock.now() + self._lifetime
        login = PendingLogin(token, account, address, port, host, fingerprint, expires, proved)
        # A login of which nothing can be written down does not wait.
        self._state.record(_what(events.LinkShown, login))
        if make_room:
            self.leave(make_room)
        self._waiting[digest(token)] = login
        return login

    def _crowd(self, account: str, address: str, *, proved: bool) -> PendingLogin | None:
        """Return the login that makes room for another one; None while there is some.

        Raises:
            TooManyError: none makes room.
        """
        waiting = self._waiting.values()
        # Those of a stranger, from elsewhere, do not count against the owner.
        of_account = [x for x in waiting if x.account == account and (proved or x.address == address)]
        of_address = [x for x in waiting if x.address == address]
        # A whole classroom comes from one address.
        for crowd, most in (
            (of_account, PENDING_PER_ACCOUNT),
            (of_address, max(PENDING_PER_ADDRESS, 2 * len(self._accounts.names))),
        ):
            if len(crowd) >= most:
                unproved = [] if proved else [x for x in crowd if not (x.proved or x.opened)]
                if not unproved:
                    raise TooManyError("too many logins are waiting already: answer or cancel one first")
                return unproved[0]
        return None

    def find(self, token: str) -> PendingLogin:
        """Return the login that waits behind a link.

        Raises:
            LinkError: nothing waits behind it; it says why.
        """
        self.expire()
        login = self._waiting.get(digest(token))
        if login is not None:
            return login
        if self._state.link_was_used(token):
            raise LinkError("used", "this link was used already: each link works once. Log in again for a new one")
        match self._past.get(digest(token)):
            case Outcome.EXPIRED:
                raise LinkError("expired", "this link has run out: log in again for a new one")
            case Outcome.GONE:
                raise LinkError("gone", "the login that showed this link has ended: log in again for a new one")
        raise LinkError("unknown", "there is no such link: copy the whole link, or log in again for a new one")

    def waiting(self, *, account: str, address: str) -> list[PendingLogin]:
        """Return the logins of an account that wait from that address, oldest first."""
        self.expire()
        return [x for x in self._waiting.values() if (x.account, x.address) == (account, address)]

    def answer(self, login: PendingLogin, person: Person, *, yes: bool, browser: str) -> None:
        """Answer a pending login for its owner; the link is used up by it.

        Args:
            login: what `find` returned.
            person: who is logged in in the browser.
            yes: whether the person says that they are trying to log in.
            browser: the browser's address, for the audit log.

        Raises:
            NotYoursError: the person does not own the account; the link stays usable for the one who does.
            LinkError: somebody else was quicker, or time has run out.
            CannotWriteError: this cannot be written down; the link waits on.
        """
        login = self.find(login.token)
        if self._accounts.owner(login.account) != person:
            self._state.note(events.AnswerRefused(login.account, login.link, person.id, browser))
            raise NotYoursError(f"you do not own the account {login.account}")
        answered = events.LinkApproved if yes else events.LinkDenied
        with self._state.together():
            self._state.use_link(login.token)
            self._state.record(answered(login.account, login.address, login.host, login.link, person.id, browser))
        self._end(login, Outcome.APPROVED if yes else Outcome.DENIED)

    def leave(self, login: PendingLogin) -> None:
        """The connection has ended: its link is of no use any more. Does nothing if the login is over already."""
        if login.outcome is Outcome.WAITING:
            self._end(login, Outcome.GONE)
            self._state.note(_what(events.LoginLeft, login))

    def expire(self) -> None:
        """End the logins whose time has run out, by the practice site's clock."""
        now = self._clock.now()
        for login in [login for login in self._waiting.values() if login.expires <= now]:
            self._end(login, Outcome.EXPIRED)
            self._state.note(_what(events.LinkRanOut, login))

    def _end(self, login: PendingLogin, outcome: Outcome) -> None:
        self._past[digest(login.token)] = outcome
        if len(self._past) > MOST_PAST:
            del self._past[next(iter(self._past))]
        del self._waiting[digest(login.token)]
        login.outcome = outcome
        login.ended.set()


def _new_token() -> str:
    """Make a token. It has a digit: a long word without one could be the name of a page, and is taken for no link."""
    while True:
        token = "".join(secrets.choice(_ALPHABET) for _ in range(TOKEN_LENGTH))
        if any(map(str.isdigit, token)):
            return token


def _what(
    event: type[events.LinkShown | events.LinkRanOut | events.LoginLeft], login: PendingLogin
) -> events.LinkShown | events.LinkRanOut | events.LoginLeft:
    return event(login.account, login.address, login.host, login.link)
