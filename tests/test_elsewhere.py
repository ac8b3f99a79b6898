"""`./run elsewhere`: enters a small system, made by a stand-in of mmdebstrap, as it would enter a Debian."""

from __future__ import annotations

import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import elsewhere
import pytest

from mfa_guide.base.errors import CannotRunError, UsageError

# An ordinary user is root of a user namespace, where all this works, too.
AS_ROOT = [] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--"]
OUTSIDE = (
    "cp",
    "env",
    "git",
    "mkdir",
    "mknod",
    "mount",
    "pivot_root",
    "rm",
    "setpriv",
    "sh",
    "touch",
    "umount",
    "unshare",
)
INSIDE = ("cat", "chmod", "cp", "env", "ls", "mkdir", "rm", "sh", "sleep", "umount")
STAND_INS = {
    "id": "",
    "git": 'case "$*" in *checkout*) cp /opt/run run ;; init*) mkdir guide ;; esac; echo "$*" >>/opt/git',
    "setpriv": 'echo "setpriv $1 $2 $3"; shift 4; exec "$@"',
}


def find(program: str) -> Path:
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    assert found
    return Path(found).resolve()


@pytest.fixture(scope="module")
def small_system(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A system with hardly more than a shell."""
    root = tmp_path_factory.mktemp("system")
    for name in ("dev", "proc", "sys", "tmp", "root", "opt", "etc/sudoers.d", "usr/bin"):
        (root / name).mkdir(parents=True)
    for name in INSIDE:
        program = find(name)
        shutil.copy(program, root / "usr" / "bin" / name)
        for library in re.findall(r"(/\S+) \(0x", subprocess.check_output(["ldd", program], text=True)):
            (root / library.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, root / library.lstrip("/"))
    (root / "bin").symlink_to("usr/bin")
    for name, script in STAND_INS.items():
        write_script(root / "usr" / "bin" / name, script)
    return root


def write_script(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


class Machine:
    """A checkout, and programs with which another system is made of the small one."""

    def __init__(self, folder: Path, system: Path) -> None:
        self.checkout = folder / "checkout"
        self.system = self.checkout / "build" / "elsewhere" / "trixie"
        self.bin = folder / "bin"
        self.log = folder / "log"
        self.bin.mkdir()
        (self.checkout / "tools").mkdir(parents=True)
        shutil.copy(elsewhere.__file__, self.checkout / "tools")
        (self.checkout / ".gitignore").write_text("/build/\n__pycache__/\n")
        for name in OUTSIDE:
            (self.bin / name).symlink_to(find(name))
        self.has("apt-get", "case $* in *indextargets*) echo http://mirror.test/debian/ ;; esac")
        self.has("mmdebstrap", f"shift 3; cp -r {system} $2 && cp {folder}/task $2/opt/run")
        for words in ("init -q -b main", "add .", "-c user.name=x -c user.email=x@x.test commit -q -m x"):
            subprocess.run(["git", "-C", self.checkout, *words.split()], check=True)
        self.task = folder / "task"
        write_script(self.task, "exit 0")

    def has(self, program: str, script: str) -> None:
        """Put a program on the machine; it notes how it was called."""
        write_script(self.bin / program, f'echo "{program} $*" >>{self.log}\n{script}')

    def command(self, *arguments: str) -> list[str]:
        """Return the words that call `./run elsewhere`."""
        return [*AS_ROOT, sys.executable, str(self.checkout / "tools" / "elsewhere.py"), *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Call `./run elsewhere`."""
        return subprocess.run(
            self.command(*arguments),
            env={"PATH": str(self.bin), "HOME": "/"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def made(self) -> int:
        """Return how often a system was made."""
        return self.log.read_text().count("mmdebstrap --") if self.log.exists() else 0


@pytest.fixture
def machine(tmp_path: Path, small_system: Path) -> Machine:
    return Machine(tmp_path, small_system)


def test_it_runs_the_tests_in_there_and_its_exit_status_is_theirs(machine: Machine) -> None:
    write_script(
        machine.task, f'echo "$0 $*"; cat /proc/self/mounts >&2; [ -e {machine.checkout} ] && echo leak; exit 7'
    )
    before = Path("/proc/self/mounts").read_text()
    done = machine.run("trixie")
    assert (done.returncode, done.stdout) == (7, "./run tests\n")
    places = [line.split()[1] for line in done.stderr.splitlines() if " " in line]
    assert {"/", "/proc", "/dev", "/sys"} <= set(places)
    assert not any(".outside" in place for place in places)
    assert Path("/proc/self/mounts").read_text() == before
    assert f"fetch --quiet {elsewhere._BUNDLE} HEAD\n" in (machine.system / "root" / "opt" / "git").read_text()
    resolv = machine.system / "root" / "etc" / "resolv.conf"
    assert resolv.read_text() == Path("/etc/resolv.conf").read_text()


def test_another_task_by_somebody_who_has_sudo(machine: Machine) -> None:
    write_script(machine.task, 'printf "<%s>" "$@"; echo " $USER"')
    small = machine.run("trixie", "--sudo", "--", "check", "a page", "--", "-x")
    # There is no such home in the small system.
    assert (small.returncode, small.stdout) == (3, "")
    (machine.system / "root" / "home" / "guide").mkdir(parents=True)
    done = machine.run("trixie", "--sudo", "--", "check", "a page", "--", "-x")
    assert done.returncode == 0
    assert done.stdout == "setpriv --reuid=guide --regid=guide --init-groups\n<check><a page><--><-x> guide\n"
    assert "NOPASSWD" in (machine.system / "root" / "etc" / "sudoers.d" / "guide").read_text()


def test_what_was_set_up_is_kept_and_all_else_is_clean(machine: Machine) -> None:
    # In the small system git is a stand-in, which notes how it is called: the real one does it here.
    machine.run("trixie")
    (clean,) = re.findall("clean .*", (machine.system / "root" / "opt" / "git").read_text())
    kept, gone = (".venv/bin", "node_modules/x"), ("build/html", "new", "tools/__pycache__", "docs/.venv")
    for name in (*kept, *gone):
        (machine.checkout / name).mkdir(parents=True)
        (machine.checkout / name / "file").touch()
    subprocess.run(["git", "-C", machine.checkout, *clean.split()], check=True)
    assert [name for name in (*kept, *gone) if (machine.checkout / name).exists()] == [*kept]


@pytest.mark.root
def test_in_there_everybody_may_open_the_device_that_sshfs_needs(machine: Machine) -> None:
    write_script(machine.task, "ls -l /dev/fuse")
    assert machine.run("trixie").stdout.startswith("crw-rw-rw- ")


def test_it_is_made_once_until_it_is_old_or_somebody_asks(machine: Machine) -> None:
    assert "elsewhere: making Debian trixie" in machine.run("trixie").stderr.splitlines()
    assert "making" not in machine.run("trixie").stderr
    assert machine.made() == 1
    machine.run("trixie", "--refresh")
    assert machine.made() == 2
    old = time.time() - elsewhere.DAYS * 86_400 - 60
    os.utime(machine.system / "made", (old, old))
    machine.run("trixie")
    assert machine.made() == 3
    assert machine.run("bookworm").returncode == 0
    assert machine.made() == 4
    (*_, last) = machine.log.read_text().splitlines()
    include = f"--include={','.join(elsewhere.BARE)}"
    new = machine.system.with_name("bookworm") / "new"
    assert last == f"mmdebstrap --quiet --variant=minbase {include} bookworm {new} http://mirror.test/debian/"


def test_what_is_not_committed_is_told(machine: Machine) -> None:
    assert "not committed" not in machine.run("trixie").stderr
    (machine.checkout / "new").touch()
    assert machine.run("trixie").stderr == "elsewhere: what is not committed stays here\n"


def is_running(words: str) -> bool:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes() == words.replace(" ", "\0").encode() + b"\0":
                return True
        except OSError:
            continue
    return False


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_with_it_ends_all_that_runs_in_there(machine: Machine, how: signal.Signals) -> None:
    sleeper = f"sleep 30.{os.getpid()}{how.value}"
    write_script(machine.task, f"{sleeper} & echo ready; {sleeper}; echo goes on")
    environment = {"PATH": str(machine.bin), "HOME": "/"}
    # The tests may have begun deaf to Ctrl+C, as a job in the background of a script does.
    command = ["/usr/bin/env", "--default-signal=INT", *machine.command("trixie")]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        while not is_running(sleeper):
            time.sleep(0.02)
        process.send_signal(how)
        # That ends only once nobody in there has it open any more.
        assert process.stdout.read() == b""
    assert process.returncode == (-how if how == signal.SIGKILL else 128 + how)
    assert not is_running(sleeper)
    # Nothing keeps the next one out.
    write_script(machine.task, "exit 0")
    assert machine.run("trixie", "--refresh").returncode == 0


def test_two_at_once_is_one_line(machine: Machine) -> None:
    machine.system.mkdir(parents=True)
    with elsewhere.System("trixie", machine.system.parent).lock():
        done = machine.run("trixie")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert done.stderr.startswith("elsewhere: Debian trixie is in use already")


def test_a_system_that_cannot_be_made_is_one_line_and_leaves_nothing(machine: Machine) -> None:
    machine.run("trixie")
    machine.has("mmdebstrap", 'shift 3; mkdir "$2"; echo "I: begins" >&2; echo "E: no such suite" >&2; exit 25')
    done = machine.run("trixie", "--refresh")
    assert done.returncode == 3
    assert done.stderr == (
        "elsewhere: making Debian trixie\nelsewhere: could not make Debian trixie: E: no such suite\n"
    )
    assert [path.name for path in machine.system.iterdir()] == ["lock"]


def test_mmdebstrap_is_installed_when_it_is_needed_first(machine: Machine) -> None:
    hidden = machine.bin.with_name("mmdebstrap")
    (machine.bin / "mmdebstrap").rename(hidden)
    machine.has("apt-get", "exit 1")
    done = machine.run("trixie")
    assert done.returncode == 3
    first, second = done.stderr.splitlines()
    assert first == "elsewhere: installing mmdebstrap"
    assert second.startswith("elsewhere: could not install mmdebstrap")
    mirror = "case $* in *indextargets*) echo http://mirror.test/debian/ ;;"
    machine.has("apt-get", f"{mirror} *install*) cp {hidden} {machine.bin}/mmdebstrap ;; esac")
    assert machine.run("trixie").returncode == 0
    assert "apt-get -qq install -y --no-install-recommends mmdebstrap\n" in machine.log.read_text()
    assert "installing" not in machine.run("trixie", "--refresh").stderr


def test_a_checkout_without_git_is_one_line(machine: Machine) -> None:
    shutil.rmtree(machine.checkout / ".git")
    done = machine.run("trixie")
    assert done.returncode == 3
    assert done.stderr.splitlines()[1].startswith("elsewhere: could not look into this checkout: fatal: not a git")


@pytest.mark.parametrize("words", [["--frob"], ["a", "b"], ["../etc"]])
def test_wrong_usage_is_one_line(machine: Machine, words: list[str]) -> None:
    done = machine.run(*words)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize(("here", "other"), [("bookworm", "trixie"), ("trixie", "bookworm")])
def test_the_other_one(monkeypatch: pytest.MonkeyPatch, here: str, other: str) -> None:
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: {"VERSION_CODENAME": here})
    assert elsewhere.other_debian() == other


def test_on_another_system_it_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: {"ID": "other"})
    with pytest.raises(UsageError, match=r"Name it: \./run elsewhere bookworm or trixie"):
        elsewhere.elsewhere([])


def test_who_is_not_root_becomes_root_or_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []

    def start(_: str, words: list[str]) -> None:
        started.append(words)
        sys.exit(0)

    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "execvp", start)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://proxy.test")
    with pytest.raises(CannotRunError, match="it takes root"):
        elsewhere.elsewhere(["trixie"])
    write_script(tmp_path / "sudo", 'echo "sudo: a password is required" >&2; exit 1')
    with pytest.raises(CannotRunError, match=r"it takes root .*: a password is required"):
        elsewhere.elsewhere(["trixie"])
    assert started == []
    write_script(tmp_path / "sudo", "exit 0")
    with pytest.raises(SystemExit):
        elsewhere.elsewhere(["trixie", "--", "lint"])
    ((*before, program, script, suite, dashes, task),) = started
    assert before[:3] == ["sudo", "-n", "env"]
    assert "https_proxy=http://proxy.test" in before
    assert (program, script, suite, dashes, task) == (sys.executable, elsewhere.__file__, "trixie", "--", "lint")


def test_pip_finds_the_same_indexes_but_no_files_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    settings = tmp_path / "pip.conf"
    settings.write_text(
        "[global]\nindex-url = https://index.test/simple\ncert = /etc/ca.pem\nconstraint = /etc/constraints.txt\n"
        "find-links = /opt/wheels\nextra-index-url = file:///opt/simple https://more.test/simple\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    found = {name: value for name, value in elsewhere.come_along().items() if name.startswith("PIP_")}
    expected = {"PIP_INDEX_URL": "https://index.test/simple", "PIP_EXTRA_INDEX_URL": "https://more.test/simple"}
    # What else there is may come from this machine's own settings, which pip reads as well.
    assert expected | {"PIP_CERT": "/etc/ca.pem"} == {name: found.get(name) for name in (*expected, "PIP_CERT")}
    assert not {"PIP_FIND_LINKS", "PIP_CONSTRAINT"} & found.keys()


def test_files_that_variables_name_come_along(machine: Machine, tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text("certificates")
    machine.run("trixie")
    done = subprocess.run(
        machine.command("trixie"), env={"PATH": str(machine.bin), "HOME": "/", "NODE_EXTRA_CA_CERTS": str(bundle)}
    )
    assert done.returncode == 0
    assert (machine.system / "root" / str(bundle).lstrip("/")).read_text() == "certificates"
