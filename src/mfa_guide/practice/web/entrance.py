"""Keeping the other users of the same computer out.

On loopback everybody on the computer reaches the pages, and whoever reaches them can pick a person: there are no
passwords. So a browser first has to show something that only the owner of the practice site knows: the address that
`mfa-guide practice up` printed, or a login link that still waits. In the lab nobody else is there, and no entrance.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from mfa_guide.practice.web.cookies import Cookie

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mfa_guide.practice.web.addresses import Addresses


def entrance_key(secret: bytes) -> str:
    """Return what stands after `/enter/` in the address that `practice up` prints.

    Args:
        secret: the secret of this installation.
    """
    return hmac.digest(secret, b"entrance", "sha256").hex()[:32]


def entrance_address(addresses: Addresses, secret: bytes) -> str:
    """Return the address that lets its owner into the pages: the one for people to open first.

    Args:
        addresses: where the sites are.
        secret: the secret of this installation.
    """
    if addresses.on_loopback:
        return f"{addresses.firewall}/enter/{entrance_key(secret)}"
    return f"{addresses.firewall}/"


class Entrance:
    """Tells browsers that may come in from those that may not."""

    def __init__(self, addresses: Addresses, secret: bytes) -> None:
        self.address = entrance_address(addresses, secret)
        """The address that lets a browser in."""
        self._open = not addresses.on_loopback
        self._key = entrance_key(secret)
        self._cookie = Cookie(addresses.firewall, "entrance")

    def fits(self, key: str) -> bool:
        """Tell whether `key` is this installation's."""
        return hmac.compare_digest(key.encode(), self._key.encode())

    def admits(self, request: Request) -> bool:
        """Tell whether the browser was let in before."""
        return self._open or self.fits(self._cookie.read(request) or "")

    def let_in(self, response: Response) -> None:
        """Let the browser in that gets this response."""
        if not self._open:
            self._cookie.write(response, self._key)
