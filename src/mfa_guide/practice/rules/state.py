"""What the practice site must not forget when it is killed: used links, white-list, keys, its clock, the audit log."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mfa_guide.base.errors import UsageError
from mfa_guide.practice.rules.clock import MOST_AHEAD
from mfa_guide.practice.rules.database import CannotWriteError, open_database, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mfa_guide.practice.rules.clock import Clock
    from mfa_guide.practice.rules.events import Event

MOST_LINES = 50_000
"""How many lines the audit log has: for each new one the oldest goes. Ours."""
MOST_LINKS = 100_000
"""How many used links are remembered; an older one is no link at all. Ours."""
LONGEST_DETAIL = 100
"""How much is kept of what somebody sent, in characters. Ours."""


@dataclass(frozen=True)
class Entry:
    """One line of the audit log; another release may have written it."""

    at: float
    """When, in seconds since 1970, by the practice site's clock."""
    event: str
    """The event's name, such as `link approved`."""
    details: dict[str, Any]
    """Who, from where, with what."""
    number: int
    """Counts all lines that the log ever had."""


class State:
    """The practice site's memory."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the file at `path`, or make it, and move the clock to where it was.

        Raises:
            GuideError: it cannot be opened, is damaged, is of a newer version, is in use, or is something else.
        """
        self._clock = clock
        self._watchers: list[Callable[[float, Event], None]] = []
        self._recorded: list[tuple[float, Event]] | None = None
        """What belongs to the writes that are one now; None when none are."""
        self._unwritten: deque[tuple[float, Event]] = deque(maxlen=MOST_LINES)
        self._db = open_database(path)
        (ahead,) = self._db.execute("SELECT ahead FROM clock").fetchone()
        clock.move(ahead)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Make one of all that is written meanwhile: all of it is kept, or nothing; whoever watches hears of it then.

        Raises:
            CannotWriteError: it cannot be written.
        """
        if self._recorded is not None:
            yield
            return
        unwritten, self._recorded = list(self._unwritten), []
        try:
            with transaction(self._db):
                for at, event in unwritten:
                    self._insert(at, event)
                yield
            recorded = self._recorded
        finally:
            self._recorded = None
        self._unwritten.clear()
        for at, event in recorded:
            self._tell(at, event)

    # -- the clock -----------------------------------------------------------------------------------------------

    def move_clock(self, seconds: int) -> None:
        """Move the practice site's clock forward; it stays so when the site begins again.

        Raises:
            UsageError: it would be too far ahead.
            CannotWriteError: that cannot be written. In either case it has not moved.
        """
        if self._clock.ahead + seconds > MOST_AHEAD:
            raise UsageError(
                "the clock would be more than 100 years ahead: choose less, or, as it never goes back, "
                "begin with a fresh state with --state"
            )
        with self.together():
            self._db.execute("UPDATE clock SET ahead = ?", (self._clock.ahead + seconds,))
        self._clock.move(seconds)

    # -- links ---------------------------------------------------------------------------------------------------

    def use_link(self, token: str) -> None:
        """Remember for good that the link with this token was used."""
        with self.together():
            row = (digest(token), self._clock.now())
            added = self._db.execute("INSERT OR IGNORE INTO used_links VALUES (?, ?)", row)
            self._db.execute("DELETE FROM used_links WHERE rowid <= ?", ((added.lastrowid or 0) - MOST_LINKS,))

    def link_was_used(self, token: str) -> bool:
        """Tell whether the link with this token was used, in this run of the practice site or an earlier one."""
        return bool(self._db.execute("SELECT 1 FROM used_links WHERE digest = ?", (digest(token),)).fetchone())

    # -- white-list --------------------------------------------------------------------------------------------------

    def whitelist(self, account: str, address: str) -> None:
        """Remember that an account logged in from an address, now."""
        with self.together():
            row = (account, address, self._clock.now())
            self._db.execute("INSERT OR REPLACE INTO whitelist VALUES (?, ?, ?)", row)

    def last_login(self, address: str) -> float | None:
        """Return when any account last logged in from an address, in seconds since 1970."""
        (at,) = self._db.execute("SELECT max(at) FROM whitelist WHERE address = ?", (address,)).fetchone()
        return None if at is None else float(at)

    # -- keys ----------------------------------------------------------------------------------------------------

    def add_key(self, account: str, public_key: str) -> None:
        """Add a public key, as one line of OpenSSH's format without comment, to an account."""
        with self.together():
            row = (account, public_key, self._clock.now())
            self._db.execute("INSERT OR IGNORE INTO keys VALUES (?, ?, ?)", row)

    def delete_key(self, account: str, public_key: str) -> None:
        """Take a public key, as `keys` returns it, from an account."""
        with self.together():
            self._db.execute("DELETE FROM keys WHERE account = ? AND public_key = ?", (account, public_key))

    def keys(self, account: str) -> list[str]:
        """Return the public keys of an account, oldest first."""
        rows = self._db.execute("SELECT public_key FROM keys WHERE account = ? ORDER BY at, rowid", (account,))
        return [row[0] for row in rows]

    # -- audit log -----------------------------------------------------------------------------------------------

    def record(self, event: Event) -> None:
        """Write one line to the audit log and tell whoever watches it.

        Raises:
            CannotWriteError: it cannot be written, so what it says must not happen.
        """
        with self.together():
            assert self._recorded is not None
            now = self._clock.now()
            self._insert(now, event)
            self._recorded.append((now, event))

    def note(self, event: Event) -> None:
        """Do as `record` for what happens by itself: a line that cannot be written is, as soon as there is room."""
        try:
            self.record(event)
        except CannotWriteError:
            now = self._clock.now()
            self._unwritten.append((now, event))
            self._tell(now, event)

    def _insert(self, at: float, event: Event) -> None:
        details = {name: _cut(value) for name, value in event.details.items()}
        line = (at, event.name, json.dumps(details))
        added = self._db.execute("INSERT INTO audit (at, event, details) VALUES (?, ?, ?)", line)
        self._db.execute("DELETE FROM audit WHERE id <= ?", ((added.lastrowid or 0) - MOST_LINES,))

    def _tell(self, at: float, event: Event) -> None:
        for watcher in self._watchers:
            watcher(at, event)

    def events(self, last: int = MOST_LINES) -> list[Entry]:
        """Return the newest lines of the audit log, at most so many, oldest first."""
        rows = self._db.execute("SELECT id, at, event, details FROM audit ORDER BY id DESC LIMIT ?", (last,))
        return [_entry(*row) for row in rows][::-1]

    def events_after(self, number: int, most: int) -> list[Entry]:
        """Return the lines of the audit log after the one with that number, at most so many, oldest first."""
        rows = self._db.execute(
            "SELECT id, at, event, details FROM audit WHERE id > ? ORDER BY id LIMIT ?", (number, most)
        )
        return [_entry(*row) for row in rows]

    def count(self, event: str) -> int:
        """Return how many lines of the audit log tell of an event, by its name."""
        (lines,) = self._db.execute("SELECT count(*) FROM audit WHERE event = ?", (event,)).fetchone()
        return int(lines)

    def watch(self, watcher: Callable[[float, Event], None]) -> None:
        """Call `watcher` with every event from now on, and when it was: in seconds since 1970, by the site's clock."""
        self._watchers.append(watcher)


def _entry(number: int, at: float, event: str, details: str) -> Entry:
    return Entry(at, event, json.loads(details), number)


def _cut(value: object) -> object:
    return value[:LONGEST_DETAIL] + "…" if isinstance(value, str) and len(value) > LONGEST_DETAIL else value


def digest(token: str) -> bytes:
    """Return what is kept of a link's token: never the token itself."""
    return hashlib.sha256(token.encode()).digest()
