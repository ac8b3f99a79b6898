"""The pages as they are served: what only a real connection shows."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import time
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from starlette.responses import PlainTextResponse

from mfa_guide.practice.web import bell, classroom, guard, server
from tests.support.connecting import run
from tests.support.walking import PATIENCE, form_of

if TYPE_CHECKING:
    from tests.support.site_in_thread import RunningSite


@pytest.fixture
def client(running: RunningSite) -> httpx2.Client:
    return httpx2.Client(follow_redirects=True)


def test_a_link_is_written_to_no_log(
    running: RunningSite, client: httpx2.Client, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    # The client is a part of the test, and tells what it asks.
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    caplog.set_level(logging.DEBUG, "uvicorn")
    caplog.set_level(logging.INFO, "uvicorn.access")
    login = running.do(lambda site: site.log_in())
    client.get(f"{running.addresses.firewall}/{login.token}")
    running.do(lambda site: site.logins.leave(login))
    client.get(f"{running.addresses.firewall}/{login.token}")
    out, err = capfd.readouterr()
    assert login.token not in caplog.text + out + err


def test_a_browser_is_where_it_connects_from(running: RunningSite, client: httpx2.Client) -> None:
    elsewhere = running.do(lambda site: site.log_in(address="198.51.100.7"))
    here = running.do(lambda site: site.log_in(address="127.0.0.1"))
    lies = {"X-Forwarded-For": "198.51.100.7", "Forwarded": "for=198.51.100.7", "X-Forwarded-Proto": "https"}
    client.headers.update(lies)
    page = client.get(running.entrance)
    for fields in ({"institution": "KU Leuven Association"}, {"person": "owner-of-vsc98765"}):
        form = form_of(page, "/log-in")
        page = client.post(form.address, data=form.fields | fields)
    assert here.token in page.text
    assert elsewhere.token not in page.text


def test_the_server_does_not_say_what_it_is(running: RunningSite, client: httpx2.Client) -> None:
    assert "server" not in client.get(f"{running.addresses.firewall}/").headers


def test_the_server_leaves_signals_to_the_site(running: RunningSite) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with running.server.capture_signals():
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


# -- what clients do that are no browsers ------------------------------------------------------------------------------


def connect(running: RunningSite, said: bytes) -> socket.socket:
    connection = socket.create_connection(running.listens, timeout=PATIENCE)
    connection.sendall(said)
    return connection


def heard(connection: socket.socket) -> bytes:
    """Return what comes until the other side has closed the connection."""
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65_536):
            said += piece
    connection.close()
    return said


def head(running: RunningSite, request: str, *headers: str) -> bytes:
    host = running.addresses.firewall.removeprefix("http://")
    return "\r\n".join([f"{request} HTTP/1.1", f"Host: {host}", *headers, "", ""]).encode()


@pytest.mark.parametrize(
    "said",
    [b"", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX: "],
    ids=["nothing", "half a request", "half a header"],
)
@pytest.mark.parametrize("kept", [False, True], ids=["at first", "after an answer"])
def test_who_does_not_end_a_request_is_cut(
    running: RunningSite, monkeypatch: pytest.MonkeyPatch, said: bytes, kept: bool
) -> None:
    monkeypatch.setattr(server, "HEADERS_WITHIN", 0.5)
    connection = connect(running, head(running, "GET /") if kept else b"")
    if kept:
        assert connection.recv(65_536)
    connection.sendall(said)
    heard(connection)
    assert running.server.server_state.connections == set()


def test_a_header_that_comes_bit_by_bit_is_cut_too(running: RunningSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEADERS_WITHIN", 0.5)
    connection = connect(running, b"GET / HTTP/1.1\r\nX: ")
    with pytest.raises(ConnectionError):
        for _ in range(int(PATIENCE / 0.05)):
            connection.sendall(b"x")
            time.sleep(0.05)


def test_an_answer_may_take_longer_than_a_request(running: RunningSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEADERS_WITHIN", 0.2)
    monkeypatch.setattr(classroom, "SILENCE", 0.5)
    client = httpx2.Client(follow_redirects=True)
    client.get(running.entrance)
    with client.stream("GET", f"{running.addresses.firewall}/classroom/news") as news:
        lines = news.iter_lines()
        while next(lines) != ": still here":
            pass


@pytest.mark.parametrize("request_line", ["POST /log-in", "POST /nothing/here", "GET /", "PUT /", "POST /static/x"])
def test_a_body_without_end_is_cut(running: RunningSite, request_line: str) -> None:
    headers = ("Transfer-Encoding: chunked", "Content-Type: application/x-www-form-urlencoded")
    connection = connect(running, head(running, request_line, *headers))
    piece = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    with pytest.raises(ConnectionError):
        for _ in range(1_000):
            connection.sendall(piece)


def test_a_body_that_is_announced_as_too_large_is_not_awaited(running: RunningSite) -> None:
    headers = ("Content-Length: 104857600", "Content-Type: application/x-www-form-urlencoded")
    answer = heard(connect(running, head(running, "POST /log-in", *headers)))
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_body_that_does_not_come_is_not_awaited(running: RunningSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "BODY_WITHIN", 0.5)
    headers = ("Content-Length: 100", "Content-Type: application/x-www-form-urlencoded")
    answer = heard(connect(running, head(running, "POST /log-in", *headers) + b"csrf="))
    assert answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"], ids=["form", "multipart"]
)
def test_who_leaves_in_mid_body_is_no_mistake_of_ours(
    running: RunningSite, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    begun = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nx'
    for address in ("POST /log-in", "POST /account/keys"):
        connection = connect(running, head(running, address, "Content-Length: 9999", f"Content-Type: {kind}") + begun)
        running.do(lambda _: None)
        connection.close()
    while running.server.server_state.tasks:
        time.sleep(0.05)
    assert capfd.readouterr().err == ""
    assert caplog.text == ""


def test_no_more_pages_than_allowed_get_news_when_all_come_at_once(
    running: RunningSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell, "MOST_WAITING", 5)
    client = httpx2.Client(follow_redirects=True)
    client.get(running.entrance)
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    connections: list[socket.socket] = []

    def come(_: object) -> None:
        # While the site's loop stands still, all of them get in line.
        request = head(running, "GET /classroom/news", f"Cookie: {cookie}")
        connections.extend(connect(running, request) for _ in range(20))

    running.do(come)
    first = [connection.recv(12) for connection in connections]
    assert (first.count(b"HTTP/1.1 200"), first.count(b"HTTP/1.1 503")) == (5, 15)
    for connection in connections:
        connection.close()


def test_too_many_pages_at_once_are_refused_in_words() -> None:
    async def app(_scope: object, _receive: object, send: Any) -> None:
        async with asyncio.timeout(30):
            await let_go.wait()
        await PlainTextResponse("page")(scope, receive, send)

    async def receive() -> Any:
        raise AssertionError

    async def ask() -> tuple[int, str]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        await at_most(scope, receive, send)
        return sent[0]["status"], sent[1]["body"].decode()

    scope: Any = {"type": "http", "method": "GET", "headers": []}

    async def ask_thrice() -> None:
        held = [asyncio.create_task(ask()) for _ in range(2)]
        await asyncio.sleep(0)
        status, words = await ask()
        assert (status, words.startswith("The practice site has too many pages open")) == (503, True)
        let_go.set()
        assert await asyncio.gather(*held, ask()) == [(200, "page")] * 3

    let_go = asyncio.Event()
    at_most = server._AtMost(app, 2)
    run(ask_thrice())
