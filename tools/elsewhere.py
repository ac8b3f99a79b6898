"""`./run elsewhere`: a task on the other Debian, in a bare system of its own below build/.

mmdebstrap makes the system, from the mirror that this machine uses. It is entered as a container is: with mounts and
processes of its own, which end with it, whatever happens. The network is this machine's.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import fcntl
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from mfa_guide.base.errors import CannotRunError, GuideError, UsageError
from mfa_guide.clients.debian import debian_mirror

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PROJECT = Path(__file__).resolve().parents[1]
OTHER = {"bookworm": "trixie", "trixie": "bookworm"}
"""For each Debian on which the guide works, the one on which it has to work, too."""
DAYS = 7
"""After how many days a system is made anew: until then it has the packages of the day on which it was made."""
BARE = ("ca-certificates", "git", "python3", "sudo")
"""What `./run` asks for before it installs anything, and what somebody who is not root needs for that."""

_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
_FILES = ("/etc/resolv.conf", "/etc/hosts", _CERTIFICATES)
"""This machine's files that take the place of the system's: they lead to the mirror and to the package indexes."""
_VARIABLES = ("*_proxy", "*_PROXY", "*_CA_*", "SSL_CERT_*", "NPM_CONFIG_*", "npm_config_*", "CI", "TERM")
"""Variables that come along."""
_PIP = ("index-url", "extra-index-url", "trusted-host", "proxy", "cert", "timeout", "default-timeout", "retries")
"""Settings of pip that come along, unless they lead to files of this machine: these are out of sight."""
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# With the process that starts this ends the first of those in there, and so do all others; its mounts nobody else sees.
_APART = (
    *("setpriv", "--pdeathsig=KILL", "--"),
    *("unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation=private"),
)
_BUNDLE = "/opt/checkout.bundle"
"""Where the system finds what is committed here."""

# The shell is the first process in there: it stays, to look after the processes that others leave behind.
_ENTER = """
root=$1
shift
mount --bind "$root" "$root"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t proc proc "$root/proc"
# Debian lets everybody open this device; in a container it is often root's alone.
if [ -e /dev/fuse ] && rm -f "$root/fuse" && mknod --mode=666 "$root/fuse" c 10 229 2>/dev/null; then
    mount --bind "$root/fuse" "$root/dev/fuse"
fi
cd "$root"
mkdir -p .outside
pivot_root . .outside
umount --lazy .outside
cd /
status=0
"$@" || status=$?
exit $status
"""
_PREPARE = """
rm -rf /tmp/*
id guide >/dev/null 2>&1 || useradd --create-home --shell /bin/bash guide
cat >/etc/sudoers.d/guide <<END
Defaults env_keep += "http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY"
guide ALL=(ALL) NOPASSWD: ALL
END
"""
# What ./run has set up before is kept; it sees itself whether that still fits.
_CLONE = """
cd
[ -d guide ] || git init --quiet --initial-branch=main guide
cd guide
git fetch --quiet "$1" HEAD
git checkout --quiet --force --detach FETCH_HEAD
git clean --quiet -ffdx --exclude=/.venv --exclude=/node_modules
"""


def other_debian() -> str:
    """Return the code name of the Debian on which the guide has to work, besides this machine's.

    Raises:
        UsageError: this machine is none of them.
    """
    here = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    if here not in OTHER:
        raise UsageError(f"which Debian is the other one here? Name it: ./run elsewhere {' or '.join(OTHER)}")
    return OTHER[here]


def come_along() -> dict[str, str]:
    """Return the variables of this machine that come along, with pip's settings among them."""
    variables = {name: value for name, value in os.environ.items() if any(fnmatch(name, each) for each in _VARIABLES)}
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True)
    for line in listed.stdout.splitlines():
        # For instance global.index-url='https://pypi.org/simple'; :env:.cert='…' is what a variable says.
        where, _, value = line.partition("=")
        option = where.rpartition(".")[2]
        words = str(ast.literal_eval(value)).split()
        if option != "cert":
            words = [word for word in words if not word.startswith(("/", "file:"))]
        if option in _PIP and words:
            variables.setdefault(f"PIP_{option.upper().replace('-', '_')}", " ".join(words))
    return variables


@dataclass(frozen=True)
class User:
    """Somebody in the system."""

    name: str
    home: str
    identity: Sequence[str]
    """The words that, put before a command, make root this user."""


ROOT = User("root", "/root", ())
ORDINARY = User("guide", "/home/guide", ("setpriv", "--reuid=guide", "--regid=guide", "--init-groups", "--"))
"""Somebody who is not root, and may become it."""


class System:
    """A Debian system in a folder.

    Args:
        suite: the code name of the Debian.
        folder: where it is kept, with what belongs to it.
    """

    def __init__(self, suite: str, folder: Path) -> None:
        self.suite = suite
        self._folder = folder / suite
        self._root = self._folder / "root"

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep others out of it, for as long as the context lasts.

        Raises:
            CannotRunError: somebody is in it.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CannotRunError(f"Debian {self.suite} is in use already: wait for that ./run elsewhere") from None
            yield

    def is_fresh(self) -> bool:
        """Tell whether it is there, and not older than `DAYS` days."""
        made = self._folder / "made"
        return made.is_file() and made.stat().st_mtime > time.time() - DAYS * 86_400

    def make(self) -> None:
        """Make it anew.

        Raises:
            CannotRunError: mmdebstrap is not here and cannot be installed, or fails.
        """
        _install_mmdebstrap()
        _say(f"making Debian {self.suite}")
        mirror, _ = debian_mirror()
        new = self._folder / "new"
        (self._folder / "made").unlink(missing_ok=True)
        for left in (new, self._root):
            shutil.rmtree(left, ignore_errors=True)
        words = ["--quiet", "--variant=minbase", f"--include={','.join(BARE)}", self.suite, str(new), mirror]
        try:
            _call([*_APART, "--mount-proc", "--", "mmdebstrap", *words], f"could not make Debian {self.suite}")
            new.rename(self._root)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        (self._folder / "made").touch()

    def prepare(self, user: User, variables: Mapping[str, str]) -> None:
        """Put into it what comes along, and a clean clone of what is committed here.

        Args:
            user: whose clone it is.
            variables: what `come_along` returns; the files that they name come along, too.

        Raises:
            CannotRunError: git or the kernel does not allow it.
        """
        into = f"could not enter Debian {self.suite}"
        _call(self._entered(["sh", "-ec", _PREPARE]), into, _environment(ROOT, variables))
        for file in {*_FILES, *variables.values()}:
            if file.startswith("/") and Path(file).is_file():
                copy = self._root / file.lstrip("/")
                copy.parent.mkdir(parents=True, exist_ok=True)
                # A link there might lead out of the system.
                copy.unlink(missing_ok=True)
                shutil.copyfile(file, copy)
        git = ["git", "-c", f"safe.directory={PROJECT}", "-C", str(PROJECT)]
        if _call([*git, "status", "--porcelain"], "could not look into this checkout"):
            _say("what is not committed stays here")
        bundle = str(self._root / _BUNDLE.lstrip("/"))
        _call([*git, "bundle", "create", "--quiet", bundle, "HEAD"], "could not take what is committed along")
        clone = [*user.identity, "sh", "-ec", _CLONE, "clone", _BUNDLE]
        _call(self._entered(clone), f"could not clone into Debian {self.suite}", _environment(user, variables))

    def run(self, user: User, arguments: Sequence[str], variables: Mapping[str, str]) -> int:
        """Run `./run` in it, in the clone, and return its exit status. When this ends, all that runs in there does."""
        words = [*user.identity, "sh", "-c", 'cd ~/guide && exec ./run "$@"', "run", *arguments]
        process = subprocess.Popen(self._entered(words), env=_environment(user, variables))
        try:
            status = process.wait()
        finally:
            process.kill()
            process.wait()
        return status if status >= 0 else 128 - status

    def _entered(self, command: Sequence[str]) -> list[str]:
        """Return the words that run a command in it. It is not deaf to Ctrl+C, even if a script started this."""
        hears = ["env", "--default-signal=HUP,INT,QUIT"]
        return [*_APART, "--", *hears, "sh", "-ec", _ENTER, "enter", str(self._root), *command]


def _environment(user: User, variables: Mapping[str, str]) -> dict[str, str]:
    who = {"HOME": user.home, "USER": user.name, "LOGNAME": user.name, "SHELL": "/bin/bash"}
    return {**variables, **who, "PATH": _PATH, "LANG": "C.UTF-8"}


def _say(text: str) -> None:
    print(f"elsewhere: {text}", file=sys.stderr, flush=True)


def _call(command: Sequence[str], trouble: str, environment: Mapping[str, str] | None = None) -> str:
    """Run a program that says nothing but what is wrong, and return its output.

    Args:
        command: the program and its arguments.
        trouble: what it means when it fails, as the begin of a sentence.
        environment: its variables, when not this process's.

    Raises:
        CannotRunError: it is not there, or fails; the message ends with the last that it said.
    """
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment)
    except FileNotFoundError:
        raise CannotRunError(f"{trouble}: there is no {command[0]}") from None
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        # apt has its errors above its advice.
        raise CannotRunError(f"{trouble}: {next((line for line in said if line.startswith('E: ')), said[-1])}")
    return done.stdout


def _install_mmdebstrap() -> None:
    if shutil.which("mmdebstrap"):
        return
    _say("installing mmdebstrap")
    trouble = "could not install mmdebstrap, which makes the system"
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", "mmdebstrap"]):
        _call(["apt-get", "-qq", *words], trouble, environment)


def _become_root(arguments: Sequence[str], variables: Mapping[str, str]) -> NoReturn:
    """Begin again as root.

    Raises:
        CannotRunError: that is not allowed.
    """
    _call(["sudo", "-n", "true"], "it takes root to make and to enter a system, and sudo does not do")
    given = [f"{name}={value}" for name, value in variables.items()]
    os.execvp("sudo", ["sudo", "-n", "env", *given, sys.executable, __file__, *arguments])


def _end(number: int, _frame: object) -> NoReturn:
    sys.exit(128 + number)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; {self.format_usage().strip()}")


def elsewhere(arguments: Sequence[str]) -> int:
    """Run a task on the other Debian, and return its exit status.

    Args:
        arguments: those of `./run elsewhere`.

    Raises:
        UsageError: they are wrong.
        CannotRunError: there can be no such system here.
    """
    parser = _Parser(
        prog="./run elsewhere",
        usage="%(prog)s [SUITE] [--sudo] [--refresh] [-- TASK [ARGUMENT …]]",
        description="Runs the tests, or another task, on the other Debian: a bare one, which is made below build/.",
    )
    parser.add_argument("suite", nargs="?", help="the code name of a Debian; the other one when not given")
    parser.add_argument("--sudo", action="store_true", help="run it as somebody who is not root, but has sudo")
    parser.add_argument("--refresh", action="store_true", help="make the system anew, also when it is not old")
    at = list(arguments).index("--") if "--" in arguments else len(arguments)
    asked = parser.parse_args(arguments[:at])
    suite = asked.suite or other_debian()
    if not re.fullmatch("[a-z]+", suite):
        raise UsageError(f"{suite!r} is no code name of a Debian")
    variables = come_along()
    if os.geteuid() != 0:
        _become_root(arguments, variables)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Whoever starts it with nohup wants one to be ignored.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _end)
    user = ORDINARY if asked.sudo else ROOT
    system = System(suite, PROJECT / "build" / "elsewhere")
    with system.lock():
        if asked.refresh or not system.is_fresh():
            system.make()
        system.prepare(user, variables)
        return system.run(user, arguments[at + 1 :] or ["tests"], variables)


def main() -> None:
    """Run `./run elsewhere`; what a user can mend is one line on standard error."""
    try:
        sys.exit(elsewhere(sys.argv[1:]))
    except GuideError as error:
        _say(str(error))
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
