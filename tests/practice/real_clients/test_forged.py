"""Certificates and keys that the gateway refuses, offered by the real ssh."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import asyncssh
import pytest

from mfa_guide.practice.lab import Lab
from mfa_guide.practice.rules.clock import Clock
from mfa_guide.practice.rules.state import State
from tests.support import POLICY_2024
from tests.support.readers import ACCOUNT, HOSTS, KEY, Reader, at, how_logged_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

REFUSED = "Permission denied (publickey).\r\n"


@pytest.fixture(scope="module")
def new_key() -> asyncssh.SSHKey:
    """An ED25519 key of the account."""
    return asyncssh.generate_private_key("ssh-ed25519")


@pytest.fixture(scope="module")
def lab(fresh_state: Callable[[], Path], new_key: asyncssh.SSHKey) -> Iterator[Lab]:
    folder = fresh_state()
    state = State(folder / "state.sqlite", Clock())
    state.add_key(ACCOUNT, new_key.export_public_key().decode().strip())
    state.close()
    with Lab.start(POLICY_2024, folder) as lab:
        yield lab


@pytest.fixture(scope="module")
def ca(fresh_state: Callable[[], Path]) -> asyncssh.SSHKey:
    """The lab's own authority: all fresh states have the same keys."""
    return asyncssh.read_private_key(fresh_state() / "user_ca")


@pytest.fixture(scope="module")
def key() -> asyncssh.SSHKey:
    return asyncssh.generate_private_key("ssh-rsa", key_size=2048)


def hours(number: int) -> int:
    """Return the time in so many hours, as certificates have it."""
    return int(time.time()) + 3600 * number


def offer(reader: Reader, role: str, key: asyncssh.SSHKey, certificate: asyncssh.SSHCertificate) -> str:
    """Offer one certificate, and nothing else; return what ssh says, which tells that it was offered."""
    reader.write("forged", key.export_private_key("openssh"))
    reader.write("forged-cert.pub", certificate.export_certificate())
    done = reader.run(
        *("ssh", "-v", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none"),
        # The certificate's own key is offered too, after it, and is nobody's.
        *("-o", "CertificateFile=~/forged-cert.pub", "-i", "~/forged", at(role), "nxserver"),
    )
    assert "Offering public key: /home/reader/forged" in done.err
    assert "-CERT SHA256:" in done.err
    return done.err


def test_a_good_one_is_taken(lab: Lab, home: Reader, ca: asyncssh.SSHKey, key: asyncssh.SSHKey) -> None:
    """Nothing but what is wrong with them makes the others be refused."""
    good = ca.generate_user_certificate(key, "good", principals=[ACCOUNT], valid_before=hours(1))
    for role in ("login", "nx"):
        offer(home, role, key, good)
        who = {"account": ACCOUNT, "address": "2001:db8:b::22", "host": HOSTS[role]}
        assert lab.events()[-1] == ("logged in", {**who, "by": "certificate", "key": key.get_fingerprint()})


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"principals": []}, id="no principal"),
        pytest.param({"principals": ["vsc11111"]}, id="another principal"),
        pytest.param({"principals": [ACCOUNT, "vsc11111"]}, id="two principals"),
        pytest.param({"valid_before": hours(-1), "valid_after": hours(-17)}, id="ended"),
        pytest.param({"valid_after": hours(1), "valid_before": hours(2)}, id="not begun"),
        pytest.param({"source_address": ["192.0.2.1/32"]}, id="another address"),
        pytest.param({"force_command": "true", "ca": "other"}, id="another authority"),
        pytest.param({"ca": "own key"}, id="signed by itself"),
    ],
)
def test_a_forged_one_is_refused(
    lab: Lab, home: Reader, ca: asyncssh.SSHKey, key: asyncssh.SSHKey, wrong: dict[str, Any]
) -> None:
    how = {"principals": [ACCOUNT], "valid_before": hours(1), **wrong}
    signer = {"other": asyncssh.generate_private_key("ssh-ed25519"), "own key": key}.get(how.pop("ca", ""), ca)
    certificate = signer.generate_user_certificate(key, "forged", **how)
    assert offer(home, "login", key, certificate).endswith(REFUSED)


OTHER_CLIENT = """
import asyncio, sys
import asyncssh

host, account, before, after = sys.argv[1:]

async def log_in():
    key, certificate = asyncssh.read_private_key("forged"), asyncssh.read_certificate("forged-cert.pub")
    pair = next(pair for pair in asyncssh.load_keypairs([(key, certificate)]) if pair.has_cert)
    assert before.encode() in pair.public_data
    pair.public_data = pair.public_data.replace(before.encode(), after.encode())
    options = {"config": [], "agent_path": None, "kbdint_auth": False, "known_hosts": None}
    async with asyncssh.connect(host, username=account, client_keys=[pair], **options) as connection:
        print((await connection.run("whoami")).stdout, end="")

try:
    asyncio.run(log_in())
except asyncssh.PermissionDenied as error:
    print(error)
"""
"""A client that offers what OpenSSH's would not: it looks at a certificate itself first."""


@pytest.mark.parametrize(
    ("kind", "principal", "answer"),
    [
        pytest.param("user", ACCOUNT, f"{ACCOUNT}\n", id="good"),
        pytest.param("host", ACCOUNT, "Permission denied for user vsc98765 on host login.hpc.kuleuven.be\n", id="host"),
        pytest.param(
            "user", "vsc11111", "Permission denied for user vsc98765 on host login.hpc.kuleuven.be\n", id="bytes"
        ),
    ],
)
def test_one_that_openssh_would_not_offer(
    home: Reader, ca: asyncssh.SSHKey, key: asyncssh.SSHKey, kind: str, principal: str, answer: str
) -> None:
    """A host's certificate; and one for another account, in which the name was changed and the signature left."""
    make = ca.generate_user_certificate if kind == "user" else ca.generate_host_certificate
    home.write("forged", key.export_private_key("openssh"))
    certificate = make(key, "forged", principals=[principal], valid_before=hours(1))
    home.write("forged-cert.pub", certificate.export_certificate())
    done = home.run(sys.executable, "-c", OTHER_CLIENT, HOSTS["login"], ACCOUNT, principal, ACCOUNT)
    assert done.out == answer, done.err


def test_ed25519_on_nx(lab: Lab, home: Reader, ca: asyncssh.SSHKey, new_key: asyncssh.SSHKey) -> None:
    """It is refused plain and certified, on nx alone."""
    home.write(".ssh/new", new_key.export_private_key("openssh"))
    plain = ("ssh", "-o", "BatchMode=yes", "-i", "/home/reader/.ssh/new")
    assert home.run(*plain, at("nx"), "nxserver").err == f"{at('nx')}: {REFUSED}"
    for words in ((*plain, at("login")), (*plain, "-i", KEY, at("nx"))):
        assert home.run(*words, "true").err.endswith("Permission denied (publickey,keyboard-interactive).\r\n")
    certificate = ca.generate_user_certificate(new_key, "new", principals=[ACCOUNT], valid_before=hours(1))
    assert offer(home, "nx", new_key, certificate).endswith(f"{at('nx')}: {REFUSED}")
    assert "Authenticated to" in offer(home, "login", new_key, certificate)
    assert how_logged_in(lab) == "certificate"
