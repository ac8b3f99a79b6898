"""A practice site on loopback in a process of its own: for notebooks, and for tests.

    from mfa_guide.practice.running import PracticeSite

    site = PracticeSite.start()
    login = site.type("ssh vsc98765@login.hpc.kuleuven.be hostname")
    site.approve(login.link)        # or open the link in a browser
    print(login.finish())
    site.stop()

Nothing of the user's own is used: the site has its own folder, keys and `ssh` configuration.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from mfa_guide.errors import CannotRunError, UsageError
from mfa_guide.practice import control

LINK = re.compile(r"https?://[^\s/]+/[A-Za-z0-9]+")


@dataclass
class Typed:
    """An ssh command that was typed and has not ended."""

    process: subprocess.Popen[str]
    said: str
    """What the terminal has shown up to the link, the link included."""

    @property
    def link(self) -> str:
        """The login link."""
        found = LINK.findall(self.said)
        if not found:
            raise UsageError(f"ssh showed no link: {self.said.strip()}")
        return str(found[-1])

    def finish(self) -> str:
        """Wait for the command to end; return what the terminal has shown since the link."""
        out, _ = self.process.communicate()
        return out.replace("\r\n", "\n")


class PracticeSite(control.Controls):
    """A practice site that runs until `stop`, or until the program that started it ends."""

    def __init__(self, process: subprocess.Popen[str], about: dict[str, Any], runtime: Path) -> None:
        self.process = process
        self.runtime = runtime
        """The folder by which `mfa-guide practice …` finds this site, as MFA_GUIDE_RUNTIME."""
        self.ssh_port: int = about["ssh"]["port"]
        self.web: str = about["web"]
        """The address of its web pages."""
        self.user: str = about["user"]
        self.key = Path(about["key"])
        """The private key of the practice account."""
        self.config = Path(about["config"])
        """What `ssh -F` reads."""

    @classmethod
    def start(cls, folder: Path | None = None, *, users: int = 1) -> Self:
        """Start a site on free ports.

        Args:
            folder: where its state is, in a folder `state`; a temporary folder, removed at the end, when not given.
            users: how many accounts there are.

        Raises:
            CannotRunError: it did not start; the message says why.
        """
        if folder is None:
            temporary = tempfile.TemporaryDirectory(prefix="mfa-guide-")
            atexit.register(temporary.cleanup)
            folder = Path(temporary.name)
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
        words = ["practice", "up", "--state", str(folder / "state"), "--ssh-port", "0", "--web-port", "0", "--json"]
        words += ["--users", str(users)]
        process = subprocess.Popen(
            [sys.executable, "-m", "mfa_guide", *words],
            env={**os.environ, "MFA_GUIDE_RUNTIME": str(runtime)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        atexit.register(process.terminate)
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            _, complaint = process.communicate()
            raise CannotRunError(complaint.strip().removeprefix("mfa-guide: ") or "the practice site did not start")
        return cls(process, json.loads(line), runtime)

    def type(self, command: str) -> Typed:
        """Type an ssh command, as in a terminal; return once it shows a link or has ended.

        Args:
            command: for example `ssh vsc98765@login.hpc.kuleuven.be hostname`. The name leads to this site.

        Raises:
            UsageError: it is another command.
        """
        program, *words = shlex.split(command)
        if program != "ssh":
            raise UsageError("only ssh can be typed here")
        process = subprocess.Popen(
            ["ssh", "-F", str(self.config), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
        )
        assert process.stdout is not None
        said = ""
        while not LINK.search(said) and (line := process.stdout.readline()):
            said += line.replace("\r\n", "\n")
        return Typed(process, said)

    def ask(self, **request: Any) -> dict[str, Any]:
        (card,) = self.runtime.glob("*.json")
        return control.ask(control.read_card(card).control, **request)

    def stop(self) -> int:
        """End the site and return its exit status."""
        self.process.terminate()
        self.process.communicate()
        return self.process.returncode
