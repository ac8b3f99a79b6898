"""Which addresses may connect: open networks, open firewall pages, and the white-list where there is one.

The rules are the service's, as the policy states them; the heartbeat is ours: a firewall page counts as open when it
has been heard of lately. An address is exact; IPv4 and IPv6 of the same machine are two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfa_guide.base.errors import UsageError
from mfa_guide.practice.rules.events import FirewallPageOpened

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfa_guide.policy import Policy
    from mfa_guide.practice.rules.clock import Clock
    from mfa_guide.practice.rules.events import LoggedIn
    from mfa_guide.practice.rules.roles import Role
    from mfa_guide.practice.rules.state import State

MOST_PAGES = 1000
"""How many open firewall pages are kept in mind. Ours."""


@dataclass(frozen=True)
class Surroundings:
    """Where a practice site stands: which addresses there are closed, and what they hear."""

    is_closed: Callable[[str], bool]
    """Tells whether one may not connect from an address without more."""
    silent: bool
    """Whether a closed address hears nothing at all, as from a firewall; otherwise it is refused in words."""


OPEN = Surroundings(lambda _: False, silent=True)
"""Where every address is open."""


def see_that_managed_counts(policy: Policy) -> None:
    """See to it that the rules ask whether a computer is managed.

    Raises:
        UsageError: they do not.
    """
    if not policy.address.managed_are_open:
        raise UsageError(
            f"by the rules of {policy.version} it makes no difference whether a computer is managed: "
            "leave --managed out, or choose another --policy"
        )


@dataclass
class OpenPage:
    """A firewall page that somebody keeps open."""

    account: str
    since: float
    """Since when it has been open without a break, in seconds since 1970, by the practice site's clock."""
    heard: float
    """When it was last heard of, likewise."""


class Access:
    """The address rule of the practice site."""

    def __init__(self, policy: Policy, clock: Clock, state: State, around: Surroundings) -> None:
        """Begin with no page open.

        Args:
            policy: says for how long what counts.
            clock: the practice site's clock.
            state: keeps the white-list.
            around: says which addresses are closed. All others are open.
        """
        self._heartbeat = policy.seconds("heartbeat")
        whitelists = any(role.whitelists for role in policy.roles.values())
        self._remembered = policy.seconds("whitelist_lifetime") if whitelists else 0
        self._clock = clock
        self._state = state
        self.is_closed = around.is_closed
        """Tells whether one may not connect from an address without more."""
        self._silent = around.silent
        self._pages: dict[tuple[str, str], OpenPage] = {}
        self.on_change: Callable[[], None] = lambda: None
        """Called when an address may have been opened."""

    def hear(self, address: str, account: str) -> OpenPage:
        """A firewall page is open on that address, with the owner of an account logged in; return what is known of it.

        Raises:
            CannotWriteError: it opens the address, which cannot be written down; so it stays closed.
        """
        new = not self.page_is_open(address, account)
        if new:
            self._state.record(FirewallPageOpened(account, address))
        known = self._pages.pop((address, account), None)
        now = self._clock.now()
        page = OpenPage(account, since=now if new or known is None else known.since, heard=now)
        if len(self._pages) >= MOST_PAGES:
            del self._pages[next(iter(self._pages))]
        self._pages[(address, account)] = page
        if new:
            self.on_change()
        return page

    def page_is_open(self, address: str, account: str) -> bool:
        """Tell whether the owner of an account keeps a firewall page open on an address."""
        page = self._pages.get((address, account))
        return page is not None and page.heard >= self._clock.now() - self._heartbeat

    def may_connect(self, role: Role, address: str) -> bool:
        """Tell whether an address may connect to a role at all; who it is has not been said yet."""
        if not self._silent or not self.is_closed(address) or self._is_whitelisted(role, address):
            return True
        return any(self.page_is_open(where, account) for where, account in self._pages if where == address)

    def may_log_in(self, role: Role, address: str, account: str) -> bool:
        """Tell whether an address may log in to an account: an open page opens it for its own owner only."""
        return not self.is_closed(address) or self._is_whitelisted(role, address) or self.page_is_open(address, account)

    def logged_in(self, role: Role, login: LoggedIn) -> None:
        """A login was completed: where the role has a white-list, the address is remembered from now.

        Raises:
            CannotWriteError: this cannot be written down.
        """
        with self._state.together():
            self._state.record(login)
            if role.rules.whitelists:
                self._state.whitelist(login.account, login.address)
        self.on_change()

    def _is_whitelisted(self, role: Role, address: str) -> bool:
        if not role.rules.whitelists:
            return False
        seen = self._state.last_login(address)
        return seen is not None and self._clock.now() - seen < self._remembered


class Rides:
    """Verified connections that are open: beside one, a login from the same address needs no answer in the browser."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], int] = {}

    def begin(self, account: str, address: str) -> None:
        """A connection that passed MFA itself is open."""
        self._open[account, address] = self._open.get((account, address), 0) + 1

    def end(self, account: str, address: str) -> None:
        """It is closed."""
        self._open[account, address] -= 1
        if not self._open[account, address]:
            del self._open[account, address]

    def offered(self, account: str, address: str) -> bool:
        """Tell whether there is one to ride beside."""
        return (account, address) in self._open
