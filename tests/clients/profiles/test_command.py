"""`mfa-guide profile`: what it prints and saves, and what it refuses, in one line and with exit code 2."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mfa_guide.clients.profiles import FORMATS, make
from tests.support import POLICY

COMMAND = str(Path(sys.executable).with_name("mfa-guide"))
GIVEN = ("--user", "vsc98765", "--key", "~/.ssh/id_rsa_vsc")


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([COMMAND, "profile", *words], cwd=folder, capture_output=True, timeout=60)


def wanted(client: str) -> bytes:
    return make(client, "vsc98765", "~/.ssh/id_rsa_vsc", POLICY).content


@pytest.mark.parametrize("client", FORMATS)
def test_it_prints_the_profile_and_nothing_else(tmp_path: Path, client: str) -> None:
    done = run(tmp_path, client, *GIVEN)
    assert (done.returncode, done.stderr, done.stdout) == (0, b"", wanted(client))


def test_it_saves_a_file_for_its_owner_and_says_what_to_do_with_it(tmp_path: Path) -> None:
    done = run(tmp_path, "mobaxterm", *GIVEN, "--out", "vsc.mxtsessions")
    first, *importing = done.stdout.decode().splitlines()
    assert (done.returncode, first) == (0, "vsc.mxtsessions is written.")
    assert tuple(importing) == make("mobaxterm", "vsc98765", "~/.ssh/id_rsa_vsc", POLICY).importing
    file = tmp_path / "vsc.mxtsessions"
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (wanted("mobaxterm"), 0o600)
    assert list(tmp_path.iterdir()) == [file]


def test_nothing_is_overwritten_without_force(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "link").symlink_to("mine")
    (tmp_path / "nowhere").symlink_to("not-there")
    for name in ("mine", "link", "nowhere"):
        done = run(tmp_path, "openssh", *GIVEN, "--out", name)
        message = f"mfa-guide: {name} is there already: choose another with --out, or replace it with --force\n"
        assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", message)
    assert (tmp_path / "mine").read_text() == "mine"
    assert not (tmp_path / "not-there").exists()
    assert run(tmp_path, "openssh", *GIVEN, "--out", "mine", "--force").returncode == 0
    assert (tmp_path / "mine").read_bytes() == wanted("openssh")
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("moon", *GIVEN), "choose openssh, putty-reg, putty-unix, mobaxterm, nx, filezilla, winscp"),
        ((), "Missing argument 'CLIENT'"),
        (("openssh", "--user", "vsc98765"), "Missing option '--key'"),
        (("openssh", "--key", "/k"), "Missing option '--user'"),
        (("openssh", "--user", "me", "--key", "/k"), "'me' is no VSC account"),
        (("openssh", "--user", "vsc98765", "--key", "/a\nb"), r"'/a\nb' cannot be the key"),
        (("openssh", "--user", "vsc98765", "--key", "/k.pub"), "is the public half"),
        (("openssh", *GIVEN, "--out", "no/such/file"), "cannot write no/such/file: No such file or directory"),
        (("openssh", *GIVEN, "--out", ".", "--force"), "cannot write .: Is a directory"),
    ],
)
def test_an_error_is_one_line(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    done = run(tmp_path, *words)
    said = done.stderr.decode()
    assert (done.returncode, done.stdout) == (2, b"")
    assert says in said
    assert (said.startswith("mfa-guide: "), said.count("\n")) == (True, 1)
    assert list(tmp_path.iterdir()) == []
