"""`ssh` from a session onwards: to another role of the practice site, with the agent that the client forwards."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import asyncssh

from mfa_guide.base.printable import printable
from mfa_guide.practice.ssh import agents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_guide.practice.ssh.commands import Out, Streams
    from mfa_guide.practice.ssh.gateway import Gateway

_PIECE = 32_768
"""How many characters are passed on at once."""


class _Client(asyncssh.SSHClient):
    """Shows what the other side says, and has nothing to answer."""

    def __init__(self, show: Out) -> None:
        self._show = show

    def kbdint_auth_requested(self) -> str:
        return ""

    async def kbdint_challenge_received(
        self, name: str, instructions: str, lang: str, prompts: Sequence[tuple[str, bool]]
    ) -> list[str]:
        await self._show(instructions + "\n")
        return []


class Onward:
    """Logs in from one role to another."""

    def __init__(self, gateway: Gateway, account: str, agent: agents.Forwarded | None) -> None:
        """Begin.

        Args:
            gateway: knows the other roles.
            account: whose name is used when none is given.
            agent: the agent that the client forwards; None when it does not.
        """
        self._gateway = gateway
        self._account = account
        self._agent = agent

    async def run(self, target: str, command: str, *, forward: bool, streams: Streams) -> int:
        """Carry out a command on another role.

        Args:
            target: a host name, or `account@host`.
            command: the command.
            forward: whether the agent goes along.
            streams: where the output goes, and what ssh itself says.

        Returns:
            The command's exit status, or 255, as ssh does.
        """
        account, _, host = target.rpartition("@")
        if not self._gateway.knows(host):
            await streams.err(f"ssh: Could not resolve hostname {printable(host)}: Name or service not known\n")
            return 255
        port = self._gateway.usual_port
        door = self._gateway.door(host, port)
        if door is None:
            await streams.err(f"ssh: connect to host {host} port {port}: Connection refused\n")
            return 255
        try:
            async with contextlib.AsyncExitStack() as stack:
                # Always a list of our own, or None: asyncssh would look for this computer's keys and agent otherwise.
                keys = None
                if self._agent:
                    # An agent that has ended meanwhile offers nothing, and ssh says nothing of it.
                    with contextlib.suppress(*agents.AGENT_ERRORS):
                        async with asyncio.timeout(agents.PATIENCE):
                            agent = await stack.enter_async_context(agents.connect(self._agent.connection))
                            keys = await agents.held(agent) or None
                connection = await stack.enter_async_context(
                    asyncssh.connect(
                        door.address,
                        door.port,
                        username=account or self._account,
                        client_keys=keys,
                        agent_path=self._agent.path if self._agent and forward else None,
                        agent_forwarding=bool(self._agent and forward),
                        client_factory=lambda: _Client(streams.err),
                        known_hosts=([key.convert_to_public() for key in self._gateway.host_keys], [], []),
                        config=[],
                        login_timeout=0,
                    )
                )
                # What it writes goes on piece by piece: nobody knows how much it is.
                process = await stack.enter_async_context(connection.create_process(command, errors="replace"))
                await asyncio.gather(_pass_on(process.stdout, streams.out), _pass_on(process.stderr, streams.err))
                await process.wait()
        except asyncssh.PermissionDenied:
            await streams.err(f"{printable(account or self._account)}@{host}: Permission denied (publickey).\n")
            return 255
        except (OSError, asyncssh.Error) as error:
            await streams.err(f"ssh: connect to host {host} port 22: {error}\n")
            return 255
        return process.exit_status if process.exit_status is not None else 255


async def _pass_on(reader: asyncssh.SSHReader[str], to: Out) -> None:
    while text := await reader.read(_PIECE):
        await to(text)
