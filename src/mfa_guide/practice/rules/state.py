"""What the practice site must not forget when it is killed: used links, white-list, keys, and the audit log.

One SQLite file. It is opened only if it is ours, of this version and whole; otherwise nothing in it is touched.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mfa_guide.base.errors import GuideError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mfa_guide.practice.rules.clock import Clock
    from mfa_guide.practice.rules.events import Event

SCHEMA = 1
_APPLICATION = 0x4D464147  # 'MFAG'

_TABLES = """
CREATE TABLE used_links (digest BLOB PRIMARY KEY, at REAL NOT NULL);
CREATE TABLE whitelist (
    account TEXT NOT NULL, address TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (account, address)
);
CREATE TABLE keys (
    account TEXT NOT NULL, public_key TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (account, public_key)
);
CREATE TABLE audit (id INTEGER PRIMARY KEY, at REAL NOT NULL, event TEXT NOT NULL, details TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Entry:
    """One line of the audit log; another release may have written it."""

    at: float
    """When, in seconds since 1970, by the practice site's clock."""
    event: str
    """The event's name, such as `link approved`."""
    details: dict[str, Any]
    """Who, from where, with what."""


class State:
    """The practice site's memory."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the file at `path`, or make it.

        Raises:
            GuideError: it cannot be opened, is damaged, is of a newer version, or is something else.
        """
        self._path = path
        self._clock = clock
        self._watchers: list[Callable[[float, Event], None]] = []
        try:
            fresh = not path.exists() or path.stat().st_size == 0
            self._db = sqlite3.connect(path, isolation_level=None, timeout=0.5)
            # Held until the end: two sites on one state would not know of each other's logins.
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            if fresh:
                self._make()
            else:
                self._verify()
            # Each change must survive kill -9 before anyone is told of it.
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
        except (sqlite3.Error, OSError) as error:
            if hasattr(self, "_db"):
                self._db.close()
            if "locked" in str(error):
                raise GuideError(
                    f"another practice site uses {path.parent}: end that one, or choose another place with --state"
                ) from None
            raise GuideError(
                f"the practice site's state file {path} cannot be used ({error}): "
                "move it away, or choose another place with --state"
            ) from None

    def _make(self) -> None:
        self._db.executescript(
            f"BEGIN; {_TABLES} PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {SCHEMA}; COMMIT;"
        )

    def _verify(self) -> None:
        (application,) = self._db.execute("PRAGMA application_id").fetchone()
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if application != _APPLICATION:
            raise sqlite3.DatabaseError("it is not a state file of the practice site")
        if version != SCHEMA:
            raise sqlite3.DatabaseError(f"it has version {version}, this program knows {SCHEMA}")
        (verdict,) = self._db.execute("PRAGMA quick_check").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError("it is damaged")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # -- links ---------------------------------------------------------------------------------------------------

    def use_link(self, token: str) -> None:
        """Remember for good that the link with this token was used."""
        self._db.execute("INSERT OR IGNORE INTO used_links VALUES (?, ?)", (digest(token), self._clock.now()))

    def link_was_used(self, token: str) -> bool:
        """Tell whether the link with this token was used, in this run of the practice site or an earlier one."""
        return bool(self._db.execute("SELECT 1 FROM used_links WHERE digest = ?", (digest(token),)).fetchone())

    # -- white-list --------------------------------------------------------------------------------------------------

    def whitelist(self, account: str, address: str) -> None:
        """Remember that an account logged in from an address, now."""
        self._db.execute("INSERT OR REPLACE INTO whitelist VALUES (?, ?, ?)", (account, address, self._clock.now()))

    def last_login(self, address: str) -> float | None:
        """Return when any account last logged in from an address, in seconds since 1970."""
        (at,) = self._db.execute("SELECT max(at) FROM whitelist WHERE address = ?", (address,)).fetchone()
        return None if at is None else float(at)

    # -- keys ----------------------------------------------------------------------------------------------------

    def add_key(self, account: str, public_key: str) -> None:
        """Add a public key, as one line of OpenSSH's format without comment, to an account."""
        self._db.execute("INSERT OR IGNORE INTO keys VALUES (?, ?, ?)", (account, public_key, self._clock.now()))

    def delete_key(self, account: str, public_key: str) -> None:
        """Take a public key, as `keys` returns it, from an account."""
        self._db.execute("DELETE FROM keys WHERE account = ? AND public_key = ?", (account, public_key))

    def keys(self, account: str) -> list[str]:
        """Return the public keys of an account, oldest first."""
        rows = self._db.execute("SELECT public_key FROM keys WHERE account = ? ORDER BY at, rowid", (account,))
        return [row[0] for row in rows]

    # -- audit log -----------------------------------------------------------------------------------------------

    def record(self, event: Event) -> None:
        """Write one line to the audit log and tell whoever watches it."""
        now = self._clock.now()
        self._db.execute(
            "INSERT INTO audit (at, event, details) VALUES (?, ?, ?)", (now, event.name, json.dumps(event.details))
        )
        for watcher in self._watchers:
            watcher(now, event)

    def events(self) -> list[Entry]:
        """Return the whole audit log, oldest first."""
        rows = self._db.execute("SELECT at, event, details FROM audit ORDER BY id")
        return [Entry(at, event, json.loads(details)) for at, event, details in rows]

    def watch(self, watcher: Callable[[float, Event], None]) -> None:
        """Call `watcher` with every event from now on, and when it was: in seconds since 1970, by the site's clock."""
        self._watchers.append(watcher)


def digest(token: str) -> bytes:
    """Return what is kept of a link's token: never the token itself."""
    return hashlib.sha256(token.encode()).digest()
