"""Which practice sites of this user run now: each leaves a card that says where it is and what it is."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import tempfile
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from mfa_guide.base.errors import CannotRunError, UsageError

Kind = Literal["lab", "loopback"]

_LISTENS_WITHIN = 5
"""Seconds that it takes to connect to a site that is overwhelmed; one that is suspended is connected to at once."""


class RunningSite(BaseModel):
    """A practice site that runs now."""

    model_config = ConfigDict(frozen=True)

    control: Path
    """Its control socket."""
    kind: Kind
    web: str
    """The address of its web pages, with which its login links begin."""
    state: Path | None
    """The folder of its state; None for a machine of the lab, which does not see it."""

    def __str__(self) -> str:
        where = (
            f"the practice site on loopback, {self.web}" if self.kind == "loopback" else "the practice site of a lab"
        )
        return f"{where} (--state {self.state})"


def leave(site: RunningSite) -> Path:
    """Let other commands of this user find a site; returns the card, which is to be removed at the end.

    Raises:
        CannotRunError: it cannot be written.
    """
    card = _folder() / f"{os.getpid()}-{site.kind}.json"
    try:
        write(site, card)
    except OSError as error:
        raise CannotRunError(
            f"cannot write {card} ({error.strerror}), by which other commands find the site: set MFA_GUIDE_RUNTIME to "
            "a folder of your own; a machine of a lab has a practice site already"
        ) from None
    return card


def write(site: RunningSite, card: Path) -> None:
    """Write a card.

    Raises:
        OSError: it cannot be written.
    """
    card.write_text(site.model_dump_json(), encoding="utf-8")


def read(card: Path) -> RunningSite:
    """Return the site that left a card.

    Raises:
        OSError, ValueError: it cannot be read.
    """
    return RunningSite.model_validate_json(card.read_bytes())


def find_sites() -> list[RunningSite]:
    """Return the sites of this user that run now, newest first, also those that are suspended or slow.

    The cards of sites that were killed are removed.
    """
    found: list[tuple[float, RunningSite]] = []
    for card in _folder().glob("*.json"):
        # A site may end, and take its card along, at any time; one that writes its card now is there in a moment.
        with contextlib.suppress(OSError, ValidationError):
            written, site = card.stat().st_mtime, read(card)
            if _listens(site.control):
                found.append((written, site))
            else:
                card.unlink()
    return [site for _, site in sorted(found, key=lambda pair: pair[0], reverse=True)]


def find_site(state: Path | None, kind: Kind | None = None) -> RunningSite:
    """Return this user's site that runs.

    Args:
        state: only a site whose state is in that folder.
        kind: only a lab's, or only one on loopback.

    Raises:
        CannotRunError: none runs.
        UsageError: several do; the message names them.
    """
    sites = [site for site in find_sites() if kind in (None, site.kind)]
    if not sites:
        start = {"lab": "mfa-guide practice shell", "loopback": "mfa-guide practice up"}
        wanted = "lab" if kind == "lab" else "practice site"
        ways = [start[kind]] if kind else list(start.values())
        raise CannotRunError(f"no {wanted} runs: start one with {' or '.join(ways)} in another terminal")
    return only(sites, state)


def only(sites: list[RunningSite], state: Path | None) -> RunningSite:
    """Return the site that is meant, where there is no doubt.

    Args:
        sites: those that it can be, at least one.
        state: the folder of its state, if that was said.

    Raises:
        CannotRunError: it is none of them.
        UsageError: it can be several of them.
    """
    meant = sites if state is None else [site for site in sites if site.state == state.resolve()]
    if not meant:
        raise CannotRunError(f"no practice site with its state in {state} runs, but {_listed(sites)}")
    if len(meant) > 1:
        raise UsageError(f"several practice sites run, say which with --state: {_listed(meant)}")
    return meant[0]


def _listed(sites: list[RunningSite]) -> str:
    return "; ".join(map(str, sites))


def _folder() -> Path:
    """Return the folder, this user's alone, in which running sites leave their cards."""
    chosen = os.environ.get("MFA_GUIDE_RUNTIME")
    if chosen:
        folder = Path(chosen)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot use {folder}, which MFA_GUIDE_RUNTIME names ({error.strerror})") from None
        return folder
    folder = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"mfa-guide-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise CannotRunError(f"{folder} is not a folder of yours alone: remove it, then try again")
    return folder


def _listens(control: Path) -> bool:
    """Tell whether anybody listens at a socket. The kernel answers for a process that is suspended or busy."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_LISTENS_WITHIN)
        try:
            connection.connect(os.fspath(control))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            # It is there, and has more to do than it can.
            return True
    return True
