"""A practice site that can have no more connections open: it refuses, can be reached, and says so once."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import stat
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mfa_guide.practice.hosting.listening import ROUNDS, Listener
from mfa_guide.practice.web.silent import Silent
from tests.support.connecting import ACCOUNT, connect, run
from tests.support.loopback_site import LoopbackSite

if TYPE_CHECKING:
    from collections.abc import Iterator

FEW = 256


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopbackSite]:
    """A practice site whose process may have few descriptors, and its standard error in a file."""
    folder = tmp_path_factory.mktemp("few")
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nulimit -n {FEW}\nexec {sys.executable} "$@" 2> {folder}/said\n')
    python.chmod(stat.S_IRWXU)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", str(python))
        site = LoopbackSite.start(folder, managed=True)
    yield site
    assert site.stop() == 0


def answers(site: LoopbackSite) -> None:
    """Look at the web, the control socket and a login: each with nothing kept from before."""
    with pytest.raises(urllib.error.HTTPError) as page:
        urllib.request.urlopen(f"{site.web}/", timeout=30)
    # Not 503: the page itself, to somebody who has not come in by the entrance.
    assert page.value.code == 403
    site.events(last=1)

    async def log_in() -> None:
        async with connect(site) as connection:
            assert (await connection.run("whoami")).stdout == f"{ACCOUNT}\n"

    run(log_in())


@pytest.mark.parametrize("port", ["ssh_port", "web_port", "both"])
@pytest.mark.parametrize("begin", [b"", b"SSH-2.0-x\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_connections_that_are_only_held_open_keep_nobody_out(site: LoopbackSite, port: str, begin: bytes) -> None:
    web_port = int(site.web.rsplit(":", 1)[1])
    ports = {"ssh_port": [site.ssh_port], "web_port": [web_port], "both": [site.ssh_port, web_port]}[port]
    with contextlib.ExitStack() as stack:
        for number in range(FEW + 64):
            held = stack.enter_context(socket.create_connection(("127.0.0.1", ports[number % len(ports)])))
            with contextlib.suppress(OSError):
                held.sendall(begin)
        answers(site)
    answers(site)
    assert (site.folder / "said").stat().st_size < 1_000, "what it says of them does not grow with them"


@pytest.mark.parametrize("begin", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n"])
@pytest.mark.parametrize("after", [1, 2, 4])
def test_nobody_is_refused_while_others_make_room(site: LoopbackSite, after: int, begin: bytes) -> None:
    """All of them wait when the site's loop comes round: it has no time to end one before the next."""
    where = ("127.0.0.1", int(site.web.rsplit(":", 1)[1]))
    room = FEW - len(list(Path(f"/proc/{site.process.pid}/fd").iterdir()))
    with contextlib.ExitStack() as stack:
        os.kill(site.process.pid, signal.SIGSTOP)
        try:
            *others, last = [
                stack.enter_context(socket.create_connection(where, timeout=30)) for _ in range(room + after)
            ]
            for other in others:
                other.sendall(begin)
            last.sendall(b"GET / HTTP/1.0\r\n\r\n")
        finally:
            os.kill(site.process.pid, signal.SIGCONT)
        assert last.recv(7) == b"HTTP/1."


def test_who_has_asked_is_answered_however_many_ask_at_once(site: LoopbackSite) -> None:
    """All of them wait when the site's loop comes round, and are more than may be silent."""
    where = ("127.0.0.1", int(site.web.rsplit(":", 1)[1]))
    with contextlib.ExitStack() as stack:
        os.kill(site.process.pid, signal.SIGSTOP)
        try:
            asking = [stack.enter_context(socket.create_connection(where, timeout=30)) for _ in range(FEW // 2)]
            for client in asking:
                client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        finally:
            os.kill(site.process.pid, signal.SIGCONT)
        assert {client.recv(7) for client in asking} == {b"HTTP/1."}


def no_room(*_: object) -> tuple[int, object]:
    raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))


def test_without_any_descriptor_each_one_that_waits_is_refused_and_it_is_told_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Listener, "_told", False)
    with Listener.over(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.setblocking(False)
        clients = [socket.create_connection(listener.getsockname()) for _ in range(3)]
        accept = socket.socket.accept
        calls: list[bool] = []

        def every_second(self: socket.socket) -> tuple[socket.socket, object]:
            # The kernel's answer before the descriptor that is kept for this was given back, and after.
            calls.append(not calls or not calls[-1])
            return no_room() if calls[-1] else accept(self)  # type: ignore[return-value]

        monkeypatch.setattr(socket.socket, "accept", no_room)
        for _ in range(ROUNDS):
            with pytest.raises(BlockingIOError):
                listener.accept()
        assert capsys.readouterr().err == "", "nobody had time to make room"
        monkeypatch.setattr(socket.socket, "accept", every_second)
        for client in clients:
            with pytest.raises(BlockingIOError):
                listener.accept()
            client.settimeout(30)
            assert client.recv(1) == b"", "it was not closed"
            client.close()
        monkeypatch.undo()
        with socket.create_connection(listener.getsockname()):
            taken, _ = listener.accept()
            taken.close()
    assert capsys.readouterr().err.count("\n") == 1


def test_the_one_that_has_been_silent_longest_makes_room() -> None:
    silent = Silent(2)
    with Listener.over(socket.create_server(("127.0.0.1", 0)), silent) as listener, contextlib.ExitStack() as stack:
        ends = []
        for number in range(4):
            client = stack.enter_context(socket.create_connection(listener.getsockname()))
            client.settimeout(30)
            taken = stack.enter_context(listener.accept()[0])
            ends.append((client, taken))
            if number == 0:
                silent.speaks(taken.fileno())
        assert ends[1][0].recv(1) == b""
        for number in (0, 2, 3):
            ends[number][1].sendall(b"x")
            assert ends[number][0].recv(1) == b"x"
