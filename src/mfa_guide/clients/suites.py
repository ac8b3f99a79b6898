"""Suites: sets of clients of one time, with which pages are carried out.

A suite is the clients of one Debian release. The machine's own is what is installed here; the others are fetched beside
it (`fetching.py`), and take the place of its programs on the reader's machines.
"""

from __future__ import annotations

import contextlib
import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfa_guide.base.errors import CannotRunError, UsageError
from mfa_guide.clients import fetching
from mfa_guide.clients.wine import prefix, programs
from mfa_guide.practice.lab.exchanged import Exchanged
from mfa_guide.practice.lab.server import elsewhere_sshd

if TYPE_CHECKING:
    from pathlib import Path

REFERENCE = "bookworm"
"""The suite whose wording the snippets show; what others say differently stands beside them."""
REFERENCES = (REFERENCE, "windows-0.78")
"""That suite, and the one for Windows."""

VERSIONS: dict[str, dict[str, str]] = {
    "bullseye": {"OpenSSH": "8.4", "PuTTY": "0.74", "FileZilla": "3.52"},
    "bookworm": {"OpenSSH": "9.2", "PuTTY": "0.78", "FileZilla": "3.63"},
    "trixie": {"OpenSSH": "10.0", "PuTTY": "0.83", "FileZilla": "3.68"},
    "sid": {"OpenSSH": "10.6", "PuTTY": "0.85", "FileZilla": "3.71"},
}
"""The suites, oldest first, with the versions of their clients: of sid, which moves, as on 30 November 2026. By these
the gate tells whether there is a suite for which something is written; a run asks the programs themselves."""

WINE = "Wine"
"""What stands in for Windows, where programs for Windows are carried out."""

UNDER_WINE = f"for Windows, under {WINE}"
"""What is said of every program for Windows."""

ON_WINDOWS: dict[str, dict[str, str]] = {
    "windows-0.78": {"PuTTY": "0.78", WINE: ""},
    "windows-0.83": {"PuTTY": "0.83", WINE: ""},
    "windows-0.85": {"PuTTY": "0.85", WINE: ""},
}
"""The suites of programs for Windows, oldest first: they are on the computer of whoever follows the tabs for Windows.
Wine is this machine's own."""

PICTURED = "windows-0.83"
"""The suite for Windows whose windows readers see on the pages: that of a release of Debian, so it stays the same."""

_MADE_OF = {"windows-0.78": "bookworm", "windows-0.83": "trixie", "windows-0.85": "sid"}

UNKNOWN = "own"
"""What the clients of a computer are called that is none of these Debian releases."""


@dataclass(frozen=True)
class Suite:
    """A suite that was fetched."""

    name: str

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return fetching.FETCHED / self.name

    @property
    def packages(self) -> str:
        """A hash of the packages, with their versions, of which it is made; empty when it was not fetched."""
        return prefix.made_of(self.on_windows) if self.on_windows else fetching.packages_of(self.folder)

    @property
    def on_windows(self) -> str | None:
        """The Debian release of whose sources its programs for Windows are made; None when it has none."""
        return _MADE_OF.get(self.name)

    def program(self, name: str) -> Path:
        """Return one of its programs, for instance `ssh` or `sshd`.

        Raises:
            CannotRunError: it has none of that name.
        """
        path = self.folder / fetching.PROGRAMS / name
        if not path.is_file():
            raise CannotRunError(f"the clients of Debian {self.name} have no {name}")
        return path

    def sshd(self) -> list[str]:
        """Return the words that start its OpenSSH server.

        Raises:
            CannotRunError: it has none.
        """
        program = self.program("sshd")
        return elsewhere_sshd(program, program.parent)

    def exchanged(self) -> Exchanged:
        """Return its programs, for the places of the machine's own: none, when they are for Windows."""
        found = {
            place: path
            for name, place in fetching.CLIENTS.items()
            if (path := self.folder / fetching.PROGRAMS / name).is_file()
        }
        return Exchanged(programs=found)


def named(name: str) -> Suite:
    """Return the suite of that name.

    Raises:
        UsageError: there is none.
        CannotRunError: it was not fetched.
    """
    if name not in everywhere():
        raise UsageError(f"there is no suite {name!r}: choose {', '.join(everywhere())}")
    suite = Suite(name)
    if suite.on_windows:
        programs.require(suite.on_windows)
        return suite
    if not fetching.is_there(suite.folder):
        raise CannotRunError(f"the clients of Debian {name} are not here: ./run matrix {name} fetches them")
    return suite


def fetched() -> list[str]:
    """Return the names of the suites that were fetched, oldest first."""
    return [name for name in VERSIONS if fetching.is_there(Suite(name).folder)]


def beside() -> list[str]:
    """Return the names of the suites that are here beside the machine's own clients: fetched, or made for Windows."""
    return [*fetched(), *made()]


def made() -> list[str]:
    """Return the names of the suites of programs for Windows that were made, oldest first."""
    found = []
    for name, release in _MADE_OF.items():
        with contextlib.suppress(CannotRunError):
            programs.require(release)
            found.append(name)
    return found


def everywhere() -> dict[str, dict[str, str]]:
    """Return the suites of all kinds of computers, with the versions of their clients."""
    return {**VERSIONS, **ON_WINDOWS}


def own() -> str:
    """Return the name of the suite that the clients installed here are; `UNKNOWN` where nobody knows."""
    try:
        name = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    except OSError:
        name = ""
    return name if name in VERSIONS else UNKNOWN
