"""How many connections, sessions and forwarded ports there may be, and how long without a proof."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import asyncssh
import pytest

from mfa_guide.practice.rules.clock import Clock
from mfa_guide.practice.rules.state import State
from mfa_guide.practice.ssh import connections, gateway
from mfa_guide.practice.ssh.connections import Connections
from mfa_guide.practice.ssh.signs import MethodTried
from tests.support import POLICY_2024
from tests.support.connecting import ACCOUNT, connect, run

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from pathlib import Path

    from mfa_guide.practice.hosting.loopback import Loopback
    from tests.practice.ssh.conftest import Open
    from tests.support.loopback_site import LoopbackSite

PATIENCE = 30


def ports(site: Loopback) -> dict[str, int]:
    """Return where each role listens."""
    return {door.role.name: door.port for door in site.site.gateway.doors}


class Quiet(asyncssh.SSHClient):
    """A client that is shown a link, and waits."""

    def __init__(self) -> None:
        self.shown = asyncio.Event()
        self.lost: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

    def kbdint_auth_requested(self) -> str:
        return ""

    def kbdint_challenge_received(
        self, name: str, instructions: str, lang: str, prompts: Sequence[tuple[str, bool]]
    ) -> list[str]:
        self.shown.set()
        return []

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set_result(exc)


# -- sessions and ports of one connection ------------------------------------------------------------------------------


def test_sessions_of_one_connection(site: LoopbackSite) -> None:
    async def open_them() -> None:
        async with connect(site) as connection:
            open_ = [await connection.create_process() for _ in range(gateway.MOST_SESSIONS)]
            with pytest.raises(asyncssh.ChannelOpenError, match="too many sessions"):
                await connection.create_process()
            with pytest.raises(asyncssh.ChannelOpenError, match="too many sessions"):
                await connection.start_sftp_client()
            open_[0].stdin.write("exit 3\n")
            assert (await open_[0].wait()).exit_status == 3
            # The gateway hears a little later that the channel is closed.
            async with asyncio.timeout(PATIENCE):
                while True:
                    with contextlib.suppress(asyncssh.ChannelOpenError):
                        assert (await connection.run("whoami")).stdout == f"{ACCOUNT}\n"
                        return

    run(open_them())


def test_ports_that_one_connection_forwards(site_here: Open) -> None:
    async def forward() -> None:
        async with site_here() as site, connect(site) as connection:
            name, port = site.site.service.policy.text("login_host"), site.ssh_port
            open_ = [await connection.open_connection(name, port) for _ in range(gateway.MOST_FORWARDED)]
            with pytest.raises(asyncssh.ChannelOpenError, match="too many forwarded ports"):
                await connection.open_connection(name, port)
            open_[0][1].close()
            await open_[0][1].wait_closed()
            async with asyncio.timeout(PATIENCE):
                while len(site.site.gateway.connections) > gateway.MOST_FORWARDED:
                    await asyncio.sleep(0.01)
            reader, _writer = await connection.open_connection(name, port)
            assert (await reader.read(8)) == b"SSH-2.0-"

    run(forward())


def test_where_all_roles_have_one_address_the_port_tells_them_apart(site_here: Open) -> None:
    async def forward() -> None:
        async with site_here() as site, connect(site) as connection:
            for role, port in ports(site).items():
                async with connection.forward_local_port("127.0.0.1", 0, "127.0.0.1", port) as forwarded:
                    assert await role_at(site, forwarded.get_port()) == role
            for port in (22, site.web_port):
                with pytest.raises(asyncssh.ChannelOpenError, match="open failed"):
                    await connection.open_connection("127.0.0.1", port)

    async def role_at(site: Loopback, port: int) -> str:
        heard: list[str] = []
        site.site.gateway.on_sign = lambda sign: (
            heard.append(sign.host) if isinstance(sign.shown, MethodTried) else None
        )
        with pytest.raises(asyncssh.PermissionDenied):
            await asyncssh.connect(
                "127.0.0.1", port, username=ACCOUNT, known_hosts=None, client_keys=None, agent_path=None, config=[]
            )
        hosts = {door.role.host: door.role.name for door in site.site.gateway.doors}
        return hosts[heard[0]]

    run(forward())


def test_ssh_to_an_address_goes_to_the_role_that_listens_there(site_here: Open) -> None:
    """On loopback, nobody does at SSH's own port, and certainly not the firewall role."""

    async def go() -> None:
        async with site_here(POLICY_2024) as site, connect(site) as connection:
            answer = await connection.run("ssh 127.0.0.1 hostname")
            assert (answer.exit_status, answer.stderr) == (
                255,
                "ssh: connect to host 127.0.0.1 port 22: Connection refused\n",
            )
            site.site.gateway.usual_port = site.ssh_port
            refused = await connection.run("ssh 127.0.0.1 hostname")
            assert (refused.exit_status, refused.stderr) == (
                255,
                f"{ACCOUNT}@127.0.0.1: Permission denied (publickey).\n",
            )
            last = site.site.service.state.events()[-1]
            assert last.event != "port forwarded"

    run(go())


@pytest.mark.parametrize("subsystem", ["netconf", "../../bin/sh"])
def test_no_other_subsystem(site: LoopbackSite, subsystem: str) -> None:
    """A real server refuses it: nothing is greeted, no shell comes."""

    async def ask() -> None:
        async with connect(site) as connection:
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.create_process(subsystem=subsystem)
            assert (await connection.run("whoami")).stdout == f"{ACCOUNT}\n"

    run(ask())


def test_no_tunnels_of_other_kinds(site: LoopbackSite) -> None:
    async def ask() -> None:
        async with connect(site) as connection:
            for ask in (connection.create_tun, connection.create_tap):
                with pytest.raises(asyncssh.ChannelOpenError):
                    await ask(asyncssh.SSHTunTapSession, 0)
            with pytest.raises(asyncssh.ChannelListenError):
                await connection.forward_remote_port("", 0, "127.0.0.1", 1)
            assert (await connection.run("whoami")).stdout == f"{ACCOUNT}\n"

    run(ask())


@pytest.mark.parametrize("term_type", [None, "xterm"])
def test_a_signal_or_break_ends_the_session_only(site: LoopbackSite, term_type: str | None) -> None:
    async def send() -> None:
        async with connect(site) as connection:
            for end in ("send_signal", "send_break"):
                process = await connection.create_process(term_type=term_type)
                await process.stdout.readuntil("consequences.")
                process.send_signal("TERM") if end == "send_signal" else process.send_break(1)
                assert (await process.wait()).exit_status == 130
            assert (await connection.run("whoami")).stdout == f"{ACCOUNT}\n"

    run(send())


def test_a_line_that_is_too_long_is_told_and_the_next_one_is_read(site: LoopbackSite) -> None:
    """As a command and in a shell: also when there is more of it than is kept."""

    async def send() -> None:
        async with connect(site) as connection:
            done = await connection.run("echo " + "x" * 20_000)
            assert (done.exit_status, done.stdout) == (2, "")
            assert done.stderr == "-bash: line too long: the practice site reads at most 16384 characters at once\n"
            done = await connection.run(input="echo " + "x; echo " * 1_000_000 + "\nwhoami\n", check=True)
            assert str(done.stdout).splitlines()[1:] == [ACCOUNT]
            assert str(done.stderr).count("line too long") == 1
            for long in ("\n" * 100_000, "x" * 3_000_000):
                done = await connection.run(input=long)
                assert "line too long" in str(done.stderr) or not done.stderr
            process = await connection.create_process(term_type="xterm")
            process.stdin.write("x" * 100_000 + "\nwhoami\n")
            await process.stdout.readuntil(f"{ACCOUNT}\r\n")

    run(send())


# -- connections -------------------------------------------------------------------------------------------------------


class Fake:
    """A connection of which only its end matters."""

    aborted = False

    def abort(self) -> None:
        self.aborted = True


def test_the_one_that_has_been_silent_longest_makes_room() -> None:
    open_ = Connections(in_all=10, silent=2)
    fakes: Any = [Fake() for _ in range(4)]
    open_.add(fakes[0], "there")
    open_.add(fakes[1], "there")
    open_.know(fakes[0], "a", "there")
    for fake in fakes[2:]:
        open_.add(fake, "there")
    assert [fake.aborted for fake in fakes] == [False, True, False, False]
    assert len(open_) == 3


@pytest.mark.parametrize("note", [Connections.add, Connections.wait])
def test_it_is_of_the_address_that_has_most(note: Callable[[Connections, Any, str], None]) -> None:
    """So nobody keeps others out who come from elsewhere, however many connections he opens."""
    open_ = Connections(in_all=10, silent=3)
    fakes: Any = [Fake() for _ in range(5)]
    for fake, address in zip(fakes, ["there", "here", "here", "here", "here"], strict=True):
        note(open_, fake, address)
    assert [fake.aborted for fake in fakes] == [False, True, True, False, False]


def test_those_that_wait_have_a_limit_of_their_own() -> None:
    open_ = Connections(in_all=10, silent=2)
    fakes: Any = [Fake() for _ in range(5)]
    for fake in fakes[:3]:
        open_.add(fake, "there")
        open_.wait(fake, "there")
        open_.wait(fake, "there")
    for fake in fakes[3:]:
        open_.add(fake, "there")
    assert [fake.aborted for fake in fakes] == [True, False, False, False, False]
    open_.know(fakes[1], "a", "there")
    open_.remove(fakes[2])
    assert len(open_) == 3


def test_an_account_an_address_and_all_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "OF_ACCOUNT", 2)
    monkeypatch.setattr(connections, "OF_ADDRESS", 3)
    open_ = Connections(in_all=4, silent=10)
    fakes: Any = [Fake() for _ in range(6)]
    for fake, who in zip(fakes, [("a", "x"), ("a", "x"), ("b", "x"), ("b", "y")], strict=False):
        open_.know(fake, *who)
    for who, reason in (
        (("a", "z"), "of a are"),
        (("c", "x"), "from x are"),
        (("c", "z"), "on the practice site: try again later"),
    ):
        with pytest.raises(connections.TooManyConnectionsError, match=reason):
            open_.know(fakes[4], *who)
    # It may prove another's key.
    open_.know(fakes[0], "c", "z")
    open_.remove(fakes[1])
    open_.know(fakes[4], "a", "z")


def test_too_many_connections_of_an_account_are_refused_in_words(
    site_here: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "OF_ACCOUNT", 1)

    async def log_in() -> None:
        async with site_here() as site:
            async with connect(site):
                with pytest.raises(asyncssh.DisconnectError, match=f"Too many connections of {ACCOUNT} are open") as no:
                    await connect(site)  # type: ignore[misc]
                assert no.value.code == 12
            async with asyncio.timeout(PATIENCE):
                while len(site.site.gateway.connections):
                    await asyncio.sleep(0.01)
            async with connect(site) as connection:
                assert (await connection.run("whoami")).stdout == f"{ACCOUNT}\n"

    run(log_in())


# -- time --------------------------------------------------------------------------------------------------------------


def test_whoever_proves_nothing_is_cut_off(site_here: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also who says nothing at all, or stays in the middle of the key exchange; who has proved a key is not."""
    monkeypatch.setattr(gateway, "GRACE", 0.5)

    async def wait() -> None:
        async with site_here() as site, connect(site) as connection, asyncio.timeout(PATIENCE):
            for begin in (b"", b"SSH-2.0-nobody\r\n", b"SSH-2.0-nobody\r\n\0\0\0"):
                reader, writer = await asyncio.open_connection("127.0.0.1", site.ssh_port)
                writer.write(begin)
                said = await reader.read()
                assert said.startswith(b"SSH-2.0-PRACTICE\r\n")
                assert b"Nothing was proved within 0.5 seconds." in said
                writer.close()
            assert (await connection.run("whoami")).stdout == f"{ACCOUNT}\n"

    run(wait())


class Silent(Quiet):
    """A client that proves its key, hears that there is more to prove, and then says nothing more."""

    async def kbdint_auth_requested(self) -> str:  # type: ignore[override]
        self.shown.set()
        await asyncio.Event().wait()
        return ""


def test_whoever_proves_a_key_and_nothing_more_is_cut_off(site_here: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no link whose end would end it: it has as long as a link lasts, and the time for the key once more."""
    monkeypatch.setattr(gateway, "GRACE", 0.5)
    lifetime = POLICY_2024.facts["link_lifetime"].model_copy(update={"value": 1, "unit": "seconds"})
    policy = POLICY_2024.model_copy(update={"facts": POLICY_2024.facts | {"link_lifetime": lifetime}})
    assert policy.seconds("link_lifetime") == 1

    async def wait() -> None:
        async with site_here(policy) as site, asyncio.timeout(PATIENCE):
            client, began = Silent(), asyncio.get_running_loop().time()
            waiting = asyncio.create_task(plain(site, client))
            await client.shown.wait()
            with pytest.raises(asyncssh.Error):
                await waiting
            assert asyncio.get_running_loop().time() - began >= 1.5
            assert not site.site.service.state.count("link shown")

    run(wait())


def plain(site: Loopback, client: Quiet | None = None) -> Coroutine[Any, Any, asyncssh.SSHClientConnection]:
    """Log in by the practice key, and wait."""

    async def log_in() -> asyncssh.SSHClientConnection:
        return await asyncssh.connect(
            "127.0.0.1",
            site.ssh_port,
            username=ACCOUNT,
            client_keys=[site.site.installation.user_key],
            known_hosts=None,
            agent_path=None,
            config=[],
            client_factory=lambda: client or Quiet(),
            login_timeout=0,
        )

    return log_in()


def test_what_happens_at_the_end_stands_in_the_log(site_here: Open, tmp_path: Path) -> None:
    """Connections are ended before the state is closed."""

    async def end() -> None:
        client = Quiet()
        async with asyncio.timeout(PATIENCE):
            async with site_here() as site:
                waiting = asyncio.create_task(plain(site, client))
                await client.shown.wait()
            with pytest.raises(asyncssh.Error):
                await waiting

    run(end())
    state = State(tmp_path / "state" / "state.sqlite", Clock())
    assert [entry.event for entry in state.events()][-2:] == ["link shown", "login left"]
    state.close()
