"""Serving the pages inside the practice site's own loop."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.applications import Starlette


HEADERS_WITHIN = 20
"""Seconds in which a request is there, up to its body; whoever takes longer is cut. Ours."""


class _Protocol(H11Protocol):
    """HTTP as uvicorn speaks it; but uvicorn waits without end for a request that was begun, or never is."""

    _limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
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
        elif self._limit is None:
            self._limit = self.loop.call_later(HEADERS_WITHIN, self.timeout_keep_alive_handler)

    def _forget_limit(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None


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


def make_server(app: Starlette, *, certificate: Path | None = None, key: Path | None = None) -> uvicorn.Server:
    """Return a server for `app`: `await server.serve(sockets=[…])`, and `server.should_exit = True` to end it.

    It writes no access log, for a login link is a secret, and believes no header about where a browser is.

    Args:
        app: what `make_app` returned.
        certificate: the TLS certificate (PEM), when the pages are at https addresses.
        key: the certificate's private key (PEM).
    """
    return _Server(
        uvicorn.Config(
            app,
            http=_Protocol,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            access_log=False,
            log_config=None,
            proxy_headers=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
        ),
        app.state.end,
    )
