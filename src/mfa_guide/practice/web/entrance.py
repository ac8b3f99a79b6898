"""Keeping the other users of the same computer out.

On loopback everybody on the computer reaches the pages, and whoever reaches them can pick a person: there are no
passwords. So a browser first has to show something that only the owner of the practice site knows: the address that
`mfa-guide practice up` printed, or a login link that still waits. In the lab nobody else is there, and no entrance.

Both can only be guessed, and who guesses gets no further answers for a while. That is about the address that a browser
connects from, which on loopback is everybody's: whoever has been let in before has answers all the same.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from mfa_guide.practice.web.cookies import Cookie
from mfa_guide.practice.web.pages import Problem
from mfa_guide.practice.web.sessions import address_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mfa_guide.practice.rules.guesses import Guesses
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

    def __init__(self, addresses: Addresses, secret: bytes, guesses: Guesses) -> None:
        """Begin.

        Args:
            addresses: where the sites are.
            secret: the secret of this installation.
            guesses: counts what browsers guess.
        """
        self.address = entrance_address(addresses, secret)
        """The address that lets a browser in."""
        self._open = not addresses.on_loopback
        self._key = entrance_key(secret)
        self._cookie = Cookie(addresses.firewall, "entrance")
        self._guesses = guesses

    def fits(self, key: str) -> bool:
        """Tell whether `key` is this installation's."""
        return hmac.compare_digest(key.encode(), self._key.encode())

    def admits(self, request: Request) -> bool:
        """Tell whether the browser may log in.

        Raises:
            Problem: from its address came too many guesses.
        """
        if self._open or self._knows(request):
            return True
        if self._cookie.read(request) is not None:
            self.refuse_guessers(request)
            self.guessed(request)
        return False

    def let_in(self, response: Response) -> None:
        """Let the browser in that gets this response."""
        if not self._open:
            self._cookie.write(response, self._key)

    def guessed(self, request: Request) -> None:
        """A browser has asked for something that does not exist, and that nobody can have told it of."""
        self._guesses.wrong(address_of(request))

    def refuse_guessers(self, request: Request) -> None:
        """Do nothing for a browser that may ask for what can be guessed.

        Raises:
            Problem: from its address came too many guesses, and it was not let in before.
        """
        if self._guesses.too_many(address_of(request)) and not self._knows(request):
            raise Problem(
                429,
                "Too many wrong addresses",
                "They were opened from this computer. Wait a minute, and open the right one again.",
                "nothing",
            )

    def _knows(self, request: Request) -> bool:
        """Tell whether the browser was let in before."""
        return not self._open and self.fits(self._cookie.read(request) or "")
