"""The command line's promises: exit codes, and one clear line for every error a user can cause."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from mfa_guide.by_hand.programs import programs
from mfa_guide.cli import _own_state
from mfa_guide.clients.profiles import FORMATS

COMMAND = str(Path(sys.executable).with_name("mfa-guide"))


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MFA_GUIDE_RUNTIME": str(folder)}
    return subprocess.run([COMMAND, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        ("nonsense", 2, "No such command 'nonsense'"),
        ("practice nonsense", 2, "No such command 'nonsense'"),
        ("practice up --ssh-port x", 2, "'--ssh-port'"),
        ("practice up --ssh-port 70000", 2, "'--ssh-port'"),
        ("practice up --state /dev/null/x --ssh-port 0 --web-port 0", 2, "choose another with --state"),
        ("practice up --state /dev/null --ssh-port 0 --web-port 0", 2, "choose another with --state"),
        ("practice approve", 2, "Missing argument 'URL'"),
        ("practice approve https://firewall.vscentrum.be/abc", 3, "no practice site runs"),
        ("practice clock", 2, "Missing argument 'SHIFT'"),
        ("practice clock yesterday", 2, "write +30s, +5m, +16h or +90d"),
        ("practice clock +1h", 3, "no practice site runs"),
        ("practice key-exchange", 2, "Missing argument 'old|new'"),
        ("practice key-exchange newest", 2, "choose old or new"),
        ("practice key-exchange old", 3, "no practice site runs"),
        ("practice shell --from moon -- true", 2, "choose campus, home, abroad"),
        ("practice shell --join -- true", 3, "no lab runs"),
        ("check", 2, "no mkdocs.yml"),
    ],
)
def test_an_error_is_one_line_and_has_its_exit_code(tmp_path: Path, words: str, status: int, says: str) -> None:
    done = run(tmp_path, *words.split())
    assert (done.returncode, done.stdout) == (status, "")
    assert says in done.stderr
    assert done.stderr.startswith("mfa-guide: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("pr", ["profile", "practice"]),
        ("check --sui", ["--suite"]),
        ("check --suite b", ["bullseye", "bookworm"]),
        ("profile putty", ["putty-reg", "putty-unix"]),
        ("verify ", [*programs()]),
        ("practice shell --from a", ["abroad"]),
    ],
)
def test_a_shell_completes_the_words(tmp_path: Path, typed: str, completed: list[str]) -> None:
    asked = {
        "_MFA_GUIDE_COMPLETE": "complete_bash",
        "COMP_WORDS": f"mfa-guide {typed}",
        "COMP_CWORD": str(len(f"{typed}.".split())),
    }
    environment = {**os.environ, **asked}
    done = subprocess.run([COMMAND], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.stdout.split(), done.stderr) == (completed, "")


def test_a_port_in_use(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run(tmp_path, "practice", "up", "--state", str(tmp_path / "s"), "--ssh-port", port, "--web-port", "0")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"mfa-guide: port {port} is in use: choose another with --ssh-port, or 0 for any free one\n"


@pytest.mark.parametrize(
    "words",
    [
        *("practice up", "practice shell -- true", "practice approve http://127.0.0.1/abc", "practice clock +1h"),
        *("practice key-exchange old", "check", "mutate"),
    ],
)
def test_what_does_not_run_on_windows_itself(tmp_path: Path, words: str) -> None:
    """Windows lacks these, and Python there, too."""
    (tmp_path / "mkdocs.yml").touch()
    windows = (
        "import os, sys; del os.getuid; sys.modules.update(dict.fromkeys(('termios', 'pty', 'fcntl', 'resource')))"
    )
    code = f"{windows}; sys.argv += {words.split()!r}; from mfa_guide.cli import main; main()"
    environment = {**os.environ, "MFA_GUIDE_RUNTIME": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "mfa-guide: this does not run on Windows itself: start it in WSL\n"


def test_its_version(tmp_path: Path) -> None:
    done = run(tmp_path, "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"mfa-guide {version('mfa-guide')}\n", "")


@pytest.mark.parametrize(("command", "clients"), [("profile", list(FORMATS)), ("verify", list(programs()))])
def test_help_names_all_clients(tmp_path: Path, command: str, clients: list[str]) -> None:
    said = " ".join(run(tmp_path, command, "--help").stdout.split())
    named = said.partition("One of ")[2].partition(". ")[0]
    words = [word for word in re.findall(r"[\w-]+", named) if word not in ("on", "Windows", "too")]
    assert sorted(words) == sorted(clients)


@pytest.mark.parametrize(
    "command",
    [
        *("check", "mutate", "profile", "verify", "compare", "explain"),
        *("practice up", "practice shell", "practice approve", "practice clock", "practice key-exchange"),
    ],
)
def test_help_needs_no_knowledge_of_python(tmp_path: Path, command: str) -> None:
    said = run(tmp_path, *command.split(), "--help").stdout
    assert said.startswith("Usage: mfa-guide")
    assert not re.search(r"\[\[|<\w+", said), said


@pytest.mark.parametrize("words", [(), ("practice",), ("--help",), ("practice", "shell", "--help")])
def test_help(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(tmp_path, *words)
    assert done.returncode == (0 if "--help" in words else 2)
    assert "Usage: mfa-guide" in done.stdout + done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_practice_site_ends_by_a_signal_also_where_it_began_deaf_to_it(
    tmp_path: Path, number: signal.Signals
) -> None:
    """As a job in the background of a script does."""
    words = ["practice", "up", "--state", str(tmp_path / "s"), "--ssh-port", "0", "--web-port", "0", "--json"]
    command = ["env", "--ignore-signal=INT,TERM", COMMAND, *words]
    environment = {**os.environ, "MFA_GUIDE_RUNTIME": str(tmp_path)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(number)
        assert process.wait(60) == 0


def test_the_state_is_where_the_user_keeps_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    # As the page for teachers says.
    assert _own_state() == tmp_path / ".local" / "state" / "mfa-guide"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "elsewhere"))
    assert _own_state() == tmp_path / "elsewhere" / "mfa-guide"
