"""Who can log in to the practice site: accounts, the people who own them, and their public keys."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError
from mfa_guide.practice.rules.events import KeyAdded, KeyDeleted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_guide.policy import Policy
    from mfa_guide.practice.rules.keys import PublicKey, ReadKey
    from mfa_guide.practice.rules.state import State

MOST_KEYS = 50
"""How many keys an account may have. Ours."""


@dataclass(frozen=True)
class Person:
    """Somebody who can log in at an institution. The practice site knows people by what they own, not by name."""

    id: str
    institution: str
    label: str
    account: str | None


class Accounts:
    """The accounts of the practice site."""

    def __init__(self, policy: Policy, state: State, read_key: ReadKey, users: int = 1) -> None:
        """Give each account an owner at the first institution.

        Args:
            policy: names the institutions and the first account.
            state: keeps the public keys.
            read_key: reads one.
            users: how many accounts there are: the policy's, and those that follow it in number.
        """
        self._state = state
        self.read_key = read_key
        """Returns the public key in a text, such as the content of a `.pub` file."""
        institutions = policy.names("institutions")
        home = institutions[0]
        first = policy.text("account")
        letters, number = first.rstrip("0123456789"), first.lstrip(string.ascii_letters)
        names = [f"{letters}{int(number) + extra:0{len(number)}}" for extra in range(users)]
        self._owners = {name: Person(f"owner-of-{name}", home, f"The owner of {name}", name) for name in names}
        self._people: dict[str, list[Person]] = {institution: [] for institution in institutions}
        self._people[home].extend(self._owners.values())
        for place, institution in enumerate(institutions, start=1):
            self._people[institution].append(
                Person(f"nobody-{place}", institution, "Somebody without a VSC account", None)
            )

    @property
    def names(self) -> list[str]:
        """The names of all accounts, the policy's first."""
        return list(self._owners)

    def people(self, institution: str) -> list[Person]:
        """Return who can log in at an institution; nobody where there is no such institution."""
        return self._people.get(institution, [])

    def person(self, identity: str) -> Person | None:
        """Return the person with that id, if there is one."""
        return next((p for people in self._people.values() for p in people if p.id == identity), None)

    def owner(self, account: str) -> Person | None:
        """Return who owns an account; None where there is no such account."""
        return self._owners.get(account)

    def keys(self, account: str) -> list[PublicKey]:
        """Return the public keys of an account; none where there is no such account (any more)."""
        if account not in self._owners:
            return []
        return [self.read_key(line) for line in self._state.keys(account)]

    def add_key(self, account: str, key: PublicKey) -> None:
        """Let an account log in with a key.

        Args:
            account: the account's name.
            key: the key; only its public half is kept.

        Raises:
            GuideError: there is no such account, it has too many keys already, or this cannot be written down.
        """
        if account not in self._owners:
            raise GuideError(f"there is no account {account!r}")
        known = self._state.keys(account)
        if len(known) >= MOST_KEYS and _line(key) not in known:
            raise GuideError(f"{account} has {MOST_KEYS} keys already: delete one first")
        with self._state.together():
            self._state.add_key(account, _line(key))
            self._state.record(KeyAdded(account, key.get_fingerprint()))

    def delete_key(self, account: str, key: PublicKey) -> None:
        """Let an account log in with a key no more.

        Args:
            account: the account's name.
            key: one of its keys.

        Raises:
            CannotWriteError: this cannot be written down.
        """
        with self._state.together():
            self._state.delete_key(account, _line(key))
            self._state.record(KeyDeleted(account, key.get_fingerprint()))

    def change_keys(self, account: str, added: Sequence[PublicKey], deleted: set[str]) -> list[tuple[str, str]]:
        """Add keys to an account and delete others, all of it or nothing. A key that is in both goes, to be safe.

        Args:
            account: the account's name.
            added: the new keys.
            deleted: the fingerprints of those that are to go.

        Returns:
            What was done, `added` or `deleted`, to which key, by fingerprint.

        Raises:
            GuideError: there is no such account, it has too many keys already, or this cannot be written down.
        """
        changes = []
        with self._state.together():
            # First: an account that is full may get a key in place of another.
            for key in self.keys(account):
                if key.get_fingerprint() in deleted:
                    self.delete_key(account, key)
                    changes.append(("deleted", key.get_fingerprint()))
            for key in added:
                if key.get_fingerprint() not in deleted:
                    self.add_key(account, key)
                    changes.append(("added", key.get_fingerprint()))
        return changes


def _line(key: PublicKey) -> str:
    """Return the public half as the state keeps it: one line of OpenSSH's format without comment."""
    return " ".join(key.export_public_key("openssh").decode().split()[:2])
