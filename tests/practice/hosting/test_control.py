"""The control socket, asked by a program that sends whatever it likes."""

from __future__ import annotations

import asyncio
import json
import socket
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mfa_guide.base.errors import CannotRunError, GuideError
from mfa_guide.practice.hosting import control, loopback
from mfa_guide.practice.hosting.control import LONGEST
from mfa_guide.practice.hosting.requests import MOST_EVENTS
from mfa_guide.practice.rules.clock import Clock
from mfa_guide.practice.rules.events import KeyDeleted, KeyRefused
from mfa_guide.practice.rules.state import State
from tests.support import POLICY
from tests.support.loopback_site import LoopbackSite

PATIENCE = 60
"""Seconds after which what does not come never comes."""


def send(site: LoopbackSite, line: bytes) -> list[Any]:
    """Return the lines that come back."""
    (card,) = site.runtime.glob("*.json")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        connection.connect(json.loads(card.read_text())["control"])
        connection.sendall(line)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answers:
            return [json.loads(answer) for answer in answers]


@pytest.mark.parametrize(
    "request_line",
    [
        b"\n",
        b"no JSON\n",
        b"{",
        b"\xff\n",
        b"null\n",
        b"[]\n",
        b"{}\n",
        b'{"do": "dance"}\n',
        b'{"do": ["clock"]}\n',
        b'{"do": "clock"}\n',
        b'{"do": "clock", "shift": 1}\n',
        b'{"do": "approve", "link": 5}\n',
        b'{"do": "approve", "link": "x", "deny": "perhaps"}\n',
        b'{"do": "visit", "addresses": "127.0.0.1"}\n',
        b'{"do": "visit", "addresses": ["here"]}\n',
        b'{"do": "key exchange", "which": {}}\n',
        b'{"do": "events", "last": 1e999}\n',
        b'{"do": "events", "last": -1}\n',
        b'{"do": "events", "last": 1, "more": 2}\n',
        b'{"do": "count", "event": 1}\n',
        b'{"do": "machine", "place": "home", "new": false}\n',
        b'{"do": "events", "last": ' + b"[" * 50_000 + b"]" * 10_000 + b"}\n",
        b'{"do": "approve", "link": "' + b"x" * LONGEST + b'"}\n',
        b"x" * (3 * LONGEST),
    ],
    ids=lambda line: line[:40].decode(errors="replace"),
)
def test_whatever_is_asked_the_answer_is_one_line(site: LoopbackSite, request_line: bytes) -> None:
    (answer,) = send(site, request_line)
    assert answer["error"] and "\n" not in answer["error"]
    assert site.process.complaints == ""


def test_a_mistake_in_an_answer_ends_the_site_in_one_line_and_the_question_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a practice site would let people wait for what does not come."""

    def make_a_mistake(*_: object) -> None:
        raise TimeoutError("nobody thought of this")

    monkeypatch.setenv("MFA_GUIDE_RUNTIME", str(tmp_path / "runtime"))
    with ThreadPoolExecutor() as others:
        asked: list[Future[dict[str, Any]]] = []

        async def site() -> None:
            async with (
                asyncio.timeout(PATIENCE),
                loopback.run(POLICY, tmp_path / "state", ssh_port=0, web_port=0) as running,
            ):
                running.site.service.state.events = make_a_mistake  # type: ignore[method-assign, assignment]
                (card,) = (tmp_path / "runtime").glob("*.json")
                asked.append(
                    others.submit(control.ask, Path(json.loads(card.read_text())["control"]), do="events", last=1)
                )
                await asyncio.Event().wait()

        with pytest.raises(GuideError, match="answering the command line failed: TimeoutError: nobody thought of this"):
            asyncio.run(site())
        with pytest.raises(CannotRunError, match="no practice site answers at"):
            asked[0].result(PATIENCE)


def test_who_says_nothing_gets_no_answer(site: LoopbackSite) -> None:
    assert send(site, b"") == []
    assert site.events(last=1)
    assert site.process.complaints == ""


def test_a_thousand_lines_are_told_whatever_they_say(tmp_path: Path) -> None:
    """A client may give itself a name in which every letter takes twelve bytes of an answer."""
    (tmp_path / "state").mkdir()
    state = State(tmp_path / "state" / "state.sqlite", Clock())
    with state.together():
        for _ in range(MOST_EVENTS):
            state.record(KeyRefused("😀" * 1000, "192.0.2.1", "login.hpc.kuleuven.be", "ssh-ed25519"))
    state.close()
    site = LoopbackSite.start(tmp_path)
    assert len(site.events(MOST_EVENTS)) == MOST_EVENTS
    assert (site.count(KeyRefused), site.count(KeyDeleted)) == (MOST_EVENTS, 0)
    site.stop()
