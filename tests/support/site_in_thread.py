"""A practice site's web pages, served on loopback by a loop in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING, TypeVar

from mfa_guide.practice.web.addresses import Addresses
from mfa_guide.practice.web.entrance import entrance_address
from mfa_guide.practice.web.server import make_server
from mfa_guide.practice.web.silent import Silent
from tests.support.site_apart import SECRET, Site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")


class RunningSite:
    """The pages served on loopback, as `practice up` does, by a loop in a thread of its own."""

    site: Site

    def __init__(self, folder: Path) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.listens: tuple[str, int] = self._socket.getsockname()
        port = self.listens[1]
        self.addresses = Addresses(
            f"http://127.0.0.1:{port}", f"http://localhost:{port}", f"http://127.0.0.1:{port}/account"
        )
        self.entrance = entrance_address(self.addresses, SECRET)
        self._folder = folder
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        assert self._ready.wait(10)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.site = Site.make(self._folder, self.addresses, users=3)
        self.server = make_server(self.site.app, Silent(100))
        self._ready.set()
        await self.server.serve(sockets=[self._socket])
        self.site.state.close()

    def do(self, what: Callable[[Site], T]) -> T:
        """Do something with the site in its own thread."""

        async def call() -> T:
            return what(self.site)

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(10)

    def stop(self) -> None:
        """End the server and wait for it."""
        self.server.should_exit = True
        self._thread.join(10)
