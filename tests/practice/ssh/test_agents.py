"""Agents that do not answer, or too much: nobody waits for them for long, and nothing else on the site does."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import asyncssh
import pytest

from mfa_guide.practice.ssh import agents
from tests.support import POLICY_2024
from tests.support.connecting import ACCOUNT, connect, run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from mfa_guide.practice.ssh.certificates import Authority
    from tests.practice.ssh.conftest import Open

    Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def nothing(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """An agent that never answers."""
    await reader.read()


async def too_much(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An agent whose answer has four gigabytes."""
    await reader.readexactly(5)
    writer.write(b"\xff\xff\xff\xff" + b"\x0c" * 1000)
    await reader.read()


@pytest.mark.parametrize("answer", [nothing, too_much])
def test_an_agent_that_does_not_answer_as_it_should(
    site_here: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Answer
) -> None:
    """In every command that asks it; the session goes on.

    By the rules of early 2024, by which a login onward ends where there is no key.
    """
    if answer is nothing:
        monkeypatch.setattr(agents, "PATIENCE", 0.5)

    async def ask() -> None:
        path = str(tmp_path / "agent")
        async with (
            await asyncio.start_unix_server(answer, path),
            site_here(POLICY_2024) as site,
            connect(site, agent_forwarding=path) as connection,
            asyncio.timeout(30),
        ):
            done = await connection.run("ssh-add -l; echo $?; whoami")
            assert done.stdout == f"1\n{ACCOUNT}\n"
            assert done.stderr == "error fetching identities: communication with agent failed\n"
            site.site.gateway.usual_port = site.ssh_port
            done = await connection.run("ssh login.hpc.kuleuven.be whoami; echo $?; whoami")
            assert done.stdout == f"255\n{ACCOUNT}\n"
            assert done.stderr == f"{ACCOUNT}@login.hpc.kuleuven.be: Permission denied (publickey).\n"
            server_side = next(iter(site.site.gateway.connections))
            authority = site.site.gateway.authority
            assert await authority.inject(server_side._conn, ACCOUNT, wanted=None) == ""

    run(ask())


def test_a_comment_is_plain_text(site_here: Open, tmp_path: Path) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")

    async def one_key(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        blob, comment = key.public_data, b"me\x1b[2J"
        body = b"\x0c" + b"".join(n.to_bytes(4, "big") for n in (1,))
        for part in (blob, comment):
            body += len(part).to_bytes(4, "big") + part
        await reader.readexactly(5)
        writer.write(len(body).to_bytes(4, "big") + body)
        await reader.read()

    async def ask() -> None:
        path = str(tmp_path / "agent")
        async with (
            await asyncio.start_unix_server(one_key, path),
            site_here() as site,
            connect(site, agent_forwarding=path) as connection,
        ):
            done = await connection.run("ssh-add -l")
            assert done.stdout == f"256 {key.get_fingerprint()} me\\x1b[2J (ED25519)\n"

    run(ask())


def test_the_key_of_a_certificate_is_made_in_a_thread(site_here: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """The site goes on meanwhile."""
    made: list[threading.Thread] = []
    generate = asyncssh.generate_private_key

    def note(*arguments: Any, **options: Any) -> asyncssh.SSHKey:
        made.append(threading.current_thread())
        return generate(*arguments, **options)

    monkeypatch.setattr(asyncssh, "generate_private_key", note)

    async def issue() -> None:
        async with site_here() as site:
            authority: Authority = site.site.gateway.authority
            made.clear()
            pair, _ = await authority.issue(ACCOUNT)
            assert pair.has_cert
            assert made
            assert threading.current_thread() not in made

    run(issue())
