"""Serving the pages inside the practice site's own loop."""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from starlette.responses import PlainTextResponse
from uvicorn.protocols.http.h11_impl import H11Protocol

from mfa_guide.base import descriptors

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.applications import Starlette
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mfa_guide.practice.web.silent import Silent

HEADERS_WITHIN = 20
"""Seconds in which a request is there, up to its body; whoever takes longer is cut. Ours."""

MOST_AT_ONCE = 1_000
"""How many requests may be answered at once: those of pages that wait for news are, as long as they are open. Ours: a
class of 200, with the firewall's page and a few more each."""


class _Protocol(H11Protocol):
    """HTTP as uvicorn speaks it; but uvicorn waits without end for a request that was begun, or never is."""

    _limit: asyncio.TimerHandle | None = None

    def __init__(self, silent: Silent, **options: Any) -> None:
        super().__init__(**options)
        self._silent = silent

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._socket = transport.get_extra_info("socket")
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_limit()
        super().connection_lost(exc)

    def _watch(self) -> None:
        """Begin to count when a request is awaited; what comes of it in between changes nothing."""
        if self.transport.is_closing() or (self.cycle is not None and not self.cycle.response_complete):
            self._forget_limit()
            self._silent.speaks(self._socket.fileno())
        elif self._limit is None:
            if self.cycle is not None:
                # Before its first request whoever listens has noted it.
                self._silent.add(self._socket)
            self._limit = self.loop.call_later(HEADERS_WITHIN, self.timeout_keep_alive_handler)

    def _forget_limit(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None


class _AtMost:
    """The pages, for as many at once as they can be for."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most
        self._answering = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._answering >= self._most:
            text = "The practice site has too many pages open: close some, and load this one again."
            await PlainTextResponse(text, status_code=503)(scope, receive, send)
            return
        self._answering += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._answering -= 1


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, end: Callable[[], None]) -> None:
        super().__init__(config)
        self._end = end

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the practice site, which has more to end than its web server."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Give the answers that are held, so that nobody has to wait for their end."""
        self._end()
        await super().shutdown(sockets)


def make_server(
    app: Starlette, silent: Silent, *, certificate: Path | None = None, key: Path | None = None
) -> uvicorn.Server:
    """Return a server for `app`: `await server.serve(sockets=[…])`, and `server.should_exit = True` to end it.

    It writes no access log, for a login link is a secret, and believes no header about where a browser is.

    Args:
        app: what `make_app` returned.
        silent: is told of connections on which something is asked.
        certificate: the TLS certificate (PEM), when the pages are at https addresses.
        key: the certificate's private key (PEM).
    """
    return _Server(
        uvicorn.Config(
            _AtMost(app, min(MOST_AT_ONCE, descriptors.room() // 4)),
            http=cast("type[asyncio.Protocol]", functools.partial(_Protocol, silent)),
            ssl_certfile=certificate,
            ssl_keyfile=key,
            access_log=False,
            log_config=None,
            # Anybody can send what is no HTTP: that is no news.
            log_level="error",
            proxy_headers=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
        ),
        app.state.end,
    )
