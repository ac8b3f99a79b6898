"""A practice site as a whole: what ends it, and in which order it ends."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import CannotRunError, GuideError
from mfa_guide.practice.hosting import assembly, loopback
from mfa_guide.practice.rules.clock import Clock
from mfa_guide.practice.rules.state import State
from tests.support import POLICY
from tests.support.loopback_site import LoopbackSite, read_link

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

    from mfa_guide.practice.hosting.loopback import Loopback

PATIENCE = 60
"""Seconds after which what does not come never comes."""


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MFA_GUIDE_RUNTIME", str(tmp_path / "runtime"))


def run(folder: Path, do: Callable[[Loopback], None], *, users: int = 1) -> None:
    """Run a site in this process, do something to it, and wait for its end."""

    async def site() -> None:
        async with (
            asyncio.timeout(PATIENCE),
            loopback.run(POLICY, folder / "state", ssh_port=0, web_port=0, users=users) as running,
        ):
            do(running)
            await asyncio.Event().wait()

    asyncio.run(site())


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (CannotRunError("the doors cannot be closed"), "the doors cannot be closed"),
        (
            RuntimeError("a mistake"),
            "the practice site has ended, for keeping the time failed: RuntimeError: a mistake",
        ),
    ],
)
def test_what_fails_in_the_background_ends_the_site(tmp_path: Path, error: Exception, says: str) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(GuideError) as caught:
        run(tmp_path, lambda site: setattr(site.site.service.access, "on_change", fail))
    assert str(caught.value) == says
    assert not list((tmp_path / "runtime").iterdir())


class _Ends:
    """A web server that has nothing to do."""

    started = should_exit = False

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    async def serve(self, sockets: list[socket.socket]) -> None:
        if self._error:
            raise self._error


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (None, "the practice site has ended, for its web server has"),
        (OSError(24, "Too many open files"), "serving the web pages failed: OSError: [Errno 24] Too many open files"),
    ],
)
def test_a_web_server_that_does_not_start_is_told_of_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception | None, says: str
) -> None:
    monkeypatch.setattr(assembly, "make_server", lambda *_, **__: _Ends(error))
    with pytest.raises(GuideError) as caught:
        run(tmp_path, lambda _: pytest.fail("it runs"))
    assert says in str(caught.value)


def test_the_command_says_in_one_line_what_ended_it(tmp_path: Path) -> None:
    breaks = "from mfa_guide.practice.rules.logins import Logins; Logins.expire = lambda self: 1 / 0"
    words = f"practice up --state {tmp_path}/s --ssh-port 0 --web-port 0".split()
    code = f"{breaks}; import sys; sys.argv += {words!r}; from mfa_guide.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 1
    assert done.stderr == (
        "mfa-guide: the practice site has ended, for keeping the time failed: ZeroDivisionError: division by zero\n"
    )


def test_what_happens_at_the_end_is_still_recorded(tmp_path: Path) -> None:
    """Connections end before the state is closed: a login that waits has ended, and its link is gone."""
    site = LoopbackSite.start(tmp_path, managed=True)
    login = site.ssh("whoami")
    read_link(login)
    assert site.stop() == 0
    assert "Connection closed" in login.communicate(timeout=PATIENCE)[1] or login.returncode == 255
    with contextlib.closing(State(tmp_path / "state" / "state.sqlite", Clock())) as state:
        assert [event.event for event in state.events()][-1] == "login left"
    assert site.process.complaints == ""


def test_keys_are_made_after_one_that_cannot_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "participants"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "vsc98766").write_text("no key")
    site = LoopbackSite.start(tmp_path, users=3)
    deadline = time.monotonic() + PATIENCE
    while "vsc98767" not in [details.get("account") for _, details in site.events()]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert site.stop() == 0
    assert site.process.complaints == (
        f"mfa-guide: the key {folder}/vsc98766 cannot be read: move it away, and the practice site makes a new one\n"
    )


def test_the_practice_key_is_added_once(tmp_path: Path) -> None:
    async def added() -> int:
        async with loopback.run(POLICY, tmp_path / "state", ssh_port=0, web_port=0) as running:
            return running.site.service.state.count("key added")

    assert [asyncio.run(added()) for _ in range(2)] == [1, 1]
