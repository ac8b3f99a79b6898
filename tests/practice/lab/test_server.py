"""Somebody else's server, when the lab cannot start another program. What people do there is in `real_clients/`."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import asyncssh

from mfa_guide.practice.lab import server
from mfa_guide.practice.lab.server import Server
from tests.support import POLICY
from tests.support.no_room import once

if TYPE_CHECKING:
    import pytest

PATIENCE = 30


def test_where_no_program_can_be_started_a_connection_ends_and_the_next_is_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "sshd_command", lambda: ["sshd"])
    create = asyncio.create_subprocess_exec

    # In place of what enters the machine.
    async def program(*_: str, **streams: Any) -> asyncio.subprocess.Process:
        return await create("/bin/sh", "-c", "printf served", **streams)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", once(program))

    async def machine() -> Any:
        return SimpleNamespace(enter=list)

    def connect(where: tuple[str, int]) -> bytes:
        with socket.create_connection(where, timeout=PATIENCE) as client:
            return client.recv(100)

    async def connect_twice() -> list[bytes]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            made = Server(POLICY, asyncssh.generate_private_key("ssh-ed25519"))
            serving = asyncio.create_task(made.serve(listener, machine))
            try:
                return [await asyncio.to_thread(connect, listener.getsockname()) for _ in range(2)]
            finally:
                serving.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await serving

    assert asyncio.run(connect_twice()) == [b"", b"served"]
