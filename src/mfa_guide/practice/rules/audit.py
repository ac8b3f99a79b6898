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
from mfa_guide.practice.rules import events

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mfa_guide.practice.rules.accounts import Accounts
    from mfa_guide.practice.rules.events import Event
    from mfa_guide.practice.rules.state import State

NEWEST = 200
"""How many lines are kept for the page. Ours."""
PART = 500
"""How many lines a piece of the whole log has: others have their turn between two. Ours."""
LONGEST = 80
"""How much is shown of what somebody sent, in characters. Ours."""

_NOT_RECORDED = "(not recorded)"

SENTENCES: dict[type[Event], str] = {
    events.KeyAdded: "{account} can log in with the key {key}.",
    events.KeyDeleted: "{account} cannot log in with the key {key} any more.",
    events.FirewallPageOpened: "{account} opened the firewall page on {address}.",
    events.AddressRefused: "{account} was refused by {host}: {address} is closed, and no firewall page is open on it.",
    events.KeyRefused: "{account} offered {host} a key that does not fit ({key}), from {address}.",
    events.CertificateRefused: "{account} offered {host} a certificate that does not fit ({key}), from {address}.",
    events.KeyAccepted: "{account} proved the key {key} to {host}, from {address}.",
    events.LinkShown: "{host} showed link {link} to {account}, at {address}.",
    events.LinkApproved: "{person} answered Yes to link {link}, from {browser}: {account} may log in to {host}.",
    events.LinkDenied: "{person} answered No to link {link}, from {browser}: {account} was refused by {host}.",
    events.QuestionRefused: "{person} opened link {link}, from {browser}: refused. Only the owner of {account} may.",
    events.AnswerRefused: "{person} answered link {link}, from {browser}: refused. Only the owner of {account} may.",
    events.LinkRanOut: "Link {link} ran out without an answer: {account} was refused by {host}.",
    events.LoginLeft: "{account} ended the login to {host}, from {address}, before link {link} was answered.",
    events.LoggedIn: "{account} is in on {host}, from {address}, by {means}.",
    events.CertificateGiven: "The agent of {account}, at {address}, was given the certificate of {certificate}.",
    events.CertificateNotTaken: "The agent of {account}, at {address}, took no certificate.",
    events.PortForwarded: "{account} reached {to} through {host}, from {address}.",
    events.LoggedInAtInstitution: "{person} logged in at {institution}, from {browser}, for the site “{site}”.",
    events.LogInRefused: "A browser at {browser} came back with a log-in that it had not begun: refused.",
    events.LoggedOut: "{person} logged out, from {browser}.",
    events.WrongAddress: "A browser at {browser} opened a link that was never shown. More are not told for a minute.",
    events.FormRefused: "A browser at {browser} sent a form that was not made for it: refused.",
}
"""What each event says."""
_MEANS: dict[str, str] = {
    "browser": "key and answer",
    "answer": "answer",
    "ride": "key beside a login that is open",
    "certificate": "the certificate of {key}",
}
"""What is said of the means by which somebody is in."""

_BY_NAME = {event.name: said for event, said in SENTENCES.items()}


@dataclass(frozen=True)
class LogLine:
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


def sentence(name: str, told: Mapping[str, object], accounts: Accounts) -> str:
    """Return what an event says, as one sentence.

    Args:
        name: the event's name.
        told: its details. Both may come from another release's state.
        accounts: know the people by name.
    """
    details = _Details({detail: plain(value) for detail, value in told.items()})
    said = _BY_NAME.get(name)
    if said is None:
        return f"{name}: " + ", ".join(f"{detail} {value}" for detail, value in details.items())
    if "person" in told:
        person = accounts.person(str(told["person"]))
        details["person"] = person.label if person else f"Somebody known as {details['person']}"
    if "by" in told:
        # Where no key is needed, none was proved.
        by = "answer" if told["by"] == "browser" and told.get("key") == "" else str(told["by"])
        means = _MEANS.get(by)
        details["means"] = means.format_map(details) if means else details["by"]
    return said.format_map(details)


class AuditLog:
    """The audit log for people: its newest lines at hand, and all of it as text, in parts."""

    def __init__(self, state: State, accounts: Accounts) -> None:
        """Read the newest lines, and every one from now on."""
        self._state = state
        self._accounts = accounts
        self._count = 0
        self._newest: deque[LogLine] = deque(maxlen=NEWEST)
        for entry in state.events(NEWEST):
            self._add(entry.at, entry.event, entry.details)
        state.watch(lambda at, event: self._add(at, event.name, event.details))

    def _add(self, at: float, name: str, details: Mapping[str, object]) -> None:
        self._count += 1
        self._newest.append(LogLine(self._count, at, sentence(name, details, self._accounts)))

    def newest(self) -> list[LogLine]:
        """Return the newest lines, newest first."""
        return list(reversed(self._newest))

    def parts(self) -> Iterator[str]:
        """Return the whole log as text, piece by piece, oldest line first, with times in this computer's time zone."""
        last = 0
        while lines := self._state.events_after(last, PART):
            last = lines[-1].number
            yield "".join(
                f"{datetime.fromtimestamp(line.at):%Y-%m-%d %H:%M:%S}  "
                f"{sentence(line.event, line.details, self._accounts)}\n"
                for line in lines
            )
