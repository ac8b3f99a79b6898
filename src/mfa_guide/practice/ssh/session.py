"""A session on the practice site: what each role does when somebody is in.

Nobody who logs in gets a process or a file of this machine: commands are the ones in `commands.py`, and files are those
of the account's own home directory.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import asyncssh

from mfa_guide.practice.ssh import signs
from mfa_guide.practice.ssh.agents import Forwarded
from mfa_guide.practice.ssh.commands import Commands, Streams
from mfa_guide.practice.ssh.files import Files
from mfa_guide.practice.ssh.grammar import LONGEST_LINE
from mfa_guide.practice.ssh.onward import Onward
from mfa_guide.practice.ssh.own_files import OwnFiles
from mfa_guide.practice.ssh.private_names import until_sent
from mfa_guide.practice.ssh.shell import Shell

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from mfa_guide.practice.rules.roles import Role
    from mfa_guide.practice.ssh.gateway import Gateway

_SFTP_VERSION = 3
"""OpenSSH's."""

PROMPT = "$ "
GREETING = "This is the PRACTICE site, not the VSC. Nothing you do here has consequences."
NX_GREETING = "HELLO NXSERVER - PRACTICE"
NX_NO_TERMINAL = "There is no terminal on this host: connect with an NX client."
CERTIFICATE_GIVEN = "Your agent holds a certificate now. It ends after {hours} hours, or with the agent."
CERTIFICATE_NOT_TAKEN = "Your agent has not taken the certificate."
KEY_MISSING = "Is your key in it? Add it with ssh-add."
LOCKED = "Is it locked?"
NOT_EMPTY = "Is it locked, or are keys of your own in it? Practise with an empty one."
"""Why it has not: where logins need a key; where they need none; and there outside the lab, where the agent may be the
user's real one."""
NO_AGENT = "You brought no agent, so there is nothing to put a certificate into: use ssh -A."
"""What the firewall and NX say is not known: these are ours."""


class Channel(asyncssh.SSHServerProcess[str]):
    """A session channel: a command, a terminal, or files over sftp and the old scp; no other subsystem."""

    def __init__(self, gateway: Gateway, role: Role, on_end: Callable[[], None]) -> None:
        """Begin.

        Args:
            gateway: what all sessions share.
            role: the role that was logged in to.
            on_end: called when the channel is closed.
        """
        super().__init__(
            lambda process: Session(process, gateway, role).run(),
            self._files if role.rules.shell else None,
            sftp_version=_SFTP_VERSION,
            allow_scp=role.rules.shell,
        )
        self._gateway = gateway
        self._on_end = on_end

    def subsystem_requested(self, subsystem: str) -> bool:
        return subsystem == "sftp" and super().subsystem_requested(subsystem)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._on_end()

    def _files(self, channel: Any) -> Files:
        # A server's channel, or the line editor around one: asyncssh's annotations know neither here.
        owner = channel.get_connection().get_owner()
        owner.tell(signs.SessionOpened("files", agent=bool(channel.get_agent_path())))
        return Files(channel, self._gateway.homes.of(channel.get_extra_info("username")))


class Session:
    """What one session channel of a logged-in user does."""

    def __init__(self, process: asyncssh.SSHServerProcess[str], gateway: Gateway, role: Role) -> None:
        self._process = process
        self._gateway = gateway
        self._role = role
        self._conn: asyncssh.SSHServerConnection = process.get_extra_info("connection")
        path = process.channel.get_agent_path()
        self._agent = Forwarded(self._conn, path) if path else None

    async def run(self) -> None:
        """Do what the role does, with the command that the client asked for or with a terminal."""
        process = self._process
        opened = signs.SessionOpened("terminal" if process.command is None else "command", agent=bool(self._agent))
        self._conn.get_owner().tell(opened)  # type: ignore[union-attr]
        try:
            # The client has asked for its agent by now, if it is going to.
            injected = await self._inject()
            match self._role.name:
                case "firewall":
                    status = self._firewall(injected=injected)
                case "nx":
                    status = self._nx()
                case _:
                    status = await self._login()
            process.exit(status)
        except (asyncssh.BreakReceived, asyncssh.SignalReceived):
            process.exit(130)
        except (asyncssh.ConnectionLost, BrokenPipeError, asyncio.IncompleteReadError):
            process.close()

    async def _inject(self) -> bool:
        owner = self._conn.get_owner()
        return bool(self._agent) and await owner.inject()  # type: ignore[union-attr]

    def _firewall(self, *, injected: bool) -> int:
        text = f"{CERTIFICATE_NOT_TAKEN} {self._why_not_taken()}" if self._agent else NO_AGENT
        if injected:
            text = CERTIFICATE_GIVEN.format(hours=self._gateway.service.policy.fact("certificate_lifetime"))
        self._process.stdout.write(text + "\n")
        return 0 if injected else 1

    def _why_not_taken(self) -> str:
        if self._role.rules.needs_key:
            return KEY_MISSING
        return LOCKED if self._gateway.any_agent else NOT_EMPTY

    def _nx(self) -> int:
        if "nx" in (self._process.command or ""):
            self._process.stdout.write(NX_GREETING + "\n")
            return 0
        self._process.stdout.write(NX_NO_TERMINAL + "\n")
        return 1

    async def _login(self) -> int:
        process = self._process
        account = process.get_extra_info("username")
        files = OwnFiles(account, self._gateway.homes.of(account))
        onward = Onward(self._gateway, account, self._agent)
        commands = Commands(account, self._role.host, files, agent=self._agent, onward=onward)
        # A terminal has one stream: on two, a message could overtake the prompt, or be overtaken.
        errors = process.stdout if process.term_type else process.stderr
        shell = Shell(commands, Streams(self._writer(process.stdout), self._writer(errors)))
        if process.command is not None:
            return await shell.run(process.command)
        process.stdout.write(GREETING + "\n")
        return await self._interact(shell)

    def _writer(self, stream: asyncssh.SSHWriter[str]) -> Callable[[str], Awaitable[None]]:
        async def write(text: str) -> None:
            stream.write(text)
            await stream.drain()
            await until_sent(self._process.channel)

        return write

    async def _interact(self, shell: Shell) -> int:
        process = self._process
        if process.term_type:
            # With a terminal the channel is asyncssh's line editor, which its annotations do not know.
            process.channel.register_key("\x03", self._interrupt)  # type: ignore[attr-defined]
        while not shell.ended:
            if process.term_type:
                process.stdout.write(PROMPT)
            line = await self._line()
            if not line:
                break
            await shell.run(line)
        if process.term_type:
            # As bash says at the end of a login shell.
            process.stdout.write("logout\n")
        return shell.status

    async def _line(self) -> str:
        """Return the next line; of one that is longer than the shell reads, enough for it to say so."""
        line = rest = await self._piece()
        while len(line) > LONGEST_LINE and rest and not rest.endswith("\n"):
            rest = await self._piece()
        return line

    async def _piece(self) -> str:
        """Return the next line, or as much of it as asyncssh keeps."""
        while True:
            with contextlib.suppress(asyncssh.TerminalSizeChanged):
                return await self._process.stdin.readline()

    def _interrupt(self, _line: str, _position: int) -> tuple[str, int]:
        """Ctrl+C: what was typed is gone, and there is a new prompt."""
        asyncio.get_running_loop().call_soon(self._process.stdout.write, "\n" + PROMPT)
        return "", 0
