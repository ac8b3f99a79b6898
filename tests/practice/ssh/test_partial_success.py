"""The private names of asyncssh that the gateway relies on."""

from __future__ import annotations

import asyncssh
from asyncssh.packet import String

from mfa_guide.practice.ssh.partial_success import whole_signature


def test_asyncssh_is_the_release_whose_private_names_are_used() -> None:
    assert asyncssh.__version__ == "2.24.1", (
        "read practice/ssh/partial_success.py against the new asyncssh, run tests/practice/ssh/test_gateway.py, "
        "then change the release here and in pyproject.toml"
    )


def test_a_signature_whose_zeros_were_left_out_is_padded() -> None:
    key = asyncssh.generate_private_key("ssh-rsa", key_size=1024)
    data, number = b"", 0
    while not (signature := key.sign(data, b"rsa-sha2-256"))[4 + 12 + 4 :].startswith(b"\0"):
        number += 1
        data = str(number).encode()
    name, value = b"rsa-sha2-256", signature[4 + 12 + 4 :]
    short = String(name) + String(value.lstrip(b"\0"))
    public = key.convert_to_public()
    assert not public.verify(data, short)
    assert whole_signature(short, public) == signature
    assert public.verify(data, whole_signature(short, public))
    assert whole_signature(b"", public) == b""
    other = asyncssh.generate_private_key("ssh-ed25519")
    assert whole_signature(short, other) == short
