"""Talking to a running practice site: a socket in the file system that only its owner can use.

One request and one answer a connection, each a line of JSON. The site listens in asyncio; the command line asks with a
plain socket. A second file beside the socket says what the site is; `find_sites` reads those files.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import stat
import tempfile
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mfa_guide.base.errors import CannotRunError, GuideError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]

LONGEST = 65_536
LONGEST_ANSWER = 1_000_000
PATIENCE = 20
"""Bytes of the longest request and answer (a thousand events of the audit log), and seconds that it may take."""


def short_folder() -> str:
    """Return a folder for temporary files whose path leaves room for a socket's name: 100 characters are too many."""
    return "/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir()


async def listen(path: Path, handler: Handler) -> asyncio.Server:
    """Answer requests on a socket of mode 0600 at `path`.

    Args:
        path: where the socket is made; its folder belongs to this user alone.
        handler: takes a request and returns the answer. A `GuideError` it raises becomes an answer with `error`.

    Raises:
        OSError: the socket cannot be made there.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.LimitOverrunError):
            try:
                reply = await handler(json.loads(await reader.readline()))
            except GuideError as error:
                reply = {"error": str(error), "reason": getattr(error, "reason", ""), "exit": error.exit_code}
            except (ValueError, KeyError, TypeError):
                reply = {"error": "the practice site did not understand the request", "exit": 1}
            writer.write(json.dumps(reply).encode() + b"\n")
            await writer.drain()
            writer.close()

    before = os.umask(0o177)
    try:
        return await asyncio.start_unix_server(answer, path, limit=LONGEST)
    finally:
        os.umask(before)


class Refusal(GuideError):
    """The practice site said no; `reason` is a word for programs."""

    def __init__(self, message: str, reason: str, exit_code: int) -> None:
        super().__init__(message)
        self.reason = reason
        self.exit_code = exit_code


def ask(path: Path, **request: Any) -> dict[str, Any]:
    """Send a request to the site that listens at `path` and return its answer.

    Raises:
        Refusal: the site said no.
        CannotRunError: nobody listens there.
    """
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(os.fspath(path))
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as answers:
                line = answers.readline(LONGEST_ANSWER)
        answer: dict[str, Any] = json.loads(line)
    except (OSError, ValueError):
        raise CannotRunError(f"no practice site answers at {path}: is it still running?") from None
    if "error" in answer:
        raise Refusal(answer["error"], answer.get("reason", ""), answer.get("exit", 1))
    return answer


class Controls(ABC):
    """What a program can do with a practice site that runs: the same for the lab and for loopback."""

    @abstractmethod
    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request over the control socket and return the answer, as the function `ask` does."""

    def approve(self, link: str, *, deny: bool = False) -> None:
        """Do what the owner of the account does in the browser: log in, and answer.

        Args:
            link: the login link.
            deny: answer No instead of Yes.

        Raises:
            GuideError: the link is of no use; the message says why.
        """
        self.ask(do="approve", link=link, deny=deny)

    def move_clock(self, shift: str) -> None:
        """Move the practice site's clock forward, for example by `+16h`.

        Raises:
            GuideError: the shift cannot be read.
        """
        self.ask(do="clock", shift=shift)

    def offer_key_exchange(self, which: str) -> None:
        """Let the gateway offer the key exchange from before post-quantum algorithms, or today's again.

        Args:
            which: `old` or `new`.

        Raises:
            GuideError: it is neither.
        """
        self.ask(do="key exchange", which=which)

    def events(self, last: int = 1000) -> list[tuple[str, dict[str, Any]]]:
        """Return the end of the audit log, oldest first: what happened, with details."""
        return [(event, details) for _at, event, details in self.ask(do="events", last=last)["events"]]


# -- which sites run ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RunningSite:
    """A practice site that runs now."""

    control: Path
    """Its socket."""
    kind: str
    """`lab` or `loopback`."""
    state: Path | None
    """Its folder, where the user chose one."""


def _card_folder() -> Path:
    """Return the folder, this user's alone, in which running sites leave their cards."""
    chosen = os.environ.get("MFA_GUIDE_RUNTIME")
    if chosen:
        return Path(chosen)
    folder = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"mfa-guide-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise CannotRunError(f"{folder} is not a folder of yours alone: remove it, then try again")
    return folder


def leave_card(control: Path, kind: str, state: Path | None) -> Path:
    """Let other commands of this user find a site; returns the card, which is to be removed at the end.

    Raises:
        CannotRunError: it cannot be written.
    """
    card = _card_folder() / f"{os.getpid()}-{kind}.json"
    try:
        card.write_text(json.dumps({"control": str(control), "kind": kind, "state": str(state) if state else None}))
    except OSError as error:
        raise CannotRunError(f"cannot write {card} ({error.strerror}): is this a machine of a lab already?") from None
    return card


def read_card(card: Path) -> RunningSite:
    """Return the site that left a card.

    Raises:
        OSError, ValueError, KeyError: it cannot be read.
    """
    data = json.loads(card.read_text())
    return RunningSite(Path(data["control"]), data["kind"], Path(data["state"]) if data["state"] else None)


def find_site(state: Path | None) -> Path:
    """Return the control socket of this user's site that runs, the newest if there are several.

    Args:
        state: only a site whose state is in that folder.

    Raises:
        CannotRunError: none runs.
    """
    for site in find_sites():
        if state is None or site.state == state.resolve():
            return site.control
    raise CannotRunError("no practice site runs: start one with mfa-guide practice up or mfa-guide practice shell")


def find_sites() -> list[RunningSite]:
    """Return the sites of this user that run now, newest first. Cards of sites that were killed are removed."""
    found: list[RunningSite] = []
    cards = sorted(_card_folder().glob("*.json"), key=lambda card: card.stat().st_mtime, reverse=True)
    for card in cards:
        try:
            site = read_card(card)
            ask(site.control, do="hello")
        except (OSError, ValueError, KeyError):
            continue
        except CannotRunError:
            with contextlib.suppress(OSError):
                card.unlink()
            continue
        found.append(site)
    return found
