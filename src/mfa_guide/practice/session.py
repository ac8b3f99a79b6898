"""A session on the practice site: the prompt, the line editor, and the built-in commands carried out.

Nobody who logs in gets a process or a file of this machine: commands are the ones in `commands.py`, and files are those
of the account's own home directory.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncssh

from mfa_guide.practice.commands import Shell

if TYPE_CHECKING:
    from mfa_guide.practice.gateway import Gateway, Role

PROMPT = "$ "
GREETING = "This is the PRACTICE site, not the VSC. Nothing you do here has consequences."


class Session:
    """What one session channel of a logged-in user does."""

    def __init__(self, process: asyncssh.SSHServerProcess[str], gateway: Gateway, role: Role) -> None:
        self._process = process
        account = process.get_extra_info("username")
        self._shell = Shell(
            account=account,
            host=role.host,
            home=gateway.homes / account,
            agent=process.get_extra_info("connection") if process.channel.get_agent_path() else None,
            out=process.stdout.write,
            err=process.stderr.write,
        )

    async def run(self) -> None:
        """Carry out the command that the client asked for, or a login shell when it asked for none."""
        process = self._process
        try:
            if process.command is not None:
                status = await self._shell.run(process.command)
            else:
                process.stdout.write(GREETING + "\n")
                status = await self._interact()
            process.exit(status)
        except asyncssh.BreakReceived:
            process.exit(130)
        except (asyncssh.ConnectionLost, BrokenPipeError, asyncio.IncompleteReadError):
            process.close()

    async def _interact(self) -> int:
        process, shell = self._process, self._shell
        if process.term_type:
            # With a terminal the channel is asyncssh's line editor, which its annotations do not know.
            process.channel.register_key("\x03", self._interrupt)  # type: ignore[attr-defined]
        while not shell.ended:
            if process.term_type:
                process.stdout.write(PROMPT)
            try:
                line = await process.stdin.readline()
            except asyncssh.TerminalSizeChanged:
                continue
            if not line:
                break
            await shell.run(line)
        if process.term_type:
            # As bash says at the end of a login shell.
            process.stdout.write("logout\n")
        return shell.status

    def _interrupt(self, _line: str, _position: int) -> tuple[str, int]:
        """Ctrl+C: what was typed is gone, and there is a new prompt."""
        asyncio.get_running_loop().call_soon(self._process.stdout.write, "\n" + PROMPT)
        return "", 0
