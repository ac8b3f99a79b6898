"""The agents that clients forward: programs of somebody else's, which may answer late, too much, or nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import asyncssh

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

PATIENCE = 10
"""How many seconds an agent may take for all that it is asked at once. Ours."""
MOST_KEYS = 200
"""How many keys it may hold. Ours."""
LARGEST_ANSWER = 262_144
"""How many bytes an answer may have: OpenSSH's own limit."""

AGENT_ERRORS = (OSError, ValueError, asyncssh.Error, TimeoutError)
"""What is raised when an agent does not answer as it should."""


@dataclass(frozen=True)
class Forwarded:
    """The agent that a client forwards."""

    connection: asyncssh.SSHServerConnection
    """The connection over which it is reached."""
    path: str
    """The socket at which others find it."""


class _Reader:
    """What an agent sends, with a limit. asyncssh would take an answer of any length."""

    def __init__(self, reader: asyncssh.SSHReader[bytes]) -> None:
        self._reader = reader

    async def readexactly(self, number: int) -> bytes:
        if number > LARGEST_ANSWER:
            raise OSError("the agent's answer is too long")
        return await self._reader.readexactly(number)


class _Connection:
    """The way to an agent, as asyncssh's client of agents wants it."""

    def __init__(self, connection: asyncssh.SSHServerConnection) -> None:
        self._connection = connection

    async def open_agent_connection(self) -> tuple[_Reader, asyncssh.SSHWriter[bytes]]:
        reader, writer = await self._connection.open_agent_connection()
        return _Reader(reader), writer


def connect(connection: asyncssh.SSHServerConnection) -> AbstractAsyncContextManager[asyncssh.SSHAgentClient]:
    """Talk to the agent that a client forwards, as long as the context lasts.

    How long each answer may take is the caller's to say: what a person confirms takes longer than a list.

    Args:
        connection: the client's connection.
    """
    return asyncssh.connect_agent(cast("asyncssh.SSHServerConnection", _Connection(connection)))


async def held(agent: asyncssh.SSHAgentClient) -> list[asyncssh.SSHKeyPair]:
    """Return the keys and certificates that an agent holds.

    Raises:
        TimeoutError: it takes too long. Like all of `AGENT_ERRORS`.
    """
    async with asyncio.timeout(PATIENCE):
        return list(await agent.get_keys())[:MOST_KEYS]
