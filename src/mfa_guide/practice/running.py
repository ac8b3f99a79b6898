"""A practice site on loopback in a process of its own: for notebooks, and for tests.

    from mfa_guide.practice.running import PracticeSite

    site = PracticeSite.start()
    print(site.config)          # for ssh -F
    site.approve(link)          # or open the link in a browser
    site.stop()

Nothing of the user's own is used: the site has its own folder, keys and `ssh` configuration.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

from mfa_guide.errors import CannotRunError
from mfa_guide.practice import control

LINK = re.compile(r"https?://[^\s/]+/[A-Za-z0-9]+")
"""A login link."""


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

    def ask(self, **request: Any) -> dict[str, Any]:
        (card,) = self.runtime.glob("*.json")
        return control.ask(control.read_card(card).control, **request)

    def stop(self) -> int:
        """End the site and return its exit status."""
        self.process.terminate()
        self.process.communicate()
        return self.process.returncode
