"""The control socket, asked by a program that sends whatever it likes."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from mfa_guide.practice.hosting.control import LONGEST

if TYPE_CHECKING:
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


def test_who_says_nothing_gets_no_answer(site: LoopbackSite) -> None:
    assert send(site, b"") == []
    assert site.events(last=1)
    assert site.process.complaints == ""
