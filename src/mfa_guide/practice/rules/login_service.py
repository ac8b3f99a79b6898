"""The login service as a whole: its parts, made once and handed over together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfa_guide.practice.rules.access import OPEN, Access, Rides
from mfa_guide.practice.rules.accounts import Accounts
from mfa_guide.practice.rules.clock import Clock
from mfa_guide.practice.rules.logins import Logins
from mfa_guide.practice.rules.state import State

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from mfa_guide.policy import Policy
    from mfa_guide.practice.rules.access import Surroundings
    from mfa_guide.practice.rules.keys import ReadKey


@dataclass(frozen=True)
class LoginService:
    """What decides about every login, whether it shows on SSH or on the web."""

    policy: Policy
    """The facts: texts, names, and for how long what counts."""
    clock: Clock
    """The practice site's clock: everything that is timed asks it."""
    state: State
    """What must not be forgotten, the audit log among it."""
    accounts: Accounts
    """Who can log in, with which keys."""
    logins: Logins
    """The logins that wait for an answer in the browser."""
    access: Access
    """Which addresses may connect."""
    rides: Rides
    """The open logins beside which others need no answer."""

    @classmethod
    def open(
        cls, policy: Policy, database: Path, *, read_key: ReadKey, around: Surroundings = OPEN, users: int = 1
    ) -> Self:
        """Put the parts together, around a state that is there or is made.

        Args:
            policy: the facts.
            database: the state file.
            read_key: reads public keys.
            around: says which addresses are closed.
            users: how many accounts there are.

        Raises:
            GuideError: the state cannot be used.
        """
        clock = Clock()
        state = State(database, clock)
        accounts = Accounts(policy, state, read_key, users)
        return cls(
            policy,
            clock,
            state,
            accounts,
            Logins(policy, clock, state, accounts),
            Access(policy, clock, state, around),
            Rides(),
        )
