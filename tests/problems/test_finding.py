"""Finding what a pasted log is about."""

from __future__ import annotations

import time

import pytest
from logs import LOGS, Log

from mfa_guide.problems import finding
from mfa_guide.problems.catalogue import ANY, entries

KNOWN = finding.index()


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.name)
def test_a_log_is_about_its_entries(log: Log) -> None:
    assert finding.find(log.text, KNOWN) == log.finds


@pytest.mark.parametrize(
    ("id", "text"),
    [pytest.param(entry.id, m.text, id=m.text) for _, entry in entries() for m in entry.messages],
)
def test_every_message_finds_its_entry(id: str, text: str) -> None:
    pasted = text.replace(ANY, "something/else 0-9").upper()
    assert id in finding.find(f"| 09:14 {pasted}\r\n", KNOWN)


def test_what_varies_is_not_long() -> None:
    assert finding.find("ssh: connect to host a port 22: Connection timed out", KNOWN)
    assert not finding.find(f"ssh: connect to host {'a' * 200} port 22: Connection timed out", KNOWN)


def test_a_huge_log_is_looked_at_from_its_end() -> None:
    began = time.process_time()
    noise = "debug1: Permission denied (publickey ssh: connect to host ssh: connect to host\n" * 100_000
    assert finding.find(noise + "Permission denied (publickey).", KNOWN) == ["permission-denied"]
    assert finding.find("Permission denied (publickey).\n" + noise, KNOWN) == []
    assert time.process_time() - began < 20
