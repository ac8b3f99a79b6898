"""Serving the pages inside the practice site's own loop."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.applications import Starlette


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
