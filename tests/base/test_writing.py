"""Files of authors and users are written whole or not at all: the old one survives a full disk and a killed process."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import pytest

from mfa_guide.base import writing
from mfa_guide.base.errors import GuideError, UsageError
from mfa_guide.by_hand import records
from mfa_guide.checking.evidence import PageEvidence, evidence_file, write_evidence
from mfa_guide.clients.profiles import saving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RECORD = records.Verified(client="putty", version="PuTTY", date=date(2026, 11, 30), steps={"login": "passed"})


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can have more than ten bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _evidence(folder: Path) -> Path:
    write_evidence(PageEvidence(page="page.md", about="", clients={}, instructions=()), folder)
    return evidence_file(folder, "page.md")


def _record(folder: Path) -> Path:
    return records.add(folder, RECORD)


def _profile(folder: Path) -> Path:
    saving.save(b"Host login.hpc.kuleuven.be\n", folder / "config", force=True)
    return folder / "config"


def _private(folder: Path) -> Path:
    writing.write_private(folder / "key", b"a private key\n")
    return folder / "key"


@pytest.mark.parametrize("save", [_evidence, _record, _profile, _private])
def test_what_cannot_be_written_whole_stays_as_it_was(tmp_path: Path, save: Callable[[Path], Path]) -> None:
    file = save(tmp_path)
    before = file.read_bytes()
    files = sorted(file.parent.iterdir())
    with full_disk(), pytest.raises(GuideError, match=rf"cannot write .*{file.name}: {os.strerror(errno.EFBIG)}"):
        save(tmp_path)
    assert file.read_bytes() == before
    assert sorted(file.parent.iterdir()) == files


def test_a_process_that_is_killed_while_it_writes_leaves_the_old_text_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("as it was\n")
    program = """
import os, pathlib, signal, sys
from mfa_guide.base import writing
pathlib.Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
writing.write(pathlib.Path(sys.argv[1]), "other words\\n")
"""
    done = subprocess.run([sys.executable, "-c", program, str(file)], timeout=60)
    assert done.returncode == -9
    assert file.read_text() == "as it was\n"
    # What is left does not count as a snippet, and is not in the way of the next call.
    assert all(other.name.startswith(".") for other in tmp_path.iterdir() if other != file)
    writing.write(file, "other words\n")
    assert file.read_text() == "other words\n"


def test_who_may_read_it_stays_unless_it_is_said(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("as it was\n")
    file.chmod(0o640)
    writing.write(file, "other words\n")
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("other words\n", 0o640)
    writing.write(file, b"\xff", mode=0o600)
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"\xff", 0o600)
    (tmp_path / "beside").touch()
    writing.write(tmp_path / "new", "new\n")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "beside").stat().st_mode


def test_a_link_to_a_file_stays_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("as it was\n")
    (tmp_path / "link").symlink_to("file")
    writing.write(tmp_path / "link", "other words\n")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "other words\n"


def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True) as reader:
        writing.write(pipe, "words\n")
        assert reader.communicate(timeout=60)[0] == "words\n"
    assert pipe.is_fifo()


@pytest.mark.parametrize(
    ("name", "says"), [("no/such.json", "No such file or directory"), ("folder", "Is a directory")]
)
def test_that_it_cannot_be_written_is_known_first(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "folder").mkdir()
    with (
        pytest.raises(UsageError, match=f"cannot write .*/{name}: {says}"),
        writing.draft(tmp_path / name, error=UsageError),
    ):
        pytest.fail("it is too late here")


def test_a_draft_that_comes_to_nothing_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), writing.draft(tmp_path / "a.json") as put:
        put(str(1 / 0))
    assert list(tmp_path.iterdir()) == []


def test_records_of_several_processes_are_all_kept(tmp_path: Path) -> None:
    program = """
import datetime, pathlib, sys
from mfa_guide.by_hand import records
for number in range(20):
    record = records.Verified(client=sys.argv[2], version=str(number), date=datetime.date.today(), steps={})
    records.add(pathlib.Path(sys.argv[1]), record)
"""

    def add(name: str) -> int:
        return subprocess.run([sys.executable, "-c", program, str(tmp_path), name], timeout=120).returncode

    with ThreadPoolExecutor() as pool:
        assert list(pool.map(add, ("putty", "winscp"))) == [0, 0]
    found = records.read(tmp_path, records.Verified)
    assert sorted((each.client, int(each.version)) for each in found) == [
        (name, number) for name in ("putty", "winscp") for number in range(20)
    ]
