"""Finding what a pasted log is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.policy import NEWEST, versions
from mfa_guide.problems import finding
from mfa_guide.problems.catalogue import ANY, entries
from tests.support.logs import LOGS, Log

if TYPE_CHECKING:
    from mfa_guide.problems.catalogue import Entry

KNOWN = {edition: finding.index(entries(edition)) for edition in versions()}
TODAY = KNOWN[NEWEST]
IN_EDITIONS = [(edition, entry) for edition in versions() for _, entry in entries(edition)]


@pytest.mark.parametrize("edition", versions())
@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.name)
def test_a_log_is_about_its_entries(log: Log, edition: str) -> None:
    answer = finding.answer(log.text, KNOWN[edition])
    assert [each.id for each in answer.found] == log.finds_in(edition)
    if log.said is not None:
        assert (answer.found[0].said, answer.by_hint) == (log.said, log.by_hint)


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "> -----BEGIN RSA PRIVATE KEY-----\r\n> MIIEpAIBAAKCAQEA",
        "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----",
        "—–END ENCRYPTED PRIVATE KEY—–",
        "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW",
        "debug1: x\nPuTTY-User-Key-File-3: ssh-rsa\nEncryption: none",
    ],
)
def test_a_private_key_is_recognised(text: str) -> None:
    assert finding.has_private_key(text)
    assert finding.has_private_key(f"Permission denied (publickey).\n{text}\nPermission denied (publickey).")


def test_what_is_no_private_key_is_not_taken_for_one() -> None:
    public = (
        "-----BEGIN PUBLIC KEY-----\nssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ ann@laptop\nWill attempt private key: x\n"
    )
    everything = "\n".join(m.text for e in versions() for _, entry in entries(e) for m in entry.messages)
    assert not finding.has_private_key(public + everything)


@pytest.mark.parametrize(
    ("edition", "entry"),
    [pytest.param(e, entry, id=f"{e}: {entry.id}") for e, entry in IN_EDITIONS if entry.messages],
)
def test_every_message_finds_its_entry(edition: str, entry: Entry) -> None:
    for message in entry.messages:
        pasted = message.text.replace(ANY, "something/else 0-9").upper()
        beside = "".join(message.beside[:1]).replace(ANY, "something")
        answer = finding.answer(f"| 09:14 {pasted}\r\n{beside}", KNOWN[edition])
        assert entry.id in [each.id for each in answer.found], message.text
        assert all(each.said for each in answer.found), message.text
        assert not answer.by_hint, message.text


@pytest.mark.parametrize(
    ("edition", "id", "text"),
    [pytest.param(e, entry.id, m.text, id=f"{e}: {m.text}") for e, entry in IN_EDITIONS for m in entry.hints],
)
def test_a_hint_finds_its_entry_when_no_message_is_there(edition: str, id: str, text: str) -> None:
    pasted = text.replace(ANY, "something")
    answer = finding.answer(f"[09:14] {pasted}", KNOWN[edition])
    assert (id, text) in answer.found
    assert answer.by_hint
    assert not finding.answer(f"{pasted}\nThe agent has no identities.", KNOWN[edition]).by_hint
    assert not finding.answer(f"frob: {pasted}", KNOWN[edition]).found


@pytest.mark.parametrize(
    ("edition", "entry"),
    [pytest.param(e, entry, id=f"{e}: {entry.id}") for e, entry in IN_EDITIONS if entry.called],
)
def test_what_people_call_it_finds_it(edition: str, entry: Entry) -> None:
    for text in entry.called:
        assert entry.id in [each.id for each in finding.find(text, KNOWN[edition])][:2], text


def test_what_varies_is_not_long() -> None:
    assert finding.find('Load key "/a": error in libcrypto', TODAY)[0].said
    assert not finding.find(f'Load key "/{"a" * 200}": error in libcrypto', TODAY)


def test_a_huge_log_is_looked_at_from_its_end() -> None:
    noise = "debug1: Permission denied (publickey ssh: connect to host ssh: connect to host\n" * 100_000
    assert [each.id for each in finding.find(noise + "The agent has no identities.", TODAY)] == ["agent-empty"]
    assert "agent-empty" not in [each.id for each in finding.find("The agent has no identities.\n" + noise, TODAY)]


DENIED = "Permission denied (publickey)."


@pytest.mark.parametrize(
    "text",
    [
        f"I get {DENIED} when I log in",
        f"ik krijg {DENIED}",
        f"Dear helpdesk,\nsince yesterday I cannot log in:\n\n{DENIED}\n",
        f"It does not work, help!\n{DENIED}",
        f"[vsc30123@login ~]$ {DENIED}",
        f"ann@laptop:~/work$ {DENIED}",
        f"2026-11-24T09:14:02.123Z {DENIED}",
        f"Nov 24 09:14:02 laptop autossh[4711]: {DENIED}",
        DENIED.rstrip("."),
    ],
)
def test_what_says_little_is_found_where_somebody_tells_of_it(text: str) -> None:
    assert [each.id for each in finding.find(text, TODAY)] == ["permission-denied"]


@pytest.mark.parametrize(
    "text",
    [
        f"frob: {DENIED}",
        f"Nov 24 09:14:02 login sshd[4711]: {DENIED}",
        f"The frob failed.\n{DENIED}",
        f"ssh: illegal option -- i\n{DENIED}",
    ],
)
def test_what_says_little_is_not_found_behind_something_else(text: str) -> None:
    assert finding.find(text, TODAY) == []


def test_what_only_follows_is_found_where_nothing_else_is() -> None:
    for reason, id in {
        "ann@login's password:": "permission-denied",
        "Bad stdio forwarding specification '[login.example]:22'": "windows-proxy",
    }.items():
        for follows in ("scp: Connection closed", "kex_exchange_identification: Connection closed by remote host"):
            assert [each.id for each in finding.find(f"{reason}\n{follows}", TODAY)] == [id]
    assert [each.id for each in finding.find("scp: Connection closed", TODAY)] == ["scp-closed"]
    assert finding.find("The frob failed.\nscp: Connection closed", TODAY) == []


@pytest.mark.parametrize("path", [r"C:\Users\ann\.ssh", r"C:\\Users\\ann/.ssh", r"C:\\Users\\ann\\.ssh"])
def test_a_path_of_windows_is_one(path: str) -> None:
    assert [each.id for each in finding.find(f"Bad owner or permissions on {path}/config", TODAY)] == [
        "config-too-open"
    ]


def test_an_endless_line_is_looked_at_all_the_same() -> None:
    # What may stand before is tried in many ways: this would take hours.
    assert finding.find("a." * 90_000 + "x Permission denied (publickey).", TODAY) == []
