"""sshfs, typed as a reader types it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mfa_guide.practice.lab import Lab
from tests.support import POLICY, POLICY_2024
from tests.support.readers import KEY, Done, Reader, at, how_logged_in, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def folder(home: Reader) -> Iterator[str]:
    """An empty folder, where nothing is mounted afterwards."""
    home.bash("mkdir -p files")
    yield "files"
    home.run("fusermount3", "-u", "-z", "files")


def is_mounted(reader: Reader) -> bool:
    return " /home/reader/files fuse.sshfs " in reader.bash("cat /proc/self/mounts")


def test_with_a_certificate_it_mounts_at_once(lab: Lab, home: Reader, folder: str) -> None:
    holder = home.with_certificate()
    holder.bash(f"sshfs {at('login')}: {folder}")
    assert how_logged_in(lab) == "certificate"
    assert is_mounted(holder)
    data = bytes(range(256)) * 2000
    holder.write(f"{folder}/written", data)
    holder.bash(f"cp {folder}/written back; mkdir {folder}/sub; echo deep > {folder}/sub/file")
    assert holder.read("back") == data
    assert holder.bash(f"ssh {at('login')} cat sub/file") == "deep\n"
    holder.bash(f"fusermount3 -u {folder}")
    assert not is_mounted(holder)
    assert holder.bash(f"ls {folder}") == ""


def test_without_one_it_hangs_until_the_link_ends(lab: Lab, home: Reader, folder: str) -> None:
    """Nobody sees the link: ssh's messages go nowhere."""
    sshfs = home.start("sshfs", "-o", f"IdentityFile={KEY}", f"{at('login')}:", folder)
    wait_until(lambda: lab.events()[-1][0] == "link shown")
    assert sshfs.process.poll() is None
    lab.move_clock("+301s")
    done = sshfs.finish()
    assert (done.status, done.out) == (1, "")
    assert done.err == "read: Connection reset by peer\n"
    assert not is_mounted(home)


def test_in_the_foreground_it_shows_the_link(home: Reader, folder: str) -> None:
    sshfs = home.start("sshfs", "-f", "-o", f"IdentityFile={KEY}", f"{at('login')}:", folder)
    home.approve(sshfs.link())
    wait_until(lambda: is_mounted(home))
    home.bash(f"echo there > {folder}/by-sshfs; ls {folder} | grep by-sshfs; fusermount3 -u {folder}")
    assert sshfs.finish().status == 0


def test_in_early_2024_beside_an_open_login_it_mounts_too(fresh_state: Callable[[], Path]) -> None:
    with Lab.start(POLICY_2024, fresh_state()) as lab:
        home = Reader(lab, lab.machine("home"))
        login = home.hold("login")
        home.bash(f"mkdir files; sshfs -o IdentityFile={KEY} {at('login-tier1')}: files")
        assert how_logged_in(lab) == "ride"
        assert is_mounted(home)
        login.finish()
        # The connection is its own: it outlives the login beside which it rode.
        home.bash("ls files; fusermount3 -u files")


def test_today_beside_an_open_login_it_waits_for_a_yes_all_the_same(lab: Lab, home: Reader, folder: str) -> None:
    login = home.hold("login")
    sshfs = home.start("sshfs", f"{at('login')}:", folder)
    wait_until(lambda: lab.events()[-1][0] == "link shown")
    assert sshfs.process.poll() is None
    lab.ask(do="visit", addresses=POLICY.names("practice_home"))
    assert sshfs.finish().status == 0
    assert how_logged_in(lab) == "browser"
    assert is_mounted(home)
    login.finish()


@pytest.mark.parametrize("words", [["-u"], ["-uzq", "--"], ["--unmount", "--quiet", "--lazy", "--"]])
def test_it_is_put_away_by_short_and_by_long_options(home: Reader, folder: str, words: list[str]) -> None:
    """People type the short ones, and libfuse 3.17 the long ones."""
    home.with_certificate().bash(f"sshfs {at('login')}: {folder}")
    assert is_mounted(home)
    assert home.run("fusermount3", *words, folder) == Done(0, "", "")
    assert not is_mounted(home)


@pytest.mark.parametrize("words", ["-u", "-x files", "--frob files", "-u files files", "files", "--options", ""])
def test_what_is_not_known_is_one_line(home: Reader, folder: str, words: str) -> None:
    done = home.run("fusermount3", *words.split())
    assert done == Done(1, "", "fusermount3: this is not known on the practice site\n")


@pytest.mark.parametrize("words", ["sshfs --version", "fusermount3 -V", "fusermount3 --version"])
def test_it_tells_its_version(home: Reader, words: str) -> None:
    done = home.run(*words.split())
    assert (done.status, done.err) == (0, "")
    assert re.search(r"^fusermount3 version: 3\.", done.out, re.MULTILINE)


ATTACK = """
import os, socket, subprocess, sys
ours, theirs = socket.socketpair()
os.set_inheritable(theirs.fileno(), True)
words = ["fusermount3", "-o", "rw,suid,dev", "--", sys.argv[1]]
environment = {**os.environ, "_FUSE_COMMFD": str(theirs.fileno())}
sys.exit(subprocess.run(words, env=environment, close_fds=False).returncode)
"""
"""Asks for a mount itself, without what libfuse looks at first."""


@pytest.mark.parametrize("place", ["/usr", "/", "/home/reader", "/tmp", "/run/mfa-guide", "way-out", "way-out/..", "x"])
def test_where_nothing_can_be_mounted(home: Reader, place: str) -> None:
    """Neither over the machine's programs, nor through a link that leads to them."""
    home.bash("ln -sfn /usr/bin way-out")
    before = home.bash("cat /proc/self/mounts")
    done = home.run("python", "-c", ATTACK, place)
    assert (done.status, done.err.startswith("fusermount3: "), done.err.count("\n")) == (1, True, 1), done
    assert home.bash("cat /proc/self/mounts") == before


@pytest.mark.parametrize("place", ["/root", "/run/mfa-guide", "/tmp", "/home/reader", "/home/reader/way-out", "/"])
def test_nothing_of_the_machine_can_be_unmounted(home: Reader, place: str) -> None:
    home.bash("ln -sfn /root way-out")
    before = home.bash("cat /proc/self/mounts")
    done = home.run("fusermount3", "-u", "-z", place)
    assert (done.status, done.err.startswith("fusermount3: "), done.err.count("\n")) == (1, True, 1)
    assert home.bash("cat /proc/self/mounts") == before


def test_neither_programs_that_change_the_user_nor_devices(home: Reader, folder: str) -> None:
    home.bash(f"python -c '{ATTACK}' {folder}")
    (mount,) = [line for line in home.bash("cat /proc/self/mounts").splitlines() if " /home/reader/files " in line]
    assert {"nosuid", "nodev"} <= set(mount.split()[3].split(","))


def test_nobody_outside_sees_it(home: Reader, campus: Reader, folder: str) -> None:
    holder = home.with_certificate()
    holder.bash(f"sshfs {at('login')}: {folder}")
    assert is_mounted(holder)
    campus.bash("mkdir -p files")
    assert not is_mounted(campus)
    assert "sshfs" not in Path("/proc/self/mounts").read_text()


# Only a lab that root starts has a device of its own. For others it is the computer's, which no test may close.
@pytest.mark.root
def test_a_computer_without_fuse(fresh_state: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says so, and the rest of the lab works."""

    def closed_device(folder: Path) -> Path:
        (folder / "fuse").touch(mode=0)
        return folder / "fuse"

    monkeypatch.setattr("mfa_guide.practice.lab.make_device", closed_device)
    with Lab.start(POLICY, fresh_state(), managed=True) as lab:
        reader = Reader(lab, lab.machine("home"))
        holder = reader.with_certificate()
        done = holder.run("bash", "-c", f"mkdir files; sshfs {at('login')}: files")
        assert (done.status, done.out) == (1, "")
        assert done.err == "fuse: failed to open /dev/fuse: Permission denied\n"
