"""What serves the mounting of a machine, when the lab can have no more connections open."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import os
import select
import socket
from typing import TYPE_CHECKING

from mfa_guide.practice.hosting.listening import ROUNDS
from mfa_guide.practice.lab.mounting import Mounting
from tests.support.no_room import once

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

PATIENCE = 30


async def twice(asked: Callable[[], bytes], folder: Path) -> list[bytes]:
    """Ask twice, one after the other, while somebody serves who asks for mounting; return the answers."""
    serving = asyncio.create_task(Mounting(folder).serve(1))
    try:
        return [await asyncio.to_thread(asked) for _ in range(2)]
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving


def test_where_there_is_no_room_whoever_asks_is_refused_and_the_next_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept = socket.socket.accept
    # Others had time to make room, and did not.
    full = [True] * (ROUNDS + 1)

    def accept_when_there_is_room(self: socket.socket) -> tuple[socket.socket, object]:
        if full and select.select([self], [], [], 0)[0]:
            full.pop()
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return accept(self)

    def asked() -> bytes:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE)
            client.connect(str(tmp_path / "mount.sock"))
            return client.recv(100)

    create = asyncio.create_subprocess_exec

    # In place of what enters the machine.
    async def helper(*_: str, stdin: int) -> asyncio.subprocess.Process:
        return await create("/bin/sh", "-c", "printf served >&0", stdin=stdin)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", helper)
    monkeypatch.setattr(socket.socket, "accept", accept_when_there_is_room)
    assert asyncio.run(twice(asked, tmp_path)) == [b"", b"served"]


def test_where_no_helper_can_be_started_whoever_asks_is_told_why_and_the_next_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked() -> bytes:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE)
            client.connect(str(tmp_path / "mount.sock"))
            client.sendall(b"{}")
            return client.makefile("rb").read()

    create = asyncio.create_subprocess_exec

    async def helper(*_: str, stdin: int) -> asyncio.subprocess.Process:
        return await create("/bin/sh", "-c", "read -r _ <&0; printf served >&0", stdin=stdin)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", once(helper))
    refused, served = asyncio.run(twice(asked, tmp_path))
    assert json.loads(refused) == {
        "status": 1,
        "said": "fusermount3: the practice site cannot start a program now (Too many open files)\n",
    }
    assert served == b"served"
