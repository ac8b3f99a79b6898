"""Which clients an instruction is carried out with, and in which versions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfa_guide.base.errors import CannotRunError
from mfa_guide.clients.machine import ask
from mfa_guide.clients.suites import UNDER_WINE, WINE

if TYPE_CHECKING:
    from mfa_guide.clients.machine import Machine


@dataclass(frozen=True)
class Client:
    """A client program."""

    name: str
    version: str
    where: str = ""
    """On what kind of computer, if that is not one with Linux."""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.name, self.version, self.where)))


def openssh(machine: Machine) -> Client:
    """Return the OpenSSH of a machine.

    Raises:
        CannotRunError: it has none.
    """
    return Client("OpenSSH", _first_match(machine, ["ssh", "-V"], r"OpenSSH_([^,\s]+)"))


def python(machine: Machine) -> Client:
    """Return the Python of a machine.

    Raises:
        CannotRunError: it has none.
    """
    return Client("Python", _first_match(machine, ["python", "--version"], r"Python (\S+)"))


def putty(machine: Machine) -> Client:
    """Return the PuTTY of a machine, with which plink, psftp, pscp, PuTTYgen and Pageant come.

    Raises:
        CannotRunError: it has none.
    """
    return Client("PuTTY", _first_match(machine, ["plink", "-V"], r"Release (\S+)"))


def putty_for_windows(machine: Machine) -> Client:
    """Return the PuTTY of a machine with Windows; see `putty`.

    Raises:
        CannotRunError: it has none.
    """
    version = _first_match(machine, ["wine", "plink.exe", "-V"], r"Release (\S+)")
    return Client("PuTTY", version, UNDER_WINE)


def wine(machine: Machine) -> Client:
    """Return the Wine of a machine, which stands in for Windows.

    Raises:
        CannotRunError: it has none.
    """
    return Client(WINE, _first_match(machine, ["wine", "--version"], r"wine-(\S+)"))


def filezilla(machine: Machine) -> Client:
    """Return the FileZilla of a machine.

    Raises:
        CannotRunError: it has none.
    """
    return Client("FileZilla", _first_match(machine, ["filezilla", "--version"], r"FileZilla ([\d.]+)"))


Ask = Callable[["Machine"], Client]
"""Tells the version of a client of a machine; raises `CannotRunError` when it has none."""


@dataclass(frozen=True)
class System:
    """What readers have on a computer of one kind."""

    clients: Mapping[str, Ask]
    """Who tells the version of a client, by the client's name."""
    programs: Mapping[str, Ask]
    """The same, by the name of a program."""


# What comes with OpenSSH has no version of its own, and the last three start its `ssh`.
_OPENSSH = (
    *("ssh", "scp", "sftp", "ssh-add", "ssh-agent", "ssh-askpass", "ssh-keygen", "ssh-keyscan"),
    *("git", "rsync", "sshfs"),
)
_PUTTY = ("putty", "plink", "psftp", "pscp", "puttygen", "pageant")
LINUX = System(
    {"OpenSSH": openssh, "PuTTY": putty, "FileZilla": filezilla},
    {
        "python": python,
        "filezilla": filezilla,
        **dict.fromkeys(_OPENSSH, openssh),
        **dict.fromkeys(_PUTTY, putty),
    },
)
WINDOWS = System(
    {"PuTTY": putty_for_windows, WINE: wine},
    # Windows' own programs are Wine's here.
    {"notepad": wine, **dict.fromkeys(_PUTTY, putty_for_windows)},
)


class Versions(Mapping[str, str]):
    """The versions of the clients of a machine, each asked for when it is needed first; `9.2p1` of `OpenSSH`.

    Args:
        machine: the machine.
        system: what it has.
    """

    def __init__(self, machine: Machine, system: System = LINUX) -> None:
        self._machine = machine
        self._clients = system.clients
        self._known: dict[str, str] = {}

    def __getitem__(self, client: str) -> str:
        """Return the version of a client.

        Raises:
            KeyError: the machine has no such client.
        """
        if client not in self._known:
            try:
                self._known[client] = self._clients[client](self._machine).version
            except CannotRunError:
                raise KeyError(client) from None
        return self._known[client]

    def known(self) -> dict[str, str]:
        """Return those that were asked for so far."""
        return dict(self._known)

    def __iter__(self) -> Iterator[str]:
        return iter(self._clients)

    def __len__(self) -> int:
        return len(self._clients)


class Here:
    """This computer itself."""

    def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
        """Return the command line that runs `command` here."""
        return [*command]


def _first_match(machine: Machine, command: list[str], pattern: str) -> str:
    done = ask(machine, command)
    # ssh tells it on standard error.
    said = (done.stdout + done.stderr).strip()
    match = re.search(pattern, said)
    if match is None:
        raise CannotRunError(f"`{' '.join(command)}` does not tell a version: {said}")
    return match[1]
