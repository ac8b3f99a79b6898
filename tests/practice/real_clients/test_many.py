"""Five hundred logins that wait at once, with a key each: one process, and not a thread for each."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh

from mfa_guide.practice.hosting.running import LINK, PracticeSite
from mfa_guide.practice.rules.clock import Clock
from mfa_guide.practice.rules.logins import PENDING_PER_ACCOUNT
from mfa_guide.practice.rules.state import State
from tests.support.loopback_site import LoopbackSite, read_link
from tests.support.readers import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LOGINS = 500
ACCOUNTS = [f"vsc{98765 + number}" for number in range(25)]
"""No account and no address may have all of them waiting: they are spread over both."""


class Client(asyncssh.SSHClient):
    """Passes on the link that it is shown."""

    def __init__(self, shown: asyncio.Queue[str]) -> None:
        self._shown = shown

    def kbdint_auth_requested(self) -> str:
        return ""

    def kbdint_challenge_received(
        self, name: str, instructions: str, lang: str, prompts: Sequence[tuple[str, bool]]
    ) -> list[str]:
        self._shown.put_nowait(LINK.findall(instructions)[-1])
        return []


async def log_in_all(site: PracticeSite, key: asyncssh.SSHKey) -> list[str]:
    """Let all logins wait, look at the process, say Yes to all, and return what they were answered."""
    shown: asyncio.Queue[str] = asyncio.Queue()
    at_once = asyncio.Semaphore(50)

    async def log_in(number: int) -> str:
        async with at_once:
            connecting = asyncio.ensure_future(
                asyncssh.connect(
                    "127.0.0.1",
                    site.ssh_port,
                    local_addr=(f"127.0.0.{1 + number % 10}", 0),
                    username=ACCOUNTS[number % len(ACCOUNTS)],
                    client_keys=[key],
                    client_factory=lambda: Client(shown),
                    options=asyncssh.SSHClientConnectionOptions(config=[], known_hosts=None, agent_path=None),
                    login_timeout=0,
                )
            )
            links.append(await shown.get())
        async with await connecting as connection:
            answer = await connection.run("whoami")
        return str(answer.stdout)

    links: list[str] = []
    logins = [asyncio.create_task(log_in(number)) for number in range(LOGINS)]
    while len(links) < LOGINS:
        await asyncio.sleep(0.1)
        assert not any(login.done() for login in logins)
    threads = len(list(Path(f"/proc/{site.process.pid}/task").iterdir()))
    assert threads < 20, f"{threads} threads for {LOGINS} logins"
    for link in links:
        await asyncio.to_thread(site.approve, link)
    return await asyncio.gather(*logins)


def test_five_hundred_logins_wait_at_once(fresh_state: Callable[[], Path], tmp_path: Path) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    shutil.copytree(fresh_state(), tmp_path / "state")
    state = State(tmp_path / "state" / "state.sqlite", Clock())
    for account in ACCOUNTS:
        state.add_key(account, key.export_public_key().decode().strip())
    state.close()
    site = PracticeSite.start(tmp_path, users=len(ACCOUNTS), policy="2024")
    try:
        answers = asyncio.run(asyncio.wait_for(log_in_all(site, key), 120))
        # The end of a long audit log can be asked for.
        assert len(site.events()) == 1000
    finally:
        site.stop()
    assert answers == [f"{ACCOUNTS[number % len(ACCOUNTS)]}\n" for number in range(LOGINS)]


def test_no_account_has_too_many_that_wait(keyed: LoopbackSite) -> None:
    """Who has proved a key; of others, the oldest that nobody has opened makes room."""
    waiting = [keyed.ssh("true") for _ in range(PENDING_PER_ACCOUNT)]
    for client in waiting:
        read_link(client)
    refused = keyed.ssh("true")
    _, said = refused.communicate(timeout=30)
    assert refused.returncode == 255
    assert "14: Too many logins are waiting already: answer or cancel one first" in said
    waiting[0].kill()
    waiting[0].communicate()
    wait_until(lambda: keyed.events(last=1)[0][0] == "login left")
    waiting[0] = keyed.ssh("true")
    read_link(waiting[0])
    for client in waiting:
        client.kill()
        client.communicate()
