"""An independent judge: OpenSSH's own server looks at the certificates that the practice site makes.

It runs on the reader's machine, as the reader, on loopback there, with a configuration of its own.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import asyncssh
import pytest

from mfa_guide.practice.rules.clock import Clock
from mfa_guide.practice.ssh.certificates import Authority
from tests.support import POLICY
from tests.support.readers import ACCOUNT, wait_until
from tests.support.sshd import PORT, start_sshd

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.readers import Done, Reader


class ClockThatIsOff(Clock):
    """A clock that is so many seconds behind."""

    def __init__(self, behind: float) -> None:
        super().__init__()
        self._behind = behind

    def now(self) -> float:
        return time.time() - self._behind


@pytest.fixture(scope="module")
def installation(fresh_state: Callable[[], Path]) -> Path:
    """The folder with the keys that the lab has too."""
    return fresh_state()


@pytest.fixture(scope="module")
def judge(home: Reader, installation: Path) -> Reader:
    """The reader on whose machine the server runs; it knows the site's authority, and the account's name."""
    start_sshd(home, (installation / "user_ca.pub").read_bytes())
    return home


def present(judge: Reader, pair: asyncssh.SSHKeyPair | None, *options: str) -> Done:
    """Log in to the judge with a pair of key and certificate, or with what the agent has."""
    if pair is not None:
        key, certificate = pair._key, pair._cert  # type: ignore[attr-defined]
        assert certificate is not None
        judge.write("shown", key.export_private_key("openssh"))
        judge.write("shown-cert.pub", certificate.export_certificate())
        options = ("-o", "IdentityAgent=none", "-i", "~/shown", "-o", "CertificateFile=~/shown-cert.pub", *options)
    else:
        options = ("-o", "IdentityFile=none", *options)
    words = (
        "-o",
        "BatchMode=yes",
        "-o",
        "UserKnownHostsFile=/dev/null",
        "-o",
        "StrictHostKeyChecking=no",
        "-p",
        PORT,
    )
    return judge.run("ssh", "-q", *words, *options, "reader@127.0.0.1", "echo accepted")


def issued(installation: Path, account: str, *, behind: float = 0) -> asyncssh.SSHKeyPair:
    """Return a certificate of the site's authority, made some seconds ago."""
    key = asyncssh.read_private_key(installation / "user_ca")
    authority = Authority(key, POLICY, ClockThatIsOff(behind), mark="")
    pair, _ = asyncio.run(authority.issue(account))
    return pair


def test_a_certificate_that_the_site_put_into_an_agent_is_accepted(judge: Reader) -> None:
    holder = judge.with_certificate()
    holder.bash("ssh-add -q -d ~/.ssh/id_rsa_vsc")
    assert present(holder, None) == present(holder, None, "-4")
    assert present(holder, None).out == "accepted\n"
    assert f"ID {ACCOUNT}".encode() in judge.read("judge/log")


def test_it_is_refused_after_its_end(judge: Reader, installation: Path) -> None:
    """One and the same certificate, which ends a few seconds after it was made."""
    pair = issued(installation, ACCOUNT, behind=16 * 3600 - 4)
    assert present(judge, pair).out == "accepted\n"
    wait_until(lambda: present(judge, pair).status == 255)
    assert b"Certificate invalid: expired" in judge.read("judge/log")


def test_another_principal_is_refused(judge: Reader, installation: Path) -> None:
    pair = issued(installation, "vsc11111")
    assert present(judge, pair).status == 255
    assert b"Certificate does not contain an authorized principal" in judge.read("judge/log")
    pair = issued(installation, ACCOUNT)
    assert present(judge, pair).out == "accepted\n"


def test_another_authority_is_refused(judge: Reader, tmp_path: Path) -> None:
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(tmp_path / "user_ca")
    pair = issued(tmp_path, ACCOUNT)
    assert present(judge, pair).status == 255
    log = judge.read("judge/log").decode()
    assert "is not listed in" in log or "Failed publickey" in log
