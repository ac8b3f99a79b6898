"""A practice site on loopback in a process of its own: for notebooks, and for tests.

    from mfa_guide.practice.hosting.running import PracticeSite

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

from mfa_guide.base.errors import CannotRunError
from mfa_guide.practice.hosting import control

LINK = re.compile(r"https?://[^\s/]+/[A-Za-z0-9]+")
"""A login link."""


class PracticeSite(control.Controls):
    """A practice site that runs until `stop`, or until the program that started it ends."""

    def __init__(self, process: subprocess.Popen[str], about: dict[str, Any], runtime: Path) -> None:
        self.process = process
        self.folder = runtime.parent
        """The folder with its state."""
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
        temporary = "" if folder else tempfile.mkdtemp(prefix="mfa-guide-", dir=control.short_folder())
        folder = folder or Path(temporary)
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
        words = ["practice", "up", "--state", str(folder / "state"), "--ssh-port", "0", "--web-port", "0", "--json"]
        words += ["--users", str(users)]
        process = subprocess.Popen(
            [sys.executable, "-m", "mfa_guide.practice.hosting.attended", temporary, *words],
            env={**os.environ, "MFA_GUIDE_RUNTIME": str(runtime)},
            # It ends with this pipe, and Ctrl+C is not meant for it: a notebook's kernel hands it to its children.
            start_new_session=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            _, complaint = process.communicate()
            raise CannotRunError(complaint.strip().removeprefix("mfa-guide: ") or "the practice site did not start")
        site = cls(process, json.loads(line), runtime)
        atexit.register(site.stop)
        return site

    def ask(self, **request: Any) -> dict[str, Any]:
        card = next(self.runtime.glob("*.json"), None)
        if card is None:
            raise CannotRunError("the practice site has ended")
        return control.ask(control.read_card(card).control, **request)

    def stop(self) -> int:
        """End the site and return its exit status; when it has ended already, nothing more."""
        assert self.process.stdout is not None
        if not self.process.stdout.closed:
            self.process.communicate()
        return self.process.returncode
