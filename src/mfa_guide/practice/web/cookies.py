"""Cookies that scripts, other sites and other practice sites do not get."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


class Cookie:
    """One cookie of the site at one base address; it ends with the browser."""

    def __init__(self, base: str, purpose: str) -> None:
        parts = urlsplit(base)
        self._secure = parts.scheme == "https"
        # On loopback there is no TLS, and practice sites on other ports share the host's cookies: the name tells.
        self._name = f"__Host-{purpose}" if self._secure else f"practice-{purpose}-{parts.port}"

    def read(self, request: Request) -> str | None:
        """Return what the browser sent, if it did."""
        return request.cookies.get(self._name)

    def write(self, response: Response, value: str) -> None:
        """Have the browser keep `value`."""
        response.set_cookie(self._name, value, secure=self._secure, httponly=True, samesite="lax")
