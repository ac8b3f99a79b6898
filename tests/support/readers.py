"""A reader's machine in the lab, with the real clients on it: what the tests of the rules drive."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pexpect

from mfa_guide.practice.hosting.running import LINK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mfa_guide.practice.lab import Lab, LabMachine

ACCOUNT = "vsc98765"
KEY = "/home/reader/.ssh/id_rsa_vsc"
FIREWALL_PAGE = "https://firewall.vscentrum.be/"
HOSTS = {
    "login": "login.hpc.kuleuven.be",
    "login-tier1": "login-tier1.hpc.kuleuven.be",
    "nx": "nx.hpc.kuleuven.be",
    "firewall": "firewall.vscentrum.be",
}
"""Each role's host."""
PATIENCE = 30
"""Seconds after which a program that has not ended hangs."""


def at(role: str) -> str:
    """Return the account at a role's host, as it is typed."""
    return f"{ACCOUNT}@{HOSTS[role]}"


@dataclass(frozen=True)
class Done:
    """A program that has ended."""

    status: int
    out: str
    err: str


class Started:
    """A program that runs on a reader's machine. What it says is kept in files, so that it never waits for a reader."""

    def __init__(self, argv: Sequence[str]) -> None:
        # They live as long as this.
        self._out = tempfile.TemporaryFile()  # noqa: SIM115
        self._err = tempfile.TemporaryFile()  # noqa: SIM115
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=self._out, stderr=self._err)

    @staticmethod
    def _said(file: Any) -> str:
        size = os.fstat(file.fileno()).st_size
        return str(os.pread(file.fileno(), size, 0).decode())

    @property
    def out(self) -> str:
        """What it has written to standard output."""
        return self._said(self._out)

    @property
    def err(self) -> str:
        """What it has written to standard error."""
        return self._said(self._err)

    def wait_for(self, text: str) -> Self:
        """Wait until it has said that."""
        self._wait(lambda said: text in said, text)
        return self

    def link(self, *, after: str = "") -> str:
        """Wait for a login link, another than `after`, and return it."""

        def links(said: str) -> list[str]:
            return [link for link in re.findall(rf"({LINK.pattern})\s", said) if link != after]

        return links(self._wait(links, "a link"))[-1]

    def _wait(self, happened: Callable[[str], object], what: str) -> str:
        def has_happened() -> bool:
            ended = self.process.poll() is not None
            said = self.out + self.err
            assert happened(said) or not ended, f"it ended without {what!r}: {said}"
            return bool(happened(said))

        wait_until(has_happened, lambda: f"{what!r} in {self.out + self.err!r}")
        return self.out + self.err

    def type(self, line: str) -> None:
        """Type a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def finish(self) -> Done:
        """Close its input, and wait until it has ended."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            return Done(self.process.wait(PATIENCE), self.out, self.err)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it hangs: {self.out + self.err}") from None


def wait_until(happens: Callable[[], object], what: Callable[[], str] = lambda: "") -> None:
    """Wait until a function returns something true, and fail, saying what was waited for, when it takes too long."""
    end = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < end, f"not within {PATIENCE} s: {what()}"
        time.sleep(0.02)


@dataclass
class Reader:
    """Somebody at a machine of the lab, with an agent or without."""

    lab: Lab
    machine: LabMachine
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *command: str) -> Started:
        """Start a program."""
        return Started(self._argv(command))

    def run(self, *command: str) -> Done:
        """Run a program that asks nothing, and wait until it has ended."""
        return self.start(*command).finish()

    def bash(self, script: str) -> str:
        """Run a script that must not fail, and return its output."""
        done = self.run("bash", "-c", script)
        assert done.status == 0, done
        return done.out

    def spawn(self, *command: str, rows: int = 24, columns: int = 80) -> pexpect.spawn[str]:
        """Start a program at a terminal."""
        program, *words = self._argv(command, tty=True)
        return pexpect.spawn(program, words, timeout=PATIENCE, encoding="utf-8", dimensions=(rows, columns))

    def _argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
        variables = [f"{name}={value}" for name, value in self.environment.items()]
        return self.machine.argv(["env", *variables, *command], tty=tty)

    # -- logging in --------------------------------------------------------------------------------------------------

    def begin(self, role: str, *command: str, options: Sequence[str] = ()) -> Started:
        """Begin a login by ssh."""
        return self.start("ssh", *options, *self._key(), at(role), *command)

    def log_in(self, role: str, *command: str, options: Sequence[str] = ()) -> Started:
        """Log in by ssh, and say Yes in the browser."""
        login = self.begin(role, *command, options=options)
        self.approve(login.link())
        return login

    def hold(self, role: str, *, options: Sequence[str] = ()) -> Started:
        """Log in by ssh with an answer in the browser, and stay until `finish`."""
        return self.log_in(role, options=options).wait_for("PRACTICE")

    def in_batch(self, role: str, *command: str, options: Sequence[str] = ()) -> Done:
        """Try a login that cannot show a link or ask anything; an address that does not answer has a second."""
        settings = ("-o", "BatchMode=yes", "-o", "ConnectTimeout=1")
        return self.run("ssh", *settings, *options, *self._key(), at(role), *(command or ("hostname",)))

    def _key(self) -> list[str]:
        return [] if "SSH_AUTH_SOCK" in self.environment else ["-i", KEY]

    def approve(self, link: str) -> None:
        """Answer Yes in the browser."""
        self.lab.approve(link)

    # -- agents --------------------------------------------------------------------------------------------------------

    def with_agent(self, *, add: bool = True) -> Reader:
        """Start OpenSSH's agent, put the key into it, and return the reader who has it."""
        socket = f"/tmp/agent-{os.urandom(4).hex()}"
        self.bash(f"ssh-agent -a {socket} > /dev/null")
        reader = Reader(self.lab, self.machine, {**self.environment, "SSH_AUTH_SOCK": socket})
        if add:
            reader.bash(f"ssh-add -q {KEY}")
        return reader

    def held(self) -> list[str]:
        """Return what the agent holds, as `ssh-add -L` prints it."""
        return [line for line in self.run("ssh-add", "-L").out.splitlines() if line.startswith("ssh-")]

    def certificates(self) -> list[str]:
        """Return the certificates that the agent holds."""
        return [line for line in self.held() if "-cert-" in line.split()[0]]

    def with_certificate(self) -> Reader:
        """Start an agent and get a certificate into it, from the firewall, as the guide says; return who has it."""
        reader = self.with_agent()
        done = reader.log_in("firewall", options=["-A"]).finish()
        assert done.status == 0, done
        assert len(reader.certificates()) == 1
        return reader

    # -- files ------------------------------------------------------------------------------------------------------

    def write(self, name: str, data: bytes) -> None:
        """Write a file of mode 0600 on the machine, as the reader."""
        writer = self.start("bash", "-c", f"umask 77; cat > {shlex.quote(name)}")
        assert writer.process.stdin is not None
        writer.process.stdin.write(data)
        assert writer.finish().status == 0

    def read(self, name: str) -> bytes:
        """Read a file in the reader's home."""
        assert self.machine.home is not None
        return Path(self.machine.home / name).read_bytes()


def how_logged_in(lab: Lab) -> str:
    """Return by which means the last login was completed."""
    return next(str(details["by"]) for event, details in reversed(lab.events()) if event == "logged in")
