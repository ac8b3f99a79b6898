"""On loopback an agent may be the user's real one: it gets a certificate if it holds the practice key, or nothing."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from mfa_guide.practice.hosting.running import PracticeSite
from tests.support.loopback_site import LoopbackSite, read_link

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An agent of this machine, with a key that is none of the practice site's business."""
    socket = tmp_path / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "real", "-f", str(tmp_path / "real")], check=True
    )
    while not socket.exists():
        assert process.poll() is None
    subprocess.run(["ssh-add", "-q", str(tmp_path / "real")], check=True)
    yield
    process.terminate()
    process.wait()


def held() -> list[str]:
    """Return the comments and kinds of what the agent holds."""
    listed = subprocess.run(["ssh-add", "-l"], capture_output=True, text=True)
    # Of an empty agent, ssh-add says so.
    return [line.split(maxsplit=2)[2] for line in listed.stdout.splitlines() if listed.returncode == 0]


def get_certificate(site: PracticeSite) -> tuple[int, str]:
    """Log in at the firewall with the agent forwarded, as the site says: return status and output."""
    words = ["-F", str(site.config), "-A", "-o", "IdentityAgent=SSH_AUTH_SOCK", "firewall.vscentrum.be"]
    pipe = subprocess.PIPE
    client = subprocess.Popen(["ssh", *words], stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True)
    site.approve(read_link(client))
    out, _ = client.communicate(timeout=30)
    return client.returncode, out


def test_an_agent_without_the_practice_key_is_left_alone(site: LoopbackSite, agent: None) -> None:
    status, out = get_certificate(site)
    assert (status, out.startswith("Your agent has not taken the certificate.")) == (1, True)
    assert held() == ["real (ED25519)"]


@pytest.mark.parametrize(("version", "takes"), [("2024", False), ("2026", True)])
def test_an_empty_agent_gets_one_where_no_key_is_needed(
    tmp_path: Path, agent: None, version: str, *, takes: bool
) -> None:
    subprocess.run(["ssh-add", "-q", "-D"], check=True)
    site = PracticeSite.start(tmp_path / "site", policy=version, managed=takes)
    try:
        # The second time, the agent holds what the first has brought.
        for _ in range(2):
            assert get_certificate(site)[0] == (0 if takes else 1)
            assert held() == (["PRACTICE ssh-proxy-tier2 (RSA-CERT)"] if takes else [])
        subprocess.run(["ssh-add", "-q", str(tmp_path / "real")], check=True)
        status, out = get_certificate(site)
        assert (status, ("an empty one" if takes else "Add it with ssh-add") in out) == (1, True)
    finally:
        site.stop()


def test_an_agent_with_the_practice_key_gets_one_that_says_practice(site: LoopbackSite, agent: None) -> None:
    subprocess.run(["ssh-add", "-q", str(site.key)], check=True)
    assert get_certificate(site)[0] == 0
    assert held() == ["real (ED25519)", "PRACTICE (RSA)", "PRACTICE ssh-proxy-tier2 (RSA-CERT)"]
    words = ["-F", str(site.config), "-o", "IdentityAgent=SSH_AUTH_SOCK", "-o", "BatchMode=yes"]
    done = subprocess.run(["ssh", *words, "login.hpc.kuleuven.be", "hostname"], capture_output=True, text=True)
    assert done.stdout == "login.hpc.kuleuven.be\n"


def test_other_keys_are_not_logged(site: LoopbackSite, agent: None) -> None:
    listed = subprocess.run(["ssh-add", "-l"], capture_output=True, text=True).stdout.split()
    words = ["-F", "none", "-p", str(site.ssh_port), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no"]
    words += ["-o", "UserKnownHostsFile=/dev/null", "-o", "IdentityFile=none"]
    subprocess.run(["ssh", *words, "vsc98765@127.0.0.1"], capture_output=True)
    assert site.events()[-1][0] == "key refused"
    assert site.events()[-1][1]["key"] == "ssh-ed25519"
    assert listed[1] not in str(site.events())
    assert os.environ["SSH_AUTH_SOCK"] not in str(site.events())
