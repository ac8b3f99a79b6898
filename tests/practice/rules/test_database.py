"""How the state's file is opened."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from mfa_guide.practice.rules.database import open_database

if TYPE_CHECKING:
    from pathlib import Path

NORMAL = 1
"""SQLite's number for the way of writing that waits for the disk only now and then."""


def test_nobody_waits_for_the_disk_at_every_event(tmp_path: Path) -> None:
    """What survives kill -9 all the same is in `test_killed.py`; it does so only with a log of its own (WAL)."""
    with contextlib.closing(open_database(tmp_path / "state.sqlite")) as database:
        assert database.execute("PRAGMA synchronous").fetchone() == (NORMAL,)
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
