"""The file that the state is: one SQLite database, opened only if it is ours, whole, and nobody else uses it.

Otherwise nothing in it is touched. A file of an older release is taken over as it is opened.
"""

from __future__ import annotations

import contextlib
import math
import os
import sqlite3
import time
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError
from mfa_guide.practice.rules.clock import MOST_AHEAD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = 2
_APPLICATION = 0x4D464147  # 'MFAG'

PATIENCE = 5
"""How many seconds another program that reads the file, such as a backup, is given to end. Ours."""

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
_STAMPED = ("used_links", "whitelist", "keys", "audit")
"""The tables with times."""
_LATEST = {1: 1e12, 2: 253_402_214_400}
"""The latest time that can be in a file, by its version: the first one had no limit; then the year 9999 has."""


class CannotWriteError(GuideError):
    """What is to be kept cannot be written. Nothing of it was, and it can be tried again."""


def open_database(path: Path) -> sqlite3.Connection:
    """Open the file, or make it; nobody else can use it until it is closed, and only its owner can read it.

    Args:
        path: where it is, in a folder that is there.

    Raises:
        GuideError: it is damaged, of a newer version, something else, or in use.
    """
    db = None
    try:
        # SQLite gives the files that it makes beside this one the same mode.
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        fresh = os.fstat(file).st_size == 0
        os.close(file)
        if fresh:
            # Whatever this user's umask says.
            path.chmod(0o600)
        db = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)
        # Held until the end: two sites on one state would not know of each other's logins.
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE")
        _verify(db, fresh=fresh)
        db.execute("COMMIT")
        for part in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))):
            if part.exists():
                part.chmod(0o600)
        db.execute("PRAGMA journal_mode = WAL")
        # With a log of its own, what was committed survives kill -9 without this. FULL waits for the disk at every
        # event, and everybody with it, for the sake of power failures: those cost the last moments of practice, and
        # never the file.
        db.execute("PRAGMA synchronous = NORMAL")
    except (sqlite3.Error, OSError) as error:
        if db is not None:
            db.close()
        if "locked" in str(error):
            raise GuideError(_who_has(path)) from None
        if "full" in str(error):
            raise GuideError(f"the disk of {path} is full: make room, or choose another place with --state") from None
        raise GuideError(
            f"the practice site's state file {path} cannot be used ({error}): "
            "move it away, or choose another place with --state"
        ) from None
    return db


def _verify(db: sqlite3.Connection, *, fresh: bool) -> None:
    """Look whether the file can be used; bring an empty one, or one of an older release, up to date."""
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if fresh:
        for statement in filter(str.strip, _TABLES.split(";")):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {_APPLICATION}")
        version = 1
    elif application != _APPLICATION:
        raise sqlite3.DatabaseError("it is not a state file of the practice site")
    if version not in _LATEST:
        raise sqlite3.DatabaseError(f"it has version {version}, this program knows {SCHEMA}")
    _look_for_damage(db, _LATEST[version])
    if version == 1:
        _take_over(db)
    row = db.execute("SELECT ahead FROM clock").fetchone()
    if row is None or not isinstance(row[0], int) or not 0 <= row[0] <= MOST_AHEAD:
        raise sqlite3.DatabaseError("it is damaged")


def _look_for_damage(db: sqlite3.Connection, latest: float) -> None:
    (verdict,) = db.execute("PRAGMA quick_check").fetchone()
    wrong = [
        db.execute(f"SELECT 1 FROM {table} WHERE typeof(at) != 'real' OR NOT at BETWEEN 0 AND ? LIMIT 1", (latest,))
        for table in _STAMPED
    ]
    wrong.append(db.execute("SELECT 1 FROM audit WHERE NOT json_valid(details) OR json_type(details) != 'object'"))
    if verdict != "ok" or any(rows.fetchone() for rows in wrong):
        raise sqlite3.DatabaseError("it is damaged")


def _take_over(db: sqlite3.Connection) -> None:
    """Bring a file of the first release up to date: it did not keep how far its clock was ahead.

    The newest time in it tells. A time so far ahead that no date can be made of it is brought back to the latest one.
    """
    newest = max(db.execute(f"SELECT coalesce(max(at), 0) FROM {table}").fetchone()[0] for table in _STAMPED)
    now = time.time()
    ahead = min(max(0, math.ceil(newest - now)), MOST_AHEAD)
    for table in _STAMPED:
        db.execute(f"UPDATE {table} SET at = ? WHERE at > ?", (now + ahead, now + ahead))
    db.execute("CREATE TABLE clock (ahead INTEGER NOT NULL)")
    db.execute("INSERT INTO clock VALUES (?)", (ahead,))
    db.execute("CREATE INDEX audit_by_event ON audit (event)")
    db.execute("PRAGMA user_version = 2")


def _who_has(path: Path) -> str:
    """Return what to tell when the file is locked: a practice site lets nobody read it, other programs do."""
    with contextlib.closing(sqlite3.connect(path, timeout=0)) as other:
        try:
            other.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except sqlite3.Error:
            return f"another practice site uses {path.parent}: end that one, or choose another place with --state"
    return f"another program has {path} open: end that one, or choose another place with --state"


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Make one of all that is written meanwhile: all of it is kept, or nothing.

    Raises:
        CannotWriteError: it cannot be written.
    """
    try:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("COMMIT")
    except BaseException as error:
        # On a full disk SQLite may have done so itself.
        if db.in_transaction:
            db.execute("ROLLBACK")
        if not isinstance(error, sqlite3.OperationalError):
            raise
        reason = "its disk is full" if "full" in str(error) else str(error)
        raise CannotWriteError(
            f"the practice site cannot write down what happens: {reason}. Nothing was changed; try again later"
        ) from None
