"""What holds for every answer of the practice site's web server, whatever page made it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from mfa_guide.practice.web.addresses import Addresses

MAXIMUM_BODY = 65_536
"""Size of the largest form that is read, in bytes: a public key and its form, with room. Ours."""

BODY_WITHIN = 20
"""Seconds in which a body is there. Ours."""


def headers(addresses: Addresses) -> dict[str, str]:
    """Return the headers of every answer.

    No address leaks to another site (a login link is a secret), nothing is stored, framed or loaded from elsewhere,
    and no script runs but the practice site's own files, which talk to the page's own site only.
    """
    content = {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "script-src": "'self'",
        "connect-src": "'self'",
        # Chromium applies this to redirects too, and a log-in is one: firewall, institution, and back.
        "form-action": " ".join(["'self'", *addresses.origins]),
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in content.items()),
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Robots-Tag": "noindex",
    }


class WithHeaders:
    """Sets headers on every answer, errors included."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class BoundedBody:
    """Refuses a request whose body is too large or too slow, as soon as it is, and never swallows what nobody reads."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = Headers(scope=scope)
        announced = told.get("content-length", "0")
        size = 0
        awaited = "transfer-encoding" in told or announced != "0"
        until = asyncio.get_running_loop().time() + BODY_WITHIN

        async def receive_bounded() -> Message:
            nonlocal size, awaited
            if not awaited:
                return await receive()
            # The server has seen that it is a number.
            if int(announced) > MAXIMUM_BODY:
                raise HTTPException(413)
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408) from None
            size += len(message.get("body", b""))
            if size > MAXIMUM_BODY:
                raise HTTPException(413)
            awaited = message.get("more_body", False)
            return message

        async def send_bounded(message: Message) -> None:
            if awaited and message["type"] == "http.response.start":
                # Nobody reads the rest: the connection ends with the answer.
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self._app(scope, receive_bounded, send_bounded)


class OwnForms:
    """Refuses what a page of another site sends, as browsers tell: a second layer behind the forms' own secrets.

    Programs that are no browsers tell nothing, and neither do old browsers. `null` is what browsers say of our own
    pages, which want no address to leak; then where it comes from is told by `Sec-Fetch-Site` alone.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = Headers(scope=scope)
        own = f"{scope['scheme']}://{told.get('host', '')}".lower()
        foreign = (
            told.get("origin", own).lower() not in (own, "null")
            or told.get("sec-fetch-site", "same-origin") != "same-origin"
        )
        if foreign and scope["method"] not in ("GET", "HEAD"):
            answer = PlainTextResponse("Another site sent this: open the practice site's own page.\n", 403)
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


class ByHost:
    """Hands a request to the site it is for: by its exact Host header, then by the site's path.

    A request for any other host is refused: a name that somebody else points at this computer opens nothing.
    """

    def __init__(self, sites: Mapping[tuple[str, str], ASGIApp]) -> None:
        """Take the sites by host (with its port, unless it is the usual one) and path (empty or `/name`)."""
        # A site in a folder comes before the one that has the rest of the host.
        self._sites = sorted(sites.items(), key=lambda item: item[0][1], reverse=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = Headers(scope=scope).get("host", "").lower()
        path: str = scope["path"]
        for (site, folder), app in self._sites:
            if host != site:
                continue
            if folder and path == folder:
                await RedirectResponse(f"{folder}/", 303)(scope, receive, send)
                return
            if path.startswith(f"{folder}/"):
                await app({**scope, "root_path": folder}, receive, send)
                return
        await PlainTextResponse("This is the practice site, which goes by other names.\n", 421)(scope, receive, send)
