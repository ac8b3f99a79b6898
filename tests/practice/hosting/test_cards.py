"""Which practice sites run, and which of them a command means."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.loopback_site import COMMAND, LoopbackSite, read_link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.practice.hosting.running import PracticeSite

PATIENCE = 60
"""Seconds after which what does not come never comes."""


def run(runtime: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MFA_GUIDE_RUNTIME": str(runtime)}
    command = [*COMMAND, "practice", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE)


def share(site: PracticeSite, runtime: Path) -> Path:
    """Let a site be found in a folder beside others; return its card there."""
    runtime.mkdir(exist_ok=True)
    (card,) = site.runtime.glob("*.json")
    return Path(shutil.copy2(card, runtime))


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, LoopbackSite, LoopbackSite]]:
    """Two practice sites, and the folder in which both are found; the second is the newer one."""
    folder = tmp_path_factory.mktemp("two")
    first, second = (LoopbackSite.start(folder / name, managed=True) for name in ("first", "second"))
    for site in (first, second):
        share(site, folder / "runtime")
    yield folder / "runtime", first, second
    for site in (first, second):
        site.stop()


def test_a_site_that_is_suspended_keeps_its_card(site: LoopbackSite, tmp_path: Path) -> None:
    (card,) = site.runtime.glob("*.json")
    os.kill(site.process.pid, signal.SIGSTOP)
    try:
        asked = run(site.runtime, "clock", "+1s")
        assert (asked.returncode, asked.stdout) == (3, "")
        assert asked.stderr == "mfa-guide: the practice site does not answer within 20 s: is it suspended?\n"
    finally:
        os.kill(site.process.pid, signal.SIGCONT)
    assert card.exists()
    assert run(site.runtime, "clock", "+1s").returncode == 0


def test_one_that_was_killed_loses_its_card(tmp_path: Path) -> None:
    site = LoopbackSite.start(tmp_path)
    (card,) = site.runtime.glob("*.json")
    os.kill(site.process.pid, signal.SIGKILL)
    site.stop()
    assert card.exists()
    asked = run(site.runtime, "clock", "+1s")
    assert (asked.returncode, asked.stderr.count("\n")) == (3, 1)
    assert not card.exists()


def test_cards_come_and_go_while_somebody_looks(site: LoopbackSite, tmp_path: Path) -> None:
    runtime = tmp_path / "runtime"
    share(site, runtime)
    (runtime / "1-loopback.json").symlink_to(tmp_path / "gone")
    (runtime / "2-loopback.json").write_text('{"control": ')
    asked = run(runtime, "clock", "+1s")
    # It is the only one there.
    assert (asked.returncode, asked.stderr) == (0, "")


@pytest.mark.parametrize("words", [("clock", "+1s"), ("key-exchange", "new")])
def test_a_command_moves_none_of_several_without_being_told_which(
    two: tuple[Path, LoopbackSite, LoopbackSite], words: tuple[str, ...]
) -> None:
    runtime, first, second = two
    asked = run(runtime, *words)
    assert (asked.returncode, asked.stdout, asked.stderr.count("\n")) == (2, "", 1)
    assert asked.stderr.startswith("mfa-guide: several practice sites run, say which with --state: ")
    for site in (first, second):
        assert f"the practice site on loopback, {site.web} (--state {site.folder}/state)" in asked.stderr
        named = run(runtime, *words, "--state", f"{site.folder}/state")
        assert named.returncode == 0
        assert named.stderr == f"This is the practice site on loopback, {site.web} (--state {site.folder}/state).\n"
    none = run(runtime, *words, "--state", str(runtime))
    assert (none.returncode, none.stderr.count("\n")) == (3, 1)
    assert f"no practice site with its state in {runtime} runs, but " in none.stderr


def test_a_link_leads_to_its_own_site(two: tuple[Path, LoopbackSite, LoopbackSite]) -> None:
    runtime, *sites = two
    for site in sites:
        login = site.ssh("whoami")
        approved = run(runtime, "approve", read_link(login))
        assert (approved.returncode, approved.stdout) == (0, "Yes: login of vsc98765 on login.hpc.kuleuven.be\n")
        assert site.web in approved.stderr
        assert login.communicate(timeout=PATIENCE)[0] == "vsc98765\n"


def test_a_link_leads_to_its_own_site_while_another_is_suspended(
    two: tuple[Path, LoopbackSite, LoopbackSite],
) -> None:
    runtime, first, second = two
    os.kill(second.process.pid, signal.SIGSTOP)
    try:
        login = first.ssh("whoami")
        assert run(runtime, "approve", read_link(login)).returncode == 0
        login.communicate(timeout=PATIENCE)
    finally:
        os.kill(second.process.pid, signal.SIGCONT)


@pytest.mark.parametrize("link", ["", "nonsense", "abc/def", "ftp://127.0.0.1/abc", "http:///abc", "http://[/abc"])
def test_what_is_no_link_is_called_so(two: tuple[Path, LoopbackSite, LoopbackSite], link: str) -> None:
    asked = run(two[0], "approve", link)
    assert (asked.returncode, asked.stdout) == (2, "")
    assert asked.stderr.startswith(f"mfa-guide: {link!r} is not a login link: ")
    assert asked.stderr.count("\n") == 1


def test_a_good_link_of_a_site_that_is_not_found(two: tuple[Path, LoopbackSite, LoopbackSite]) -> None:
    runtime, first, second = two
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        link = f"http://127.0.0.1:{nobody.getsockname()[1]}/abcdefghijklmnopqrs"
        asked = run(runtime, "approve", link)
    assert (asked.returncode, asked.stdout, asked.stderr.count("\n")) == (3, "", 1)
    assert f"has links that begin with {link.removesuffix('abcdefghijklmnopqrs')}, but " in asked.stderr
    assert first.web in asked.stderr and second.web in asked.stderr


def test_an_unknown_link_of_a_site_that_runs(two: tuple[Path, LoopbackSite, LoopbackSite]) -> None:
    runtime, first, _ = two
    asked = run(runtime, "approve", f"{first.web}/abcdefghijklmnopqrs")
    assert (asked.returncode, asked.stdout, asked.stderr.count("\n")) == (1, "", 1)
    assert "there is no such link" in asked.stderr


def test_the_runtime_folder_is_made(tmp_path: Path) -> None:
    runtime = tmp_path / "a" / "b"
    words = ["up", "--state", str(tmp_path / "state"), "--ssh-port", "0", "--web-port", "0", "--json"]
    environment = {**os.environ, "MFA_GUIDE_RUNTIME": str(runtime)}
    with subprocess.Popen([*COMMAND, "practice", *words], stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        about = json.loads(process.stdout.readline())
        assert about["entrance"].startswith(f"{about['web']}/enter/")
        assert runtime.stat().st_mode & 0o777 == 0o700
        assert run(runtime, "clock", "+1s").returncode == 0
        process.terminate()


def test_a_runtime_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    asked = run(tmp_path / "file" / "x", "clock", "+1s")
    assert (asked.returncode, asked.stderr.count("\n")) == (2, 1)
    assert f"cannot use {tmp_path}/file/x, which MFA_GUIDE_RUNTIME names" in asked.stderr
