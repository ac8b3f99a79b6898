"""What the practice site keeps: it survives kill -9, and what is not ours is left alone."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh
import pytest

from mfa_guide.base.child import Child
from mfa_guide.base.errors import GuideError, UsageError
from mfa_guide.practice.rules import database
from mfa_guide.practice.rules import state as state_module
from mfa_guide.practice.rules.clock import MOST_AHEAD, Clock
from mfa_guide.practice.rules.database import SCHEMA, CannotWriteError
from mfa_guide.practice.rules.events import KeyAdded, LoggedIn
from mfa_guide.practice.rules.login_service import LoginService
from mfa_guide.practice.rules.logins import Outcome
from mfa_guide.practice.rules.roles import all_roles
from mfa_guide.practice.rules.state import State, digest
from mfa_guide.practice.ssh.keys import read_public_key
from tests.support import POLICY
from tests.support.loopback_site import COMMAND, LoopbackSite, read_link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mfa_guide.practice.rules.logins import PendingLogin


DAY = 86_400


def test_a_used_link_stays_used_after_kill_9(tmp_path: Path) -> None:
    site = LoopbackSite.start(tmp_path, managed=True)
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


# -- the clock ---------------------------------------------------------------------------------------------------------

OLD = """
CREATE TABLE used_links (digest BLOB PRIMARY KEY, at REAL NOT NULL);
CREATE TABLE whitelist (
    account TEXT NOT NULL, address TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (account, address)
);
CREATE TABLE keys (
    account TEXT NOT NULL, public_key TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (account, public_key)
);
CREATE TABLE audit (id INTEGER PRIMARY KEY, at REAL NOT NULL, event TEXT NOT NULL, details TEXT NOT NULL);
PRAGMA application_id = 0x4D464147;
PRAGMA user_version = 1;
"""
"""What the first release made of an empty file."""


def make_old(path: Path, at: float, details: str = '{"account": "vsc98765", "key": "SHA256:x"}') -> None:
    """Make a state of the first release, in which everything happened at one time."""
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.executescript(OLD)
        db.execute("INSERT INTO used_links VALUES (?, ?)", (digest("sesame"), at))
        db.execute("INSERT INTO whitelist VALUES ('vsc98765', '203.0.113.22', ?)", (at,))
        db.execute("INSERT INTO keys VALUES ('vsc98765', 'ssh-rsa AAAA', ?)", (at,))
        db.execute("INSERT INTO audit (at, event, details) VALUES (?, 'key added', ?)", (at, details))


def test_the_clock_goes_on_from_where_it_was(tmp_path: Path) -> None:
    """What it stamped is as old after a restart as before: an address does not stay white-listed for twice as long."""
    for days in (90, 180):
        clock = Clock()
        state = State(tmp_path / "state.sqlite", clock)
        state.move_clock(90 * DAY)
        state.whitelist("vsc98765", "203.0.113.22")
        assert clock.now() - time.time() == pytest.approx(days * DAY, abs=20)
        state.close()
    clock = Clock()
    state = State(tmp_path / "state.sqlite", clock)
    assert clock.now() - (state.last_login("203.0.113.22") or 0) == pytest.approx(0, abs=20)
    state.close()


def test_a_shift_that_is_refused_moves_nothing(tmp_path: Path) -> None:
    """Times have to stay such that they can be written: the year 10000 is none."""
    clock = Clock()
    state = State(tmp_path / "state.sqlite", clock)
    state.move_clock(MOST_AHEAD)
    with pytest.raises(UsageError, match=r"would be more than 100 years ahead.* fresh state with --state"):
        state.move_clock(1)
    assert clock.ahead == MOST_AHEAD
    state.close()
    clock = Clock()
    State(tmp_path / "state.sqlite", clock).close()
    assert clock.ahead == MOST_AHEAD


@pytest.mark.parametrize("days", [0, 90, 3 * 999_999])
def test_a_state_of_the_first_release_is_taken_over(tmp_path: Path, days: int) -> None:
    """It did not keep the clock. The newest stamp tells how far it was ahead; the log does not run backwards."""
    at = time.time() + days * DAY
    make_old(tmp_path / "state.sqlite", at)
    for _ in range(2):
        clock = Clock()
        state = State(tmp_path / "state.sqlite", clock)
        assert clock.ahead == pytest.approx(min(days * DAY, MOST_AHEAD), abs=20)
        assert state.link_was_used("sesame")
        assert (state.last_login("203.0.113.22") or 0) <= clock.now()
        assert state.keys("vsc98765") == ["ssh-rsa AAAA"]
        (entry,) = state.events()
        assert (entry.event, entry.details) == ("key added", {"account": "vsc98765", "key": "SHA256:x"})
        assert entry.at == pytest.approx(min(at, time.time() + MOST_AHEAD), abs=20)
        datetime.fromtimestamp(entry.at)
        state.close()


@pytest.mark.parametrize("damage", ["details", "table", "cut", "clock", "time"])
@pytest.mark.parametrize("release", ["old", "new"])
def test_a_damaged_state_is_refused_in_one_line(tmp_path: Path, release: str, damage: str) -> None:
    path = tmp_path / "state.sqlite"
    make_old(path, time.time())
    if release == "new":
        State(path, Clock()).close()
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:9000])
    else:
        changes = {
            "details": "UPDATE audit SET details = '{'",
            "table": "DROP TABLE keys",
            "clock": "UPDATE clock SET ahead = -1" if release == "new" else "UPDATE keys SET at = 'noon'",
            "time": "UPDATE audit SET at = -1e300",
        }
        with contextlib.closing(sqlite3.connect(path)) as db, db:
            db.execute(changes[damage])
    before = path.read_bytes()
    with pytest.raises(
        GuideError, match=r"^the practice site's state file .* cannot be used \(.*\): move it away"
    ) as told:
        State(path, Clock())
    assert "\n" not in str(told.value)
    assert path.read_bytes() == before


def test_the_command_and_the_clock_of_a_site_that_begins_again(tmp_path: Path) -> None:
    site = LoopbackSite.start(tmp_path)
    assert site.run("practice", "clock", "+90d").returncode == 0
    far = site.run("practice", "clock", "+999999d")
    assert (far.returncode, "would be more than 100 years ahead" in far.stderr) == (2, True)
    site.stop()
    again = LoopbackSite.start(tmp_path)
    now = again.run("practice", "clock", "+1s").stdout
    at = datetime.fromisoformat(now.split()[-1])
    assert at.timestamp() - time.time() == pytest.approx(90 * DAY, abs=60)
    again.stop()
    words = ["practice", "up", "--state", str(tmp_path / "state"), "--ssh-port", "0", "--web-port", "0"]
    by_hand = Child([*COMMAND, *words], "the practice site")
    said = ""
    while "Ctrl+C ends it." not in said:
        said += (line := by_hand.line(60))
        assert line, by_hand.last_words()
    assert f"Its clock was moved before: there it is {at:%Y-%m-%d} " in said
    os.kill(by_hand.pid, signal.SIGTERM)
    by_hand.end()


# -- who else can read and use it --------------------------------------------------------------------------------------


@pytest.fixture
def umask() -> Iterator[Callable[[int], object]]:
    before = os.umask(0)
    yield os.umask
    os.umask(before)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o277])
@pytest.mark.parametrize("there", ["nothing", "open to all"])
def test_only_its_owner_reads_it(tmp_path: Path, umask: Callable[[int], object], mask: int, there: str) -> None:
    """Also a file that is there already, and those that SQLite makes beside it."""
    tmp_path.chmod(0o777)
    path = tmp_path / "state.sqlite"
    if there == "open to all":
        there_before = tmp_path.with_name(f"{tmp_path.name}-before")
        make_old(there_before, time.time())
        with contextlib.closing(sqlite3.connect(there_before)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("DELETE FROM whitelist")
            # As it is when whoever has it open is killed.
            for end in ("", "-wal", "-shm"):
                shutil.copyfile(f"{there_before}{end}", f"{path}{end}")
                Path(f"{path}{end}").chmod(0o666)
    umask(mask)
    state = State(path, Clock())
    state.use_link("sesame")
    files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    state.close()
    assert files.keys() >= {"state.sqlite", "state.sqlite-wal"}
    assert set(files.values()) == {0o600}


def test_a_program_that_reads_it_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    State(path, Clock()).close()
    with contextlib.closing(sqlite3.connect(path, check_same_thread=False)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM audit").fetchall()
        ends = threading.Timer(1, reader.close)
        ends.start()
        State(path, Clock()).close()
        ends.join()


def test_a_program_that_reads_it_on_is_no_practice_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    path = tmp_path / "state.sqlite"
    State(path, Clock()).close()
    with contextlib.closing(sqlite3.connect(path)) as reader:
        reader.execute("SELECT * FROM audit").fetchall()
        with pytest.raises(GuideError, match=r"^another program has .*state\.sqlite open: end that one, or choose"):
            State(path, Clock())


# -- writes that belong together ---------------------------------------------------------------------------------------

FULL = "the practice site cannot write down what happens: its disk is full. Nothing was changed; try again later"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[LoginService]:
    service = LoginService.open(POLICY, tmp_path / "state.sqlite", read_key=read_public_key)
    yield service
    service.state.close()


class Breaking:
    """A database of which every write that follows some others fails."""

    def __init__(self, db: sqlite3.Connection, writes: int) -> None:
        self._db = db
        self._left = writes

    def execute(self, statement: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        if statement.startswith(("INSERT", "UPDATE", "DELETE", "COMMIT")):
            self._left -= 1
            if self._left < 0:
                raise sqlite3.OperationalError("database or disk is full")
        return self._db.execute(statement, values)

    def __getattr__(self, name: str) -> object:
        return getattr(self._db, name)


def kept(db: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Return all that a state keeps."""
    tables = ("used_links", "whitelist", "keys", "audit", "clock")
    return {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in tables}


def begin(service: LoginService) -> PendingLogin:
    return service.logins.open(account="vsc98765", address="::1", port=1, host="a", fingerprint="SHA256:x", proved=True)


@pytest.mark.parametrize("writes", range(8))
@pytest.mark.parametrize(
    "what", ["answer", "log in", "add a key", "change keys", "move the clock", "begin", "open a page"]
)
def test_all_of_it_or_nothing(service: LoginService, what: str, writes: int) -> None:
    """Wherever writing ends, what belongs together is kept or it is not; and what is refused can be done again."""
    keys = [asyncssh.generate_private_key("ssh-ed25519") for _ in range(2)]
    service.accounts.add_key("vsc98765", keys[0])
    login, role = begin(service), all_roles(service.policy)[0]
    owner = service.accounts.owner("vsc98765")
    assert owner is not None
    acts: dict[str, Callable[[], object]] = {
        "answer": lambda: service.logins.answer(login, owner, yes=True, browser="192.0.2.1"),
        "log in": lambda: service.access.logged_in(
            role, LoggedIn("vsc98765", "192.0.2.1", "login", "browser", "SHA256:x")
        ),
        "add a key": lambda: service.accounts.add_key("vsc98765", keys[1]),
        "change keys": lambda: service.accounts.change_keys("vsc98765", keys[1:], {keys[0].get_fingerprint()}),
        "move the clock": lambda: service.state.move_clock(60),
        "begin": lambda: begin(service),
        "open a page": lambda: service.access.hear("192.0.2.1", "vsc98765"),
    }
    act = acts[what]
    told: list[str] = []
    service.state.watch(lambda _at, event: told.append(event.name))
    db, pending, ahead = service.state._db, service.logins.waiting, service.clock.ahead
    before = kept(db)
    waiting = pending(account="vsc98765", address="192.0.2.1")
    service.state._db = Breaking(db, writes)  # type: ignore[assignment]
    try:
        act()
    except CannotWriteError as error:
        assert str(error) == FULL
        assert kept(db) == before
        assert told == []
        assert pending(account="vsc98765", address="192.0.2.1") == waiting
        assert service.clock.ahead == ahead
        assert not service.access.page_is_open("192.0.2.1", "vsc98765")
        service.state._db = db
        act()
    else:
        service.state._db = db
    assert kept(db) != before
    assert not db.in_transaction


KILLED = """
import os, signal, sys
from pathlib import Path
from mfa_guide.policy import load
from mfa_guide.practice.rules import state
from mfa_guide.practice.rules.login_service import LoginService
from mfa_guide.practice.ssh.keys import read_public_key

service = LoginService.open(load("2024"), Path(sys.argv[1]), read_key=read_public_key)
login = service.logins.open(account="vsc98765", address="::1", port=1, host="a", fingerprint="SHA256:x", proved=True)
print(login.token, flush=True)
kill = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "between":
    state.State._insert = kill
service.logins.answer(login, service.accounts.owner("vsc98765"), yes=True, browser="192.0.2.1")
kill()
"""


@pytest.mark.parametrize("when", ["between", "after"])
def test_killed_with_9(tmp_path: Path, when: str) -> None:
    """Between two writes that belong together, none of them was; as soon as somebody hears of it, both were."""
    path = tmp_path / "state.sqlite"
    done = subprocess.run([sys.executable, "-c", KILLED, path, when], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (-signal.SIGKILL, "")
    state = State(path, Clock())
    assert state.link_was_used(done.stdout.strip()) == (when == "after")
    assert state.count("link approved") == (when == "after")
    state.close()


class Small(sqlite3.Connection):
    """A database on a disk with room for two pages."""

    def execute(self, statement: str, values: Sequence[object] = (), /) -> sqlite3.Cursor:  # type: ignore[override]
        if statement.strip().startswith("CREATE"):
            super().execute("PRAGMA max_page_count = 2")
        return super().execute(statement, values)


def test_no_room_for_a_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was begun is no hindrance later."""
    path, connect = tmp_path / "state.sqlite", sqlite3.connect
    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", lambda *words, **options: connect(*words, **options, factory=Small))
        with pytest.raises(
            GuideError, match=r"^the disk of .*state\.sqlite is full: make room, or choose another place"
        ):
            State(path, Clock())
    State(path, Clock()).close()


def test_a_full_disk_and_then_room(service: LoginService) -> None:
    """SQLite's own word for it. What happens by itself meanwhile is written down when there is room."""
    login = begin(service)
    pages = service.state._db.execute("PRAGMA page_count").fetchone()[0]
    service.state._db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(CannotWriteError, match=FULL):
        for number in range(1000):
            service.state.record(KeyAdded("vsc98765", f"SHA256:{number}"))
    lines = service.state.events()
    service.logins.leave(login)
    assert login.outcome is Outcome.GONE
    assert service.state.events() == lines
    service.state._db.execute("PRAGMA max_page_count = 100000")
    service.state.record(KeyAdded("vsc98765", "SHA256:x"))
    assert [line.event for line in service.state.events()[len(lines) :]] == ["login left", "key added"]
    assert service.state.events()[-2].at <= service.state.events()[-1].at


# -- the log has an end ------------------------------------------------------------------------------------------------


def test_the_log_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_module, "MOST_LINES", 5)
    monkeypatch.setattr(state_module, "MOST_LINKS", 5)
    state = State(tmp_path / "state.sqlite", Clock())
    for number in range(20):
        state.record(KeyAdded("x" * 5000, f"SHA256:{number}"))
        state.use_link(str(number))
    state.close()
    state = State(tmp_path / "state.sqlite", Clock())
    assert [entry.details["key"] for entry in state.events(1000)] == [f"SHA256:{number}" for number in range(15, 20)]
    assert {len(entry.details["account"]) for entry in state.events(1000)} == {state_module.LONGEST_DETAIL + 1}
    assert [number for number in range(20) if state.link_was_used(str(number))] == list(range(15, 20))
    state.close()


def test_the_log_is_read_in_parts(tmp_path: Path) -> None:
    state = State(tmp_path / "state.sqlite", Clock())
    for number in range(10):
        state.record(KeyAdded("vsc98765", f"SHA256:{number}"))
    assert state.events(0) == []
    assert [entry.details["key"] for entry in state.events(2)] == ["SHA256:8", "SHA256:9"]
    read, part = [], state.events_after(0, 4)
    while part:
        assert len(part) <= 4
        read += part
        part = state.events_after(part[-1].number, 4)
    assert read == state.events()
    assert (state.count("key added"), state.count("key deleted")) == (10, 0)
    state.close()


def test_no_lines_are_no_lines(tmp_path: Path) -> None:
    site = LoopbackSite.start(tmp_path)
    assert site.events(last=0) == []
    assert len(site.events(last=1)) == 1
    site.stop()


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
