"""`./run` on a machine where something is missing: it says what, and what to do."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

PROJECT = Path(__file__).parents[1]
# What ./run reads before it sets anything up.
FILES = (
    *("run", "noxfile.py", "debian-packages.txt", "debian-packages-windows.txt"),
    *("pyproject.toml", "constraints.txt", "package-lock.json"),
)
# A Debian that is not released yet has no number.
DEBIAN = int(platform.freedesktop_os_release().get("VERSION_ID", "1000").partition(".")[0])


def packages(file: str) -> list[tuple[str, str]]:
    """Return the packages of a list that this Debian has, each with its program."""
    lines = (line.split() for line in (PROJECT / file).read_text().splitlines() if line and not line.startswith("#"))
    return [(package, program) for package, program, *since in lines if int((since or ["0"])[0]) <= DEBIAN]


PACKAGES = packages("debian-packages.txt")
FOR_WINDOWS = [package for package, _ in packages("debian-packages-windows.txt")]
PROGRAMS = ("sh", "cat", "cksum", "dirname", "env", "tr")


class Machine:
    """A checkout, and a PATH on which only these programs are."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "checkout"
        self.bin = folder / "bin"
        self.log = folder / "log"
        self.checkout.mkdir()
        self.bin.mkdir()
        for name in FILES:
            shutil.copy(PROJECT / name, self.checkout)
        for name in PROGRAMS:
            (self.bin / name).symlink_to(shutil.which(name) or name)
        (self.bin / "python3").symlink_to(sys.executable)

    def has(self, program: str, script: str) -> None:
        """Put a program on the machine; it notes how it was called."""
        path = self.bin / program
        path.unlink(missing_ok=True)
        path.write_text(f'#!/bin/sh\necho "{program} $*" >>{self.log}\n{script}\n')
        path.chmod(0o755)

    def run(self, *arguments: str, first: str = "") -> subprocess.CompletedProcess[str]:
        """Call ./run from elsewhere; `first` comes first on PATH, with a colon."""
        return subprocess.run(
            [self.checkout / "run", *arguments],
            cwd="/",
            env={"PATH": f"{first}{self.bin}", "HOME": str(self.checkout)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        """Return how the programs of `has` were called."""
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A Debian on which no package is installed, used by somebody who is not root and may not become root."""
    machine = Machine(tmp_path)
    machine.has("dpkg-query", "exit 1")
    machine.has("apt-get", "exit 1")
    machine.has("id", "echo 1000")
    machine.has("sudo", "exit 1")
    return machine


def test_alone_it_lists_every_task_with_a_sentence_and_installs_nothing(machine: Machine) -> None:
    result = machine.run()
    assert (result.returncode, result.stderr) == (0, "")
    tasks = dict(re.findall(r"^  (\S+) +(.+)$", result.stdout, re.MULTILINE))
    assert {"serve", "tests", "check", "site", "practice", "lint"} <= tasks.keys()
    assert all(re.fullmatch(r"[A-Z].+\.", sentence) for sentence in tasks.values())
    assert machine.calls() == []
    assert not (machine.checkout / ".venv").exists()


def test_the_tasks_it_lists_are_those_that_nox_knows(machine: Machine) -> None:
    known = subprocess.run(
        [sys.executable, "-m", "nox", "--list", "--noxfile", PROJECT / "noxfile.py"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"NO_COLOR": "1"},
    )
    assert set(re.findall(r"^[*-] (\S+)", known.stdout, re.MULTILINE)) == set(
        re.findall(r"^  (\S+) ", machine.run().stdout, re.MULTILINE)
    )


@pytest.mark.parametrize("answer", ["exit 1", "exit 127"])
def test_a_python_that_does_not_fit_is_one_line(machine: Machine, answer: str) -> None:
    machine.has("python3", f'[ "$1" = --version ] && echo "Python 3.9.2" || {answer}')
    result = machine.run("serve")
    assert result.returncode == 3
    assert result.stderr == (
        "run: python3 must be Python 3.11, 3.12 or 3.13, and is Python 3.9.2: install one of these first\n"
    )


def test_who_may_not_install_packages_is_told_the_exact_command(machine: Machine) -> None:
    result = machine.run("tests")
    assert result.returncode == 3
    assert result.stderr == (
        "run: packages are missing; install them with: sudo apt-get install --no-install-recommends "
        f"{' '.join(package for package, _ in PACKAGES)}\n"
    )
    assert not any(call.startswith("apt-get") for call in machine.calls())


def test_root_gets_only_what_is_missing(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("dpkg-query", '[ "$4" = chromium ] || printf installed')
    machine.has("apt-get", '[ "$2" = update ]')
    result = machine.run("tests")
    assert result.returncode == 3
    assert result.stderr.splitlines()[-1] == "run: could not install chromium: see what apt-get says above"
    assert [call for call in machine.calls() if call.startswith("apt-get")] == [
        "apt-get -qq update",
        "apt-get -qq install -y --no-install-recommends chromium",
    ]


def test_a_package_that_only_a_newer_debian_has_is_not_asked_for(machine: Machine) -> None:
    machine.checkout.joinpath("debian-packages.txt").write_text(f"always -\nthis - {DEBIAN}\nlater - {DEBIAN + 1}\n")
    result = machine.run("tests")
    assert result.stderr.endswith(": sudo apt-get install --no-install-recommends always this\n")


def test_elsewhere_than_on_debian_it_says_which_programs_are_not_there(machine: Machine) -> None:
    for program in ("dpkg-query", "apt-get"):
        (machine.bin / program).unlink()
    machine.has("ssh", "")
    machine.has("git", "")
    # Enough to see that it goes on: making .venv fails here.
    machine.has("python3", '[ "$1" = -m ] && exit 1 || exit 0')
    result = machine.run("tests")
    missing = [program for _, program in PACKAGES if program not in ("-", "ssh", "git")]
    assert "chromium" in missing
    assert result.stderr.splitlines()[0] == (
        f"run: not found here: {' '.join(missing)}. Tasks that need them will say so."
    )
    assert "python3 -m venv --clear .venv" in machine.calls()


@pytest.mark.parametrize("answer", ["echo arm64", "exit 127"])
def test_what_is_for_windows_is_one_line_where_it_cannot_be_done(machine: Machine, answer: str) -> None:
    machine.has("dpkg", answer)
    result = machine.run("windows")
    assert result.returncode == 3
    assert result.stderr == (
        "run: programs for Windows are built and run on Debian for amd64 only, and this is another system\n"
    )
    assert not any(call.startswith(("apt-get", "python3 -m venv")) for call in machine.calls())


def test_who_may_not_install_wine_is_told_the_exact_command(machine: Machine) -> None:
    machine.has("dpkg", "echo amd64")
    result = machine.run("windows")
    assert result.returncode == 3
    assert result.stderr == (
        "run: packages are missing; install them with: sudo apt-get install --no-install-recommends "
        f"{' '.join(FOR_WINDOWS)}\n"
    )


SETS_UP = """case "$*" in
*venv*) mkdir -p .venv/bin; ln -s /bin/true .venv/bin/nox; ln -s "$PATH/venv-python" .venv/bin/python ;;
*version*) echo 3.11 ;;
esac"""


@pytest.fixture
def complete(machine: Machine) -> Machine:
    """A machine that has everything, and on which .venv can be made."""
    for name in ("mkdir", "ln"):
        (machine.bin / name).symlink_to(shutil.which(name) or name)
    machine.has("dpkg-query", "printf installed")
    machine.has("python3", SETS_UP)
    machine.has("npm", "")
    machine.has("venv-python", "")
    return machine


def test_only_what_is_for_windows_installs_wine(complete: Machine) -> None:
    complete.has("dpkg", "echo amd64")
    complete.has("id", "echo 0")
    complete.has("dpkg-query", f'case " {" ".join(FOR_WINDOWS)} " in *" $4 "*) ;; *) printf installed ;; esac')
    complete.has("apt-get", "")
    assert complete.run("tests").returncode == 0
    assert [call for call in complete.calls() if "apt-get -qq install" in call] == []
    before = len(complete.calls())
    assert complete.run("windows").returncode == 0
    assert [call for call in complete.calls()[before:] if call.startswith("apt-get")] == [
        "apt-get -qq update",
        f"apt-get -qq install -y --no-install-recommends {' '.join(FOR_WINDOWS)}",
    ]


@pytest.mark.parametrize("status", [0, 1])
def test_the_oldest_and_the_newest_clients_are_fetched_and_the_task_goes_on_without_them(
    complete: Machine, status: int
) -> None:
    complete.has("venv-python", f'case "$*" in *fetching*) exit {status} ;; esac')
    assert complete.run("tests").returncode == 0
    fetches = [call for call in complete.calls() if "fetching" in call]
    assert fetches == ["venv-python -m mfa_guide.clients.fetching bullseye sid"]


def test_what_npm_says_is_shown_when_it_fails(complete: Machine) -> None:
    complete.has(
        "npm", 'case "$*" in *silent*) ;; *) echo "npm error network no such host" ;; esac; echo "2 old" >&2; exit 1'
    )
    result = complete.run("tests")
    assert result.returncode == 3
    *said, last = result.stderr.splitlines()
    assert "npm error network no such host" in said
    assert last == "run: could not install the packages of package-lock.json: see what npm says above"
    complete.has("npm", 'echo "npm warn deprecated"')
    assert "npm" not in complete.run("tests").stderr


def test_an_activated_venv_stays_what_it_is(complete: Machine) -> None:
    assert complete.run("tests").returncode == 0
    bin_of_venv = complete.checkout / ".venv" / "bin"
    # What `activate` does: another python3 comes first.
    (bin_of_venv / "python3").write_text("#!/bin/sh\necho .venv 3.11\n")
    (bin_of_venv / "python3").chmod(0o755)
    made = len(complete.calls())
    assert complete.run("tests", first=f"{bin_of_venv}:").returncode == 0
    assert [call for call in complete.calls()[made:] if "venv --clear" in call] == []
    assert (bin_of_venv / "python3").exists()


@pytest.mark.parametrize(("fails", "status"), [("", 0), ("tests", 1), ("windows", 1)])
def test_ci_checks_what_is_for_windows_also_when_the_tests_fail(tmp_path: Path, fails: str, status: int) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(PROJECT / ".ci" / "run", tmp_path / ".ci")
    (tmp_path / "run").write_text(f'#!/bin/sh\necho "$@"\n[ "$1" != "{fails}" ]\n')
    (tmp_path / "run").chmod(0o755)
    done = subprocess.run([tmp_path / ".ci" / "run"], cwd="/", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (status, "tests\nwindows --sample 3\n")


@pytest.fixture(scope="module")
def noxfile() -> Any:
    """The module with the tasks; nox takes each name once."""
    spec = importlib.util.spec_from_file_location("noxfile", PROJECT / "noxfile.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("words", "runs"),
    [((), ["pytest", "matrix"]), (("--sample", "3"), ["pytest", "matrix"]), (("docs/log-in/putty.md",), ["matrix"])],
)
def test_what_is_for_windows_is_tests_and_pages_or_the_pages_named(
    monkeypatch: pytest.MonkeyPatch, noxfile: Any, words: tuple[str, ...], runs: list[str]
) -> None:
    steps: list[tuple[str, ...]] = []
    monkeypatch.setattr(noxfile, "run_all", lambda _, all_: steps.extend(all_))
    monkeypatch.setattr(noxfile.subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=0))
    noxfile.windows(SimpleNamespace(posargs=list(words)))
    assert ["pytest" if step[0] == "pytest" else "matrix" for step in steps] == runs
    assert steps[-1][-1 - len(words) :] == ("windows-0.85", *words)


def run_tests(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Call ./run tests, which is set up here."""
    command = [
        sys.executable,
        "-m",
        "nox",
        "--noxfile",
        str(PROJECT / "noxfile.py"),
        "--session",
        "tests",
        "--",
        *arguments,
    ]
    environment = {name: value for name, value in os.environ.items() if name != "MFA_GUIDE_LAB"}
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=600)


def test_tests_that_are_named_are_all_that_is_run_those_of_the_lab_among_them() -> None:
    named = ["tests/test_skips.py", "tests/test_python_examples.py", "-k", "test_skips or plain_paramiko"]
    done = run_tests(*named)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(re.findall(r" passed", done.stdout)) == 2, "outside the lab, and in it"
    assert "mkdocs" not in done.stderr


def test_named_tests_of_which_there_is_none_are_a_failure() -> None:
    done = run_tests("tests/test_skips.py", "-k", "nothing_is_called_so")
    assert done.returncode == 5, done.stdout + done.stderr
    assert "no test is called so" in done.stderr


def test_pytest_finds_the_programs_beside_it_whatever_path_says(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text('import shutil\n\n\ndef test_it():\n    assert shutil.which("mkdocs")\n')
    shutil.copy(PROJECT / "conftest.py", tmp_path)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(tmp_path)]
    done = subprocess.run([*command, str(tmp_path)], env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
