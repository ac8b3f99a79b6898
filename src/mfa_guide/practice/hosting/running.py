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
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

from mfa_guide.base.child import Child
from mfa_guide.base.errors import CannotRunError
from mfa_guide.practice.hosting import cards, control

LINK = re.compile(r"https?://[^\s/]+/[A-Za-z0-9]+")
"""A login link."""
STARTS_WITHIN = 120
"""Seconds in which a site has made its keys and listens, on a computer that is busy. Ours."""


class PracticeSite(control.Controls):
    """A practice site that runs until `stop`, or until the program that started it ends."""

    def __init__(self, process: Child, about: dict[str, Any], runtime: Path) -> None:
        self.process = process
        self.folder = runtime.parent
        """The folder with its state."""
        self.runtime = runtime
        """The folder by which `mfa-guide practice …` finds this site, as MFA_GUIDE_RUNTIME."""
        self.ssh_port: int = about["ssh"]["port"]
        self.web: str = about["web"]
        """The address of its web pages."""
        self.entrance: str = about["entrance"]
        """The address that lets a browser in to them."""
        self.user: str = about["user"]
        self.key = Path(about["key"])
        """The private key of the practice account."""
        self.config = Path(about["config"])
        """What `ssh -F` reads."""

    @classmethod
    def start(
        cls, folder: Path | None = None, *, users: int = 1, policy: str | None = None, managed: bool = False
    ) -> Self:
        """Start a site on free ports.

        Args:
            folder: where its state is, in a folder `state`; a temporary folder, removed at the end, when not given.
            users: how many accounts there are.
            policy: by the rules of which version; of the newest when not given.
            managed: whether the university manages this computer.

        Raises:
            CannotRunError: it did not start; the message says why.
        """
        temporary = "" if folder else tempfile.mkdtemp(prefix="mfa-guide-", dir=control.short_folder())
        folder = folder or Path(temporary)
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
        words = ["practice", "up", "--state", str(folder / "state"), "--ssh-port", "0", "--web-port", "0", "--json"]
        words += ["--users", str(users), *(["--policy", policy] if policy else []), *["--managed"] * managed]
        process = Child(
            [sys.executable, "-m", "mfa_guide.attended", temporary, *words],
            "the practice site",
            environment={**os.environ, "MFA_GUIDE_RUNTIME": str(runtime)},
        )
        line = process.line(STARTS_WITHIN)
        if not line:
            complaint = process.last_words().removeprefix("mfa-guide: ")
            raise CannotRunError(complaint or "the practice site did not start")
        site = cls(process, json.loads(line), runtime)
        atexit.register(site.stop)
        return site

    def ask(self, **request: Any) -> dict[str, Any]:
        card = next(self.runtime.glob("*.json"), None)
        if card is None:
            said = self.process.last_words().removeprefix("mfa-guide: ")
            raise CannotRunError(said or "the practice site has ended")
        return control.ask(cards.read(card).control, **request)

    def stop(self) -> int:
        """End the site and return its exit status; when it has ended already, nothing more."""
        return self.process.end()
