"""What the practice site keeps: it survives kill -9, and what is not ours is left alone."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import GuideError
from mfa_guide.practice.rules.clock import Clock
from mfa_guide.practice.rules.state import SCHEMA, State
from tests.support.loopback_site import LoopbackSite, read_link

if TYPE_CHECKING:
    from pathlib import Path


def test_a_used_link_stays_used_after_kill_9(tmp_path: Path) -> None:
    site = LoopbackSite.start(tmp_path)
    client = site.ssh("whoami")
    token = read_link(client).rsplit("/", 1)[1]
    site.run("practice", "approve", f"{site.web}/{token}")
    client.communicate()
    os.kill(site.process.pid, signal.SIGKILL)
    site.process.end()
    again = LoopbackSite.start(tmp_path)
    refused = again.run("practice", "approve", f"{again.web}/{token}")
    assert (refused.returncode, "was used already" in refused.stderr) == (1, True)
    assert [event for event, _ in again.events()].count("link approved") == 1
    again.stop()


def test_the_token_itself_is_not_kept(tmp_path: Path) -> None:
    state = State(tmp_path / "state.sqlite", Clock())
    state.use_link("sesame")
    assert state.link_was_used("sesame")
    assert not state.link_was_used("other")
    state.close()
    assert b"sesame" not in (tmp_path / "state.sqlite").read_bytes()


def test_a_deleted_key_stays_deleted(tmp_path: Path) -> None:
    state = State(tmp_path / "state.sqlite", Clock())
    for account, key in (("vsc98765", "one"), ("vsc98765", "two"), ("vsc98766", "one")):
        state.add_key(account, key)
    state.delete_key("vsc98765", "one")
    state.close()
    again = State(tmp_path / "state.sqlite", Clock())
    assert (again.keys("vsc98765"), again.keys("vsc98766")) == (["two"], ["one"])
    again.close()


@pytest.mark.parametrize("kind", ["rubbish", "cut", "newer", "foreign"])
def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "state.sqlite"
    if kind == "rubbish":
        path.write_bytes(b"my thesis " * 1000)
    elif kind == "foreign":
        with contextlib.closing(sqlite3.connect(path)) as db, db:
            db.execute("CREATE TABLE thesis (chapter)")
    else:
        State(path, Clock()).close()
        if kind == "newer":
            with contextlib.closing(sqlite3.connect(path)) as db, db:
                db.execute(f"PRAGMA user_version = {SCHEMA + 1}")
        else:
            path.write_bytes(path.read_bytes()[:9000])
    before = path.read_bytes()
    with pytest.raises(GuideError, match=r"cannot be used .*: move it away, or choose another place with --state"):
        State(path, Clock())
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["state.sqlite"]


def test_two_sites_do_not_share_a_state(tmp_path: Path) -> None:
    first = State(tmp_path / "state.sqlite", Clock())
    with pytest.raises(GuideError, match=r"another practice site uses .*: end that one"):
        State(tmp_path / "state.sqlite", Clock())
    first.close()
    State(tmp_path / "state.sqlite", Clock()).close()


def test_a_state_far_down(tmp_path: Path) -> None:
    """The name of a socket has at most some hundred characters, that of a folder may have many more."""
    site = LoopbackSite.start(tmp_path / "/".join(["a-folder-with-a-long-name"] * 8))
    assert site.events()[-1][0] == "key added"
    assert site.stop() == 0
