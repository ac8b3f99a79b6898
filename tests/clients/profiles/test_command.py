"""`mfa-guide profile`: what it prints and saves, and what it refuses, in one line and with exit code 2."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mfa_guide.clients.profiles import FORMATS, make
from mfa_guide.policy import load

COMMAND = str(Path(sys.executable).with_name("mfa-guide"))
KEY = "~/.ssh/id_rsa_vsc"
GIVEN = ("--user", "vsc98765")
FORMER = (*GIVEN, "--key", KEY, "--policy", "2024")


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([COMMAND, "profile", *words], cwd=folder, capture_output=True, timeout=60)


def wanted(client: str) -> bytes:
    return make(client, "vsc98765", None, load("2026")).content


@pytest.mark.parametrize("client", [client for client in FORMATS if client != "nx"])
def test_it_prints_the_profile_and_nothing_else(tmp_path: Path, client: str) -> None:
    done = run(tmp_path, client, *GIVEN)
    assert (done.returncode, done.stderr, done.stdout) == (0, b"", wanted(client))


@pytest.mark.parametrize("client", FORMATS)
def test_it_prints_one_by_older_rules(tmp_path: Path, client: str) -> None:
    done = run(tmp_path, client, *FORMER)
    content = make(client, "vsc98765", KEY, load("2024")).content
    assert (done.returncode, done.stderr, done.stdout) == (0, b"", content)


def test_it_saves_a_file_for_its_owner_and_says_what_to_do_with_it(tmp_path: Path) -> None:
    done = run(tmp_path, "mobaxterm", *GIVEN, "--out", "vsc.mxtsessions")
    first, *importing = done.stdout.decode().splitlines()
    assert (done.returncode, first) == (0, "vsc.mxtsessions is written.")
    assert tuple(importing) == make("mobaxterm", "vsc98765", None, load("2026")).importing
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
        (("nx", *GIVEN), "nx has ended: open https://ondemand.hpc.kuleuven.be/ in your browser instead"),
        (("openssh", *GIVEN, "--policy", "2024"), "by the rules of 2024 a login takes a key: name it with --key"),
        (("openssh", *GIVEN, "--policy", "1999"), "there are no rules of '1999': choose 2024, 2026"),
        (("winscp", *GIVEN, "--key", KEY), "a profile for winscp names no key, and a login takes none"),
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
