"""Which algorithms the gateway offers and believes: those of today's OpenSSH, no key by SHA-1."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import asyncssh
import pytest

from tests.support.connecting import connect, run

if TYPE_CHECKING:
    from tests.support.loopback_site import LoopbackSite

OPINION = "using elliptic curves that are suspected as being backdoored by the U.S. National Security Agency"
"""What ssh-audit holds against the curves of NIST, which OpenSSH 10 offers unless it is told otherwise."""


def faults(found: dict[str, Any]) -> list[str]:
    return [
        f"{kind} {entry['algorithm']}: {fault}"
        for kind in ("kex", "key", "enc", "mac")
        for entry in found[kind]
        for fault in entry["notes"].get("fail", [])
        if fault != OPINION
    ]


def test_ssh_audit_finds_no_failure(site: LoopbackSite) -> None:
    for which in ("old", "new"):
        site.offer_key_exchange(which)
        command = [sys.executable, "-m", "ssh_audit.ssh_audit", "--json", "--skip-rate-test"]
        done = subprocess.run(
            [*command, "-p", str(site.ssh_port), "127.0.0.1"], capture_output=True, text=True, timeout=120
        )
        found = json.loads(done.stdout)
        assert faults(found) == [], found
        assert found["kex"], "it has seen something"
        assert "kex-strict-s-v00@openssh.com" in done.stdout, "a connection can be cut short (Terrapin)"


@pytest.mark.parametrize("algorithm", ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"])
def test_a_certificate_is_proved_by_sha_1_too(site: LoopbackSite, algorithm: str) -> None:
    """FileZilla knows nothing else for certificates."""
    key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)

    async def log_in() -> None:
        async with connect(site, key=key, signature_algs=[algorithm]):
            pass

    run(log_in())


@pytest.mark.parametrize(
    ("algorithm", "believed"), [("rsa-sha2-512", True), ("rsa-sha2-256", True), ("ssh-rsa", False)]
)
def test_a_signature_with_sha_1_proves_no_key(keyed: LoopbackSite, algorithm: str, believed: bool) -> None:
    """As OpenSSH has it since 8.8: there is no second factor, then."""
    asked: list[bool] = []

    class Client(asyncssh.SSHClient):
        def kbdint_auth_requested(self) -> str:
            return ""

        def kbdint_challenge_received(self, *_: object) -> None:
            asked.append(True)

    async def log_in() -> None:
        await connect(keyed, client_keys=[keyed.key], signature_algs=[algorithm], client_factory=Client)  # type: ignore[misc]

    with pytest.raises(asyncssh.Error):
        run(log_in())
    assert bool(asked) == believed


@pytest.mark.parametrize(
    "weak",
    [
        {"kex_algs": ["diffie-hellman-group14-sha1"]},
        {"kex_algs": ["diffie-hellman-group-exchange-sha256"]},
        {"mac_algs": ["hmac-sha1"], "encryption_algs": ["aes128-ctr"]},
        {"mac_algs": ["umac-64@openssh.com"], "encryption_algs": ["aes128-ctr"]},
        {"encryption_algs": ["aes128-cbc"]},
        {"server_host_key_algs": ["ssh-rsa"]},
    ],
)
def test_what_is_weak_is_not_offered(site: LoopbackSite, weak: dict[str, Any]) -> None:
    async def log_in() -> None:
        async with connect(site, **weak):
            pass

    # The site may have ended the connection before the client has said why: then one looks again.
    with pytest.raises(asyncssh.KeyExchangeFailed):
        for _ in range(5):
            with contextlib.suppress(asyncssh.ConnectionLost):
                run(log_in())
                break
