"""A practice site on loopback in a process of its own, and the real programs against it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from mfa_guide.practice.hosting.running import LINK, PracticeSite

COMMAND = [str(Path(sys.executable).with_name("mfa-guide"))]


class LoopbackSite(PracticeSite):
    """A practice site that tests look at more closely than readers."""

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `mfa-guide` for this site."""
        environment = {**os.environ, "MFA_GUIDE_RUNTIME": str(self.runtime)}
        return subprocess.run([*COMMAND, *words], env=environment, capture_output=True, text=True)

    def ssh(
        self, *words: str, user: str = "vsc98765", host: str = "login.hpc.kuleuven.be", options: tuple[str, ...] = ()
    ) -> subprocess.Popen[str]:
        """Begin a login, with the site's configuration."""
        return self._ssh("-F", str(self.config), *options, f"{user}@{host}", *words)

    def ssh_alone(self, *options: str) -> subprocess.Popen[str]:
        """Begin a login with these options and keys only: those of a configuration cannot be taken away again."""
        hosts = self.config.with_name("known_hosts")
        settings = ("IdentitiesOnly=yes", "IdentityAgent=none", "HostKeyAlias=practice", f"UserKnownHostsFile={hosts}")
        words = [word for setting in settings for word in ("-o", setting)]
        return self._ssh("-F", "none", "-p", str(self.ssh_port), *words, *options, "vsc98765@127.0.0.1", "true")

    @staticmethod
    def _ssh(*words: str) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        return subprocess.Popen(["ssh", *words], stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True)


def read_link(client: subprocess.Popen[str]) -> str:
    """Read what ssh says until it shows a login link, and return the link."""
    assert client.stderr is not None
    seen = ""
    while not (match := LINK.search(seen)):
        line = client.stderr.readline()
        assert line, f"ssh showed no link: {seen}"
        seen += line
    return match[0]
