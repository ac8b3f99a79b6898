"""The audit log as sentences: who, when, from where, with which key, which link was answered by whom, what was refused.

What clients and browsers sent stands in it, and it is read in terminals too: nothing of it can take a line for itself,
move the cursor, or pass for a sentence of the log's own.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mfa_guide.base.printable import printable

if TYPE_CHECKING:
    from mfa_guide.practice.rules.accounts import Accounts
    from mfa_guide.practice.rules.state import Event, State

NEWEST = 200
"""How many lines are kept for the page. Ours."""
LONGEST = 80
"""How much is shown of what somebody sent, in characters. Ours."""

_NOT_RECORDED = "(not recorded)"

SENTENCES = {
    "key added": "{account} can log in with the key {key}.",
    "key deleted": "{account} cannot log in with the key {key} any more.",
    "firewall page opened": "{account} opened the firewall page on {address}.",
    "address refused": "{account} was refused by {host}: {address} is closed, and no firewall page is open on it.",
    "key refused": "{account} offered {host} a key that does not fit ({key}), from {address}.",
    "certificate refused": "{account} offered {host} a certificate that does not fit ({key}), from {address}.",
    "key accepted": "{account} proved the key {key} to {host}, from {address}.",
    "link shown": "{host} showed link {link} to {account}, at {address}.",
    "link approved": "{person} answered Yes to link {link}, from {browser}: {account} may log in to {host}.",
    "link denied": "{person} answered No to link {link}, from {browser}: {account} was refused by {host}.",
    "question refused": "{person} opened link {link}, from {browser}: refused, for only the owner of {account} may.",
    "answer refused": "{person} answered link {link}, from {browser}: refused, for only the owner of {account} may.",
    "link ran out": "Link {link} ran out without an answer: {account} was refused by {host}.",
    "login left": "{account} ended the login to {host}, from {address}, before link {link} was answered.",
    "logged in by browser": "{account} is in on {host}, from {address}, by key and answer.",
    "logged in by ride": "{account} is in on {host}, from {address}, by key beside a login that is open.",
    "logged in by certificate": "{account} is in on {host}, from {address}, by the certificate of {key}.",
    "certificate given": "The agent of {account}, at {address}, was given the certificate of {certificate}.",
    "certificate not taken": "The agent of {account}, at {address}, took no certificate.",
    "port forwarded": "{account} reached {to} through {host}, from {address}.",
    "logged in at institution": "{person} logged in at {institution}, from {browser}, for the site “{site}”.",
    "log-in refused": "A browser at {browser} came back with a log-in that it had not begun: refused.",
    "logged out": "{person} logged out, from {browser}.",
    "form refused": "A browser at {browser} sent a form that was not made for it: refused.",
}
"""What each event says; those that differ by means are told apart by it."""


@dataclass(frozen=True)
class Line:
    """One line of the log."""

    number: int
    """Counts the lines that this run of the practice site has read or written."""
    at: float
    """When, in seconds since 1970, by the practice site's clock."""
    text: str


def plain(value: object) -> str:
    """Return a text from outside so that it is only that: short, printable, in quotes unless it is one plain word."""
    text = str(value)
    if len(text) > LONGEST:
        text = text[:LONGEST] + "…"
    text = printable(text)
    return text if re.fullmatch(r"[\w.:@/+=-]+", text) else f"“{text}”"


class _Details(dict[str, str]):
    def __missing__(self, _: str) -> str:
        return _NOT_RECORDED


def sentence(event: Event, accounts: Accounts) -> str:
    """Return what an event says, as one sentence.

    Args:
        event: a line of the audit log.
        accounts: know the people by name.
    """
    details = _Details({name: plain(value) for name, value in event.details.items()})
    if "person" in event.details:
        person = accounts.person(str(event.details["person"]))
        details["person"] = person.label if person else f"Somebody known as {details['person']}"
    name = f"{event.event} by {event.details['by']}" if "by" in event.details else event.event
    said = SENTENCES.get(name)
    if said is None:
        # A state file may come from another release.
        return f"{name}: " + ", ".join(f"{name} {value}" for name, value in details.items())
    return said.format_map(details)


class AuditLog:
    """The audit log for people: its newest lines at hand, and all of it as text."""

    def __init__(self, state: State, accounts: Accounts) -> None:
        """Read the newest lines, and every one from now on."""
        self._state = state
        self._accounts = accounts
        self._count = 0
        self._newest: deque[Line] = deque(maxlen=NEWEST)
        for event in state.events()[-NEWEST:]:
            self._add(event)
        state.watch(self._add)

    def _add(self, event: Event) -> None:
        self._count += 1
        self._newest.append(Line(self._count, event.at, sentence(event, self._accounts)))

    def newest(self) -> list[Line]:
        """Return the newest lines, newest first."""
        return list(reversed(self._newest))

    def text(self) -> str:
        """Return the whole log as text, oldest first, with times in this computer's time zone."""
        return "".join(
            f"{datetime.fromtimestamp(event.at):%Y-%m-%d %H:%M:%S}  {sentence(event, self._accounts)}\n"
            for event in self._state.events()
        )
