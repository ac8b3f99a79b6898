"""How long the practice site takes: to start, and for a login beside the same login on OpenSSH's own server.

Everything is measured in one run on one machine, in turn, and told as a ratio: seconds alone say little elsewhere.
"""

from __future__ import annotations

import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mfa_guide.practice.hosting.control import short_folder
from mfa_guide.practice.hosting.running import PracticeSite
from mfa_guide.practice.lab import Lab
from mfa_guide.practice.lab.unprivileged import lab_user
from tests.support import POLICY
from tests.support.readers import Reader, at
from tests.support.sshd import PORT, start_sshd

ROUNDS = 20
SAME = {
    "KexAlgorithms": "curve25519-sha256",
    "Ciphers": "aes128-ctr",
    "MACs": "hmac-sha2-256",
    "HostKeyAlgorithms": "ssh-ed25519",
    "BatchMode": "yes",
    "StrictHostKeyChecking": "no",
    # The certificate, and nothing that is refused before it.
    "IdentityFile": "none",
}
"""What is the same on both servers."""


def login(reader: Reader, *target: str) -> float:
    """Return how many seconds one login takes, from the start of ssh to its end, without the way into the machine."""
    options = [word for name, value in SAME.items() for word in ("-o", f"{name}={value}")]
    command = shlex.join(["ssh", "-q", *options, *target, "true"])
    script = f"begin=${{EPOCHREALTIME/./}}; {command} && echo $((${{EPOCHREALTIME/./}} - begin))"
    return int(reader.bash(script)) / 1e6


def logins() -> tuple[float, float]:
    """Return the median time of a login on the practice site, and on sshd."""
    with tempfile.TemporaryDirectory(prefix="mfa-guide-bench-", dir=short_folder()) as name:
        shutil.chown(name, lab_user())
        state = Path(name) / "state"
        with Lab.start(POLICY, state, managed=True) as lab:
            reader = Reader(lab, lab.machine("home")).with_certificate()
            reader.bash("ssh-add -q -d ~/.ssh/id_rsa_vsc")
            start_sshd(reader, (state / "user_ca.pub").read_bytes())
            targets = [at("login")], ["-p", PORT, "reader@127.0.0.1"]
            times = [[login(reader, *target) for target in targets] for _ in range(ROUNDS)]
    site, sshd = zip(*times, strict=True)
    return statistics.median(site), statistics.median(sshd)


def seconds_of(command: list[str]) -> float:
    """Return how many seconds a command takes."""
    begin = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - begin


def start() -> float:
    """Return how many seconds a practice site on loopback takes until it is ready, its keys being there already."""
    with tempfile.TemporaryDirectory() as folder:
        PracticeSite.start(Path(folder)).stop()
        begin = time.perf_counter()
        site = PracticeSite.start(Path(folder))
        taken = time.perf_counter() - begin
        site.stop()
    return taken


def main() -> None:
    """Measure, and print."""
    site, sshd = logins()
    print(f"a login by certificate, median of {ROUNDS}: {site / sshd:.2f} of sshd's time")
    print(f"    practice site {site:.3f} s, sshd {sshd:.3f} s, with the same key exchange, cipher and host key")
    begin, python = start(), seconds_of([sys.executable, "-c", "import asyncssh, starlette, uvicorn"])
    print(f"starting on loopback: {begin / python:.1f} times Python with the libraries, and nothing else")
    print(f"    practice site {begin:.2f} s, Python {python:.2f} s")


if __name__ == "__main__":
    main()
