"""`./run serve`: the guide and the practice site begin together and end together."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
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

import mfa_guide
from mfa_guide.base.errors import CannotRunError
from mfa_guide.website.serve import Server
from tests.support.loopback_site import read_link
from tests.support.readers import wait_until

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
            # As a job in the background of a script is started: deaf to Ctrl+C.
            ["env", "--ignore-signal=INT", sys.executable, "-m", "mfa_guide.website.serve", *arguments],
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


def test_the_address_can_be_opened_as_soon_as_it_is_shown(small_guide: Callable[..., Path], start: Start) -> None:
    said = read_until(start(small_guide(PAGE)), "The guide")
    port = int(said.rsplit(":", 1)[1].strip("/\n"))
    socket.create_connection(("127.0.0.1", port)).close()


def test_two_that_begin_together_have_a_port_each(tmp_path: Path) -> None:
    first, second = (Server(None, tmp_path, lambda: None) for _ in range(2))
    with contextlib.closing(first.socket), contextlib.closing(second.socket):
        assert first.server_port != second.server_port


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
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert err.splitlines()[0].startswith("serve: docs/index.md:6: the link goes to gone.md, which does not exist")
    assert "Traceback" not in err


def test_a_port_in_use_is_one_line(small_guide: Callable[..., Path], start: Start, taken_port: int) -> None:
    process = start(small_guide(PAGE), str(taken_port))
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (3, "")
    assert err == f"serve: port {taken_port} is in use: name another one, as in ./run serve 8001\n"


def nothing() -> None:
    """Stand for a build that never comes."""


def test_without_a_port_any_free_one_will_do(tmp_path: Path, taken_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mfa_guide.website.serve.PORT", taken_port)
    server = Server(None, tmp_path, nothing)
    server.server_close()
    assert server.server_port != taken_port


def test_a_port_that_no_machine_has_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CannotRunError, match=r"^port 99999 cannot be used"):
        Server(99999, tmp_path, nothing)


def test_only_this_machine_is_served(tmp_path: Path) -> None:
    server = Server(0, tmp_path, nothing)
    server.server_close()
    assert server.server_address[0] == "127.0.0.1"


FACT = "{{ facts.key_delay }} minutes"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package, which what is started uses: its facts may change."""
    shutil.copytree(Path(mfa_guide.__file__).parent, tmp_path / "package" / "mfa_guide")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "package"))
    # Without them nothing but sources lies there.
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    return tmp_path / "package" / "mfa_guide"


def shows(address: str, text: str) -> bool:
    """Wait until a page shows a text."""
    wait_until(lambda: text in read(address), lambda: f"{text!r} in {read(address)}")
    return True


def change(file: Path, old: str, new: str) -> None:
    """Save a file with something else in it."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_what_is_saved_is_shown_and_the_practice_site_goes_on(
    elsewhere: Path, start: Start, home: Path, package: Path
) -> None:
    page = elsewhere / "docs" / "index.md"
    change(page, "# Say hello\n", f"# Say hello\n\n{FACT}\n")
    process = start(elsewhere, "0")
    said = read_until(process, "web pages")
    guide, practice = (line.split(": ")[1].split()[0] for line in said.splitlines() if "http" in line)
    (config,) = re.findall(r"ssh -F (\S+)", said)
    assert shows(guide, "30 minutes")
    # The browser that shows it is told of what comes.
    assert "/livereload/" in read(guide)

    def approve(what: str) -> None:
        command = [str(Path(sys.executable).with_name("mfa-guide")), "practice", "approve", what]
        subprocess.run(command, check=True, env=os.environ | {"HOME": str(home)}, capture_output=True)

    # The firewall page comes first.
    approve(practice.partition("/enter")[0] + "/")
    options = ("-o", "StrictHostKeyChecking=no")
    login = subprocess.Popen(
        ["ssh", "-F", config, *options, "vsc98765@login.hpc.kuleuven.be", "echo", "still here"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    link = read_link(login)

    change(page, "Say hello", "Say goodbye")
    assert shows(guide, "Say goodbye")
    change(elsewhere / "snippets" / "hello.txt", "$ echo hello\nhello\n", "$ echo adieu\nadieu\n")
    assert shows(guide, "adieu")
    change(package / "policy" / "2026.toml", "[facts.key_delay]\nvalue = 30", "[facts.key_delay]\nvalue = 31")
    assert shows(guide, "31 minutes")
    change(page, FACT, "{{ facts.key_dely }}")
    assert process.stderr is not None
    assert (
        "docs/index.md:6: the policy 2026 has no fact 'key_dely': did you mean key_delay" in process.stderr.readline()
    )
    assert "the guide is shown as it was before" in process.stderr.readline()
    assert "31 minutes" in read(guide)
    change(page, "{{ facts.key_dely }}", "Mended")
    assert shows(guide, "Mended")

    assert "PRACTICE" in read(practice)
    assert login.poll() is None
    approve(link)
    assert login.communicate(timeout=60)[0] == "still here\n"


def test_the_evidence_of_the_last_check_stays(elsewhere: Path, start: Start) -> None:
    subprocess.run([Path(sys.executable).with_name("mfa-guide"), "check"], cwd=elsewhere, check=True)
    process = start(elsewhere, "0")
    said = read_until(process, "web pages")
    (guide,) = (line.split(": ")[1] for line in said.splitlines() if line.startswith("The guide: "))
    assert "Checked on" in read(guide)
    change(elsewhere / "docs" / "index.md", "Say hello", "Say goodbye")
    assert shows(guide, "Say goodbye")
    assert "Checked on" in read(guide)
