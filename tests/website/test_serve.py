"""`./run serve`: the guide and the practice site begin together and end together."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import CannotRunError
from mfa_guide.website.serve import listen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Start = Callable[..., subprocess.Popen[str]]

PAGE = {"docs/index.md": "# Only page\n\nText.\n"}


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port of this machine that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def home() -> Iterator[Path]:
    """A home for the practice site's state. Its path is short, as that of a socket must be."""
    with tempfile.TemporaryDirectory(prefix="home-") as folder:
        yield Path(folder)


@pytest.fixture
def start(home: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the task with a home of its own for the practice site's state; nothing outlives the test."""
    processes = []

    def start(project: Path, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "mfa_guide.website.serve", *arguments],
            cwd=project,
            env=os.environ | {"HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def read_until(process: subprocess.Popen[str], word: str) -> str:
    """Return what a process prints, up to a line with a word in it."""
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if word in line:
            return seen
    raise AssertionError(f"{word!r} never came: {seen}{process.stderr.read() if process.stderr else ''}")


def read(address: str) -> str:
    """Return what a page says, also when it says that one must come in another way."""
    try:
        with urllib.request.urlopen(address) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return error.read().decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_ends_both(
    small_guide: Callable[..., Path], start: Start, home: Path, number: signal.Signals
) -> None:
    process = start(small_guide(PAGE))
    said = read_until(process, "web pages")
    guide, practice = (line.split(": ")[1].split()[0] for line in said.splitlines() if "http" in line)
    assert f"ssh -F {home}" in said
    assert "Only page" in read(guide)
    assert "PRACTICE" in read(practice)
    process.send_signal(number)
    assert process.wait(timeout=10) == 0
    for address in (guide, practice):
        with pytest.raises(urllib.error.URLError, match="refused"):
            read(address)


def test_when_the_practice_site_ends_the_guide_ends_and_says_so(small_guide: Callable[..., Path], start: Start) -> None:
    process = start(small_guide(PAGE))
    read_until(process, "web pages")
    child = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    os.kill(int(child), signal.SIGKILL)
    assert process.wait(timeout=10) == 1
    assert process.stderr is not None
    assert process.stderr.read() == (
        "serve: the practice site ended by itself (exit status -9), so the guide is no longer served\n"
    )


def test_a_guide_that_does_not_build_is_not_served(small_guide: Callable[..., Path], start: Start) -> None:
    process = start(small_guide({"docs/index.md": "# Page\n\n[Gone](gone.md)\n"}))
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    assert "gone.md" in err
    assert err.splitlines()[-1].startswith("serve: this failed, and says why above: ")


def test_a_port_in_use_is_one_line(small_guide: Callable[..., Path], start: Start, taken_port: int) -> None:
    process = start(small_guide(PAGE), str(taken_port))
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (3, "")
    assert err == f"serve: port {taken_port} is in use: name another one, as in ./run serve 8001\n"


def test_without_a_port_any_free_one_will_do(tmp_path: Path, taken_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mfa_guide.website.serve.PORT", taken_port)
    server = listen(None, tmp_path)
    server.server_close()
    assert server.server_port != taken_port


def test_a_port_that_no_machine_has_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CannotRunError, match=r"^port 99999 cannot be used"):
        listen(99999, tmp_path)


def test_only_this_machine_is_served(tmp_path: Path) -> None:
    server = listen(0, tmp_path)
    server.server_close()
    assert server.server_address[0] == "127.0.0.1"
