"""Talking to a running practice site: a socket in the file system that only its owner can use.

One request and one answer a connection, each a line of JSON. The site listens in asyncio; the command line asks with a
plain socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mfa_guide.base.errors import CannotRunError, GuideError, UsageError
from mfa_guide.practice.hosting import requests
from mfa_guide.practice.hosting.listening import Listener

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from mfa_guide.practice.hosting.background import Background
    from mfa_guide.practice.rules.events import Event

    Handler = Callable[[requests.Request], Awaitable[dict[str, Any]]]

LONGEST = 65_536
LONGEST_ANSWER = 4_000_000
PATIENCE = 20
"""Bytes of the longest request and answer (a thousand events of the audit log), and seconds that it may take."""


def possible() -> bool:
    """Tell whether this system has such sockets: Windows has none in Python."""
    return hasattr(asyncio, "start_unix_server")


def short_folder() -> str:
    """Return a folder for temporary files whose path leaves room for a socket's name: 100 characters are too many."""
    return "/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir()


@contextlib.asynccontextmanager
async def listening(path: Path, handler: Handler, jobs: Background) -> AsyncIterator[None]:
    """Answer requests on a socket of mode 0600 at `path` for as long as the context lasts.

    Args:
        path: where the socket is made; its folder belongs to this user alone.
        handler: takes a request and returns the answer. A `GuideError` it raises becomes an answer with `error`.
        jobs: what goes on in the background. Whatever else the handler raises is a mistake, and a failure there.

    Raises:
        OSError: the socket cannot be made there.
    """
    answering: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if (line := await _line(reader)) is None:
                return
            reply = await _reply(line, handler)
            with contextlib.suppress(ConnectionError):
                writer.write(json.dumps(reply).encode() + b"\n")
                await writer.drain()
        finally:
            writer.close()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = jobs.start(answer(reader, writer), "answering the command line")
        answering.add(task)
        task.add_done_callback(answering.discard)

    listener = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        listener.bind(os.fspath(path))
    except OSError:
        listener.close()
        raise
    finally:
        os.umask(before)
    listener.listen()
    server = await asyncio.start_unix_server(begin, sock=Listener.over(listener), limit=LONGEST)
    try:
        yield
    finally:
        server.close()
        for task in answering:
            task.cancel()


async def _line(reader: asyncio.StreamReader) -> bytes | None:
    """Return the line that was sent; None when there is none. Of one that is too long, only the beginning."""
    # Whoever only looks whether somebody listens leaves without a word.
    with contextlib.suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(PATIENCE):
            try:
                return await reader.readuntil()
            except asyncio.IncompleteReadError as ended:
                return ended.partial or None
            except asyncio.LimitOverrunError as error:
                return await reader.readexactly(error.consumed)
    return None


async def _reply(line: bytes, handler: Handler) -> dict[str, Any]:
    try:
        if len(line) > LONGEST:
            raise UsageError(f"the request is too long: {LONGEST} bytes are the most")
        return await handler(requests.parse(line))
    except GuideError as error:
        return {"error": str(error), "reason": getattr(error, "reason", ""), "exit": error.exit_code}


class Refusal(GuideError):
    """The practice site said no; `reason` is a word for programs."""

    def __init__(self, message: str, reason: str, exit_code: int) -> None:
        super().__init__(message)
        self.reason = reason
        self.exit_code = exit_code


def ask(path: Path, *, within: float | None = None, **request: Any) -> dict[str, Any]:
    """Send a request to the site that listens at `path` and return its answer.

    Args:
        path: where it listens.
        within: seconds that the answer may take; `PATIENCE` when not given.
        request: the request.

    Raises:
        Refusal: the site said no.
        CannotRunError: nobody listens there, or there is no answer.
    """
    patience = PATIENCE if within is None else within
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(patience)
            connection.connect(os.fspath(path))
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as answers:
                line = answers.readline(LONGEST_ANSWER)
        answer: dict[str, Any] = json.loads(line)
    except TimeoutError:
        raise CannotRunError(f"the practice site does not answer within {patience:g} s: is it suspended?") from None
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

    def count(self, event: type[Event]) -> int:
        """Return how often something has happened, as far as the audit log goes back: cheap enough to ask often."""
        return int(self.ask(do="count", event=event.name)["lines"])

    def events(self, last: int = 1000) -> list[tuple[str, dict[str, Any]]]:
        """Return the end of the audit log, oldest first: what happened, with details."""
        return [(event, details) for _at, event, details in self.ask(do="events", last=last)["events"]]
