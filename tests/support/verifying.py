"""`mfa-guide verify` as a person meets it, and the real programs that the person tries."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import yaml
from pexpect import EOF
from pexpect.popen_spawn import PopenSpawn

from mfa_guide.practice.hosting import cards, control
from mfa_guide.practice.hosting.running import LINK

if TYPE_CHECKING:
    from collections.abc import Sequence

ACCOUNT = "vsc98765"
MFA_GUIDE = (str(Path(sys.executable).with_name("mfa-guide")),)
AS_ON_WINDOWS = (sys.executable, "-P", str(Path(__file__).with_name("as_on_windows.py")))
LOGIN, FIREWALL = "login.hpc.kuleuven.be", "firewall.vscentrum.be"
PATIENCE = 30
"""Seconds after which what does not come never comes."""


class Verifying(control.Controls):
    """A run of `mfa-guide verify`, without a terminal, and what its person has at hand."""

    def __init__(self, client: str, state: Path, folder: Path, *, command: Sequence[str] = MFA_GUIDE) -> None:
        self.project = folder / "guide"
        self.project.mkdir()
        (self.project / "mkdocs.yml").touch()
        self._runtime = folder / "runtime"
        self._runtime.mkdir()
        self._folder = folder
        self.environment = {**os.environ, "HOME": str(folder), "MFA_GUIDE_RUNTIME": str(self._runtime)}
        self.environment.pop("SSH_AUTH_SOCK", None)
        self.state = state
        words = ["verify", client, "--state", str(state), "--ssh-port", "0", "--web-port", "0"]
        self.screen = PopenSpawn(
            [*command, *words],
            cwd=str(self.project),
            env=self.environment,
            timeout=PATIENCE,
            encoding="utf-8",
        )
        self.said = ""

    def ask(self, **request: Any) -> dict[str, Any]:
        (card,) = self._runtime.glob("*.json")
        return control.ask(cards.read(card).control, **request)

    def sees(self, pattern: str) -> re.Match[str]:
        """Wait until the screen shows that."""
        self.screen.expect(pattern)
        self.said += f"{self.screen.before}{self.screen.after}"
        match = self.screen.match
        assert isinstance(match, re.Match)
        return match

    def opens_page(self) -> None:
        """Open the firewall page, or load it again; it stays open for a minute of the practice site's clock."""
        self.ask(do="visit", addresses=["127.0.0.1"], only_open=True)

    def skips(self) -> None:
        """Skip the step."""
        self.screen.sendline("s")

    def ends(self) -> int:
        """Wait until it has ended; return its exit status."""
        self.screen.expect(EOF)
        self.said += str(self.screen.before)
        return int(self.screen.proc.wait())

    def evidence(self) -> list[dict[str, Any]]:
        """Return what was written for a maintainer to commit."""
        found: list[dict[str, Any]] = yaml.safe_load((self.project / "by-hand" / "verified.yml").read_text())
        return found

    def starts(self, *command: str, agent: Path | None = None) -> Program:
        """Start a program beside it."""
        agent_is = {"SSH_AUTH_SOCK": str(agent)} if agent else {}
        return Program(command, self.environment | agent_is)


class Program:
    """A program that the person tries."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self._process = PopenSpawn(list(command), env=environment, timeout=PATIENCE, encoding="utf-8")

    def link(self) -> str:
        """Wait for a login link and return it."""
        self._process.expect(rf"{LINK.pattern}(?=\s)")
        return str(self._process.after)

    def answered(self, verifying: Verifying, *, deny: bool = False) -> Self:
        """Answer its link in the browser."""
        verifying.approve(self.link(), deny=deny)
        return self

    def done(self) -> Self:
        """Wait until it has ended."""
        self._process.sendeof()
        self._process.expect(EOF)
        self._process.proc.wait()
        return self

    def stopped(self) -> Self:
        """Press Ctrl+C, and wait until it has ended."""
        self._process.proc.terminate()
        self._process.proc.wait()
        return self


class Agent:
    """OpenSSH's agent, which ends with the test."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "agent"
        self._process = subprocess.Popen(["ssh-agent", "-D", "-a", str(self.socket)], stdout=subprocess.DEVNULL)
        while not self.socket.exists():
            assert self._process.poll() is None

    def add(self, *keys: Path) -> None:
        """Put keys into it."""
        subprocess.run(
            ["ssh-add", "-q", *map(str, keys)], env={**os.environ, "SSH_AUTH_SOCK": str(self.socket)}, check=True
        )

    def remove(self, key: Path) -> None:
        """Take a key out of it."""
        subprocess.run(
            ["ssh-add", "-q", "-d", str(key)], env={**os.environ, "SSH_AUTH_SOCK": str(self.socket)}, check=True
        )

    def end(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()
