"""What no client of good will sends, behind the encryption: the site goes on, for everybody else too."""

from __future__ import annotations

import contextlib
import random
import time
from typing import TYPE_CHECKING

import asyncssh
import pytest

from tests.support.connecting import ACCOUNT, connect, run

if TYPE_CHECKING:
    from tests.support.loopback_site import LoopbackSite

CONNECTIONS = 20
PACKETS = 20
MESSAGES = (*range(1, 8), *range(20, 23), *range(50, 54), *range(60, 62), *range(80, 83), *range(90, 101), 192, 255)
"""Kinds of messages: of the transport, of logging in, of channels, and some that there are not."""


def forged(chance: random.Random) -> bytes:
    """Return the content of a message: nothing, noise, lengths that lie, names that there are."""
    pieces = (
        b"",
        chance.randbytes(chance.randrange(200)),
        b"\xff\xff\xff\xff",
        b"\0\0\0\0",
        b"\0\0\0\x07session",
        b"\0\0\0\x0cdirect-tcpip",
        b"\0\0\0\x04exec\1",
        b"\0\0\0\x0ftun@openssh.com",
        b"\0\0\0\x09publickey",
        b"\0" * 4 + chance.randbytes(4),
    )
    return b"".join(chance.choices(pieces, k=chance.randrange(6)))


def test_messages_of_any_kind_and_content(site: LoopbackSite) -> None:
    """Each series of them from a number of its own, so that it can be sent again."""

    async def send() -> None:
        async with connect(site) as bystander:
            for seed in range(CONNECTIONS):
                chance = random.Random(seed)
                with contextlib.suppress(asyncssh.Error, OSError):
                    async with connect(site) as connection:
                        for _ in range(PACKETS):
                            connection.send_packet(chance.choice(MESSAGES), forged(chance))
                        await connection.run("true")
            assert (await bystander.run("whoami")).stdout == f"{ACCOUNT}\n"
        async with connect(site) as connection:
            assert (await connection.run("whoami")).stdout == f"{ACCOUNT}\n"

    run(send())


def test_a_request_for_a_key_is_no_proof_whoever_is_named_then(site: LoopbackSite) -> None:
    """The account's own key would do, says the gateway; then others are named, and the second factor is asked for."""

    class Client(asyncssh.SSHClient):
        def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
            connections.append(conn)

        def kbdint_challenge_received(self, *_: object) -> list[str]:
            shown.append(True)
            return []

    async def sign(_data: bytes) -> bytes:
        """Ask for everything but what a client asks for now, and sign nothing."""
        for user in (ACCOUNT.encode(), b"vsc11111", ACCOUNT.encode()):
            for method in (keyboard, probe, keyboard):
                connections[-1].send_packet(50, string(user), string(b"ssh-connection"), method)
        return string(b"rsa-sha2-512") + string(b"x" * 512)

    def string(value: bytes) -> bytes:
        return len(value).to_bytes(4, "big") + value

    connections: list[asyncssh.SSHClientConnection] = []
    shown: list[bool] = []
    (pair,) = asyncssh.load_keypairs([site.key])
    pair.sign_async = sign  # type: ignore[attr-defined]
    probe = string(b"publickey") + b"\0" + string(b"rsa-sha2-512") + string(pair.public_data)
    keyboard = string(b"keyboard-interactive") + string(b"") + string(b"")

    async def ask() -> None:
        await connect(site, client_keys=[pair], client_factory=Client)  # type: ignore[misc]

    before = len(site.events())
    # asyncssh's client may lose its place over answers to what it has not asked, and leave before all is read.
    for _ in range(20):
        with pytest.raises((asyncssh.Error, AttributeError)):
            run(ask())
        assert not shown
        deadline = time.monotonic() + 2
        while not (events := {event for event, _ in site.events()[before:]}) and time.monotonic() < deadline:
            time.sleep(0.05)
        if events:
            break
    # The other account does not have that key: so the questions have arrived.
    assert events == {"key refused"}
