"""A practice site on loopback in a process of its own, and the real ssh against it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = [str(Path(sys.executable).with_name("mfa-guide"))]
LINK = re.compile(rb"http://127\.0\.0\.1:\d+/[A-Za-z0-9]+")


@dataclass
class LoopbackSite:
    """A site that runs; `practice up` told `about`."""

    process: subprocess.Popen[str]
    about: dict[str, Any]
    environment: dict[str, str]

    @classmethod
    def start(cls, folder: Path) -> LoopbackSite:
        runtime = folder / "runtime"
        runtime.mkdir(exist_ok=True)
        environment = {**os.environ, "MFA_GUIDE_RUNTIME": str(runtime)}
        words = ["practice", "up", "--state", str(folder / "state"), "--ssh-port", "0", "--web-port", "0", "--json"]
        process = subprocess.Popen([*COMMAND, *words], env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        return cls(process, json.loads(process.stdout.readline()), environment)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=10)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `mfa-guide` for this site."""
        return subprocess.run([*COMMAND, *words], env=self.environment, capture_output=True, text=True)

    def ssh(self, *words: str, user: str = "vsc98765", options: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        command = ["ssh", "-F", self.about["config"], *options, f"{user}@login.hpc.kuleuven.be", *words]
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ
        )

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """The audit log: events with their details."""
        from mfa_guide.practice import control

        answer = control.ask(Path(self.about["key"]).with_name("control.sock"), do="events", last=1000)
        return [(event, details) for _at, event, details in answer["events"]]


def read_link(client: subprocess.Popen[bytes]) -> str:
    """Read what ssh says until it shows a login link, and return the link."""
    assert client.stderr is not None
    seen = b""
    while not (seen.endswith(b"\n") and LINK.search(seen)):
        byte = client.stderr.read(1)
        assert byte, f"ssh showed no link: {seen.decode()}"
        seen += byte
    match = LINK.search(seen)
    assert match
    return match[0].decode()
