"""asyncssh's private names: two modules use them and are read anew with each release, no other does."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import asyncssh
import pytest

import mfa_guide
from mfa_guide.practice.ssh import private_names as private
from mfa_guide.practice.ssh.private_names import AT_ONCE, MOST_UNSENT, until_sent
from tests.support.connecting import ACCOUNT, connect, run
from tests.support.loopback_site import LoopbackSite, read_link

if TYPE_CHECKING:
    from tests.practice.ssh.conftest import Open

SOURCE = Path(mfa_guide.__file__).parent / "practice"
MAY = {"ssh/partial_success.py", "ssh/private_names.py"}


def private_names(path: Path) -> set[str]:
    """Return the private names in a module that it has not given itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and is_own(node)}
    own |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__")
    } - own


def is_own(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")


def test_no_other_module_uses_them() -> None:
    about = {path: str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py")}
    found = {name: private for path, name in about.items() if (private := private_names(path))}
    assert found.keys() == MAY, found


class Taker:
    """A client that takes what it was sent when it is told to."""

    def __init__(self) -> None:
        self.unsent = [0, 0]
        self.closing = False
        transport = SimpleNamespace(get_write_buffer_size=lambda: self.unsent[0])
        self.channel: Any = SimpleNamespace(
            get_write_buffer_size=lambda: self.unsent[1],
            is_closing=lambda: self.closing,
            get_connection=lambda: SimpleNamespace(_transport=transport),
        )


def test_more_is_made_when_the_client_has_taken_what_there_was() -> None:
    """Whether it waits in the channel (the client's window is closed) or in the connection (nobody reads it)."""

    async def take() -> None:
        for place in (0, 1):
            taker = Taker()
            taker.unsent[place] = MOST_UNSENT + 1
            waiting = asyncio.create_task(until_sent(taker.channel))
            for _ in range(10):
                await asyncio.sleep(0)
            assert not waiting.done()
            taker.unsent[place] = MOST_UNSENT
            await asyncio.wait_for(waiting, 30)
            taker.unsent[place] = MOST_UNSENT + 1
            taker.closing = True
            await asyncio.wait_for(until_sent(taker.channel), 30)

    run(take())


PATIENCE = 60
FULL_LINE = "a" * 1000
LEFT_AND_A_LETTER = "\x02a\x7f"


async def open_terminal(connection: asyncssh.SSHClientConnection) -> asyncssh.SSHClientProcess[str]:
    terminal = await connection.create_process(term_type="xterm")
    await terminal.stdout.readuntil("$ ")
    return terminal


def server_channels(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list of the channels that the gateway makes from now on."""
    made: list[Any] = []
    make = private.make_channel

    def make_and_note(connection: asyncssh.SSHServerConnection) -> asyncssh.SSHServerChannel[str]:
        made.append(make(connection))
        return made[-1]  # type: ignore[no-any-return]

    monkeypatch.setattr("mfa_guide.practice.ssh.gateway.make_channel", make_and_note)
    return made


def test_others_have_their_turn_while_much_is_typed_into_a_long_line(site_here: Open) -> None:
    typed = FULL_LINE + LEFT_AND_A_LETTER * 1000 + "\x15echo all of it\n"

    async def type_it() -> int:
        turns = 0

        async def count() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        async with site_here() as site, connect(site) as connection, asyncio.timeout(PATIENCE):
            terminal = await open_terminal(connection)
            counting = asyncio.create_task(count())
            terminal.stdin.write(typed)
            # After what was typed comes what the command says.
            await terminal.stdout.readuntil("\nall of it\r\n")
            counting.cancel()
            return turns

    assert run(type_it()) >= len(typed) / AT_ONCE


def test_no_more_is_taken_in_before_what_there_is_was_worked_on(
    site_here: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    channels = server_channels(monkeypatch)
    window = 2**21

    async def type_on() -> list[int]:
        waiting = []
        async with site_here() as site, connect(site) as connection, asyncio.timeout(PATIENCE):
            terminal = await open_terminal(connection)
            terminal.stdin.write(FULL_LINE * 6000)
            for _ in range(500):
                await asyncio.sleep(0.001)
                waiting.append(sum(len(data) for data, _ in channels[0]._recv_buf))
        return waiting

    waiting = run(type_on())
    assert window / 2 < max(waiting) <= window


def test_no_more_is_drawn_than_the_client_takes(site_here: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    channels = server_channels(monkeypatch)
    most = 100_000
    monkeypatch.setattr(private, "MOST_UNSENT", most)

    async def take_nothing() -> int:
        async with site_here() as site, connect(site) as connection, asyncio.timeout(PATIENCE):
            terminal = await open_terminal(connection)
            terminal.channel.pause_reading()
            terminal.stdin.write(FULL_LINE + LEFT_AND_A_LETTER * 5000)
            (channel,) = channels
            while channel.get_write_buffer_size() <= most:
                await asyncio.sleep(0.01)
            for _ in range(200):
                await asyncio.sleep(0.005)
            unsent: int = channel.get_write_buffer_size()
            assert channel._recv_buf, "all of it was worked on"
            return unsent

    assert run(take_nothing()) < most + AT_ONCE * 2 * len(FULL_LINE)


def test_a_command_that_is_no_utf_8_is_one_that_is_not_known(site: LoopbackSite) -> None:
    client = site.ssh("hostn\udce4me; echo l\udce9")
    site.run("practice", "approve", read_link(client))
    out, err = client.communicate(timeout=PATIENCE)
    assert (client.returncode, out, err.splitlines()[-1]) == (0, "l\ufffd\n", "-bash: hostn\ufffdme: command not found")


NO_TEXT = b"\xe9"


def test_a_request_whose_name_is_no_text_fails_and_nothing_else_does(site: LoopbackSite) -> None:
    async def ask() -> None:
        async with connect(site) as connection, asyncio.timeout(PATIENCE):
            terminal = await open_terminal(connection)
            channel: Any = terminal.channel
            assert await channel._make_request(NO_TEXT) is False
            terminal.stdin.write("whoami\n")
            await terminal.stdout.readuntil(f"\n{ACCOUNT}\r\n")

    run(ask())


def test_a_terminal_whose_name_is_no_text_is_refused_and_the_connection_goes_on(site: LoopbackSite) -> None:
    async def ask() -> None:
        async with connect(site) as connection, asyncio.timeout(PATIENCE):
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.create_process(term_type="\xe9")
            assert (await connection.run("whoami")).stdout == f"{ACCOUNT}\n"

    run(ask())


def test_of_many_sizes_of_the_window_the_last_one_counts(site_here: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    channels = server_channels(monkeypatch)
    many = 2000
    unsent = [0]
    monkeypatch.setattr(private, "_unsent", lambda *_: unsent[0])

    async def resize() -> tuple[int, Any]:
        async with site_here() as site, connect(site) as connection, asyncio.timeout(PATIENCE):
            terminal = await open_terminal(connection)
            (channel,) = channels
            told = []
            monkeypatch.setattr(channel._session, "terminal_size_changed", lambda *size: told.append(size))
            for width in range(80, 80 + many):
                terminal.change_terminal_size(width, 24)
            while not told or told[-1][0] < 79 + many:
                await asyncio.sleep(0.01)
            # A client that takes nothing is not drawn for.
            unsent[0] = private.MOST_UNSENT + 1
            terminal.change_terminal_size(1, 1)
            await asyncio.sleep(4 * private._PAUSE)
            assert told[-1][0] > 1
            unsent[0] = 0
            while told[-1][0] > 1:
                await asyncio.sleep(0.01)
            terminal.stdin.write("echo all of it\n")
            await terminal.stdout.readuntil("\nall of it\r\n")
            return len(told), channel.get_terminal_size()

    times, last = run(resize())
    assert last == (1, 1, 0, 0)
    assert times < many / 20
