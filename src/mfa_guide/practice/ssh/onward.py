"""`ssh` from a session onwards: to another role of the practice site, with the agent that the client forwards."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import asyncssh

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mfa_guide.practice.ssh.gateway import Gateway


class _Client(asyncssh.SSHClient):
    """Shows what the other side says, and has nothing to answer."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show

    def kbdint_auth_requested(self) -> str:
        return ""

    def kbdint_challenge_received(
        self, name: str, instructions: str, lang: str, prompts: Sequence[tuple[str, bool]]
    ) -> list[str]:
        self._show(instructions + "\n")
        return []


class Onward:
    """Logs in from one role to another."""

    def __init__(self, gateway: Gateway, account: str, agent: str | None) -> None:
        """Begin.

        Args:
            gateway: knows the other roles.
            account: whose name is used when none is given.
            agent: the socket at which the client's agent is forwarded; None when it is not.
        """
        self._gateway = gateway
        self._account = account
        self._agent = agent

    async def run(
        self, target: str, command: str, *, forward: bool, out: Callable[[str], None], err: Callable[[str], None]
    ) -> int:
        """Carry out a command on another role.

        Args:
            target: a host name, or `account@host`.
            command: the command.
            forward: whether the agent goes along.
            out: takes the output.
            err: takes what ssh itself says.

        Returns:
            The command's exit status, or 255, as ssh does.
        """
        account, _, host = target.rpartition("@")
        if host not in self._gateway.roles:
            err(f"ssh: Could not resolve hostname {host}: Name or service not known\n")
            return 255
        _role, address, port = self._gateway.roles[host]
        try:
            async with contextlib.AsyncExitStack() as stack:
                # Always a list of our own, or None: asyncssh would look for this computer's keys and agent otherwise.
                keys = None
                if self._agent:
                    agent = await stack.enter_async_context(asyncssh.connect_agent(self._agent))
                    # An agent that has ended meanwhile offers nothing, and ssh says nothing of it.
                    with contextlib.suppress(ValueError):
                        keys = list(await agent.get_keys()) or None
                connection = await stack.enter_async_context(
                    asyncssh.connect(
                        address,
                        port,
                        username=account or self._account,
                        client_keys=keys,
                        agent_path=self._agent if forward else None,
                        agent_forwarding=bool(forward and self._agent),
                        client_factory=lambda: _Client(err),
                        known_hosts=([key.convert_to_public() for key in self._gateway.host_keys], [], []),
                        config=[],
                        login_timeout=0,
                    )
                )
                done = await connection.run(command)
        except asyncssh.PermissionDenied:
            err(f"{account or self._account}@{host}: Permission denied (publickey).\n")
            return 255
        except (OSError, asyncssh.Error) as error:
            err(f"ssh: connect to host {host} port 22: {error}\n")
            return 255
        out(str(done.stdout))
        err(str(done.stderr))
        return done.exit_status if done.exit_status is not None else 255
