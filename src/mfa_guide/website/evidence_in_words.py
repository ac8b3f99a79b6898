"""What evidence says, in the words of a page: on which day, and with which programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

from mfa_guide.clients import suites
from mfa_guide.clients.requirement import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from mfa_guide.checking.evidence import Entry, PageEvidence

UNCHECKED = "Not checked in this copy of the guide"

_FOR_WINDOWS = {client for known in suites.ON_WINDOWS.values() for client in known}
_BROWSER = "Chromium"
"""A program behind others: it comes last, and the first number of its version is enough."""


def day(when: date) -> str:
    """Return a day as people write it, such as 24 November 2026."""
    return f"{when.day} {when:%B %Y}"


def listed(words: Iterable[str]) -> str:
    """Return words as people list them: `9.2, 10.0 and 10.6`."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def short(client: str, version: str) -> str:
    """Return a version without what a client or a distribution adds to it: `9.2` for `9.2p1` of OpenSSH."""
    try:
        version = plain(version)
    except ValueError:
        return version
    return version.partition(".")[0] if client == _BROWSER else version


def versions(client: str, told: Iterable[str]) -> str:
    """Return the versions of a client, each once, the oldest first: `9.2, 10.0 and 10.6`.

    Args:
        client: its name.
        told: what the client says of itself; at least one.
    """
    known = {short(client, version) for version in told}
    numbers = {version for version in known if version[:1].isdigit()}
    return listed([*sorted(numbers, key=Version), *sorted(known - numbers)])


def clients(entries: Iterable[Entry]) -> str:
    """Return what instructions were carried out with, such as `OpenSSH 9.2, 10.0 and 10.6, PuTTY 0.78`.

    What is for Windows is said to be: `PuTTY 0.83 for Windows, under Wine`. Nothing is returned for none.
    """
    told: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        if entry.client and entry.version:
            where = suites.UNDER_WINE if entry.on_windows and entry.client in _FOR_WINDOWS else ""
            told.setdefault((entry.client, where), []).append(entry.version)
    order = sorted(told, key=lambda each: each[0] == _BROWSER)
    return ", ".join(f"{client} {versions(client, told[client, where])} {where}".rstrip() for client, where in order)


def clients_of(suite: str, entries: Sequence[Entry]) -> str:
    """Return by which clients a suite is known where something does not hold, for instance `OpenSSH 10.6`.

    Args:
        suite: its name.
        entries: the evidence with this suite for a page.
    """
    exchanged = [entry for entry in entries if entry.client in suites.everywhere().get(suite, {})]
    return clients([entry for entry in exchanged if entry.result == "fails"] or exchanged or entries)


def carried_out(evidence: PageEvidence) -> list[Entry]:
    """Return the evidence without what is not for the versions of its suite: that neither holds nor fails."""
    return [entry for entry in evidence.instructions if entry.result != "not for this version"]
