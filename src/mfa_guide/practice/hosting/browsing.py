"""Doing what the user does in the browser, from the command line, for whichever practice site the link is from."""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from mfa_guide.base.errors import CannotRunError, GuideError, UsageError
from mfa_guide.practice.hosting import cards, control

if TYPE_CHECKING:
    from pathlib import Path

BETWEEN_HEARTBEATS = 5
"""Seconds between two signs of life of a page that is kept open."""


@dataclass
class Visit:
    """A visit to a login link, or to the firewall's page."""

    link: str
    institution: str | None
    deny: bool
    state: Path | None
    """The folder of the state of the site that is meant, where the link alone does not tell."""
    only_open: bool = False
    """Whether the firewall's page is only opened, and answers nothing."""

    def once(self) -> tuple[cards.RunningSite, str]:
        """Do it.

        Returns:
            The site where it was done, and what was answered; empty when the firewall's page had nothing to ask.

        Raises:
            UsageError: it is no link, or one that can only be answered.
            GuideError: the link is of no use; the message says why.
            CannotRunError: the site that issued it does not run.
        """
        link = _read(self.link)
        sites = _sites(link)
        how: dict[str, Any] = {"institution": self.institution, "deny": self.deny}
        if not link.path.strip("/"):
            site = cards.only(sites, self.state)
            addresses = own_addresses(link.hostname or "")
            return site, _answer(
                control.ask(site.control, do="visit", addresses=addresses, only_open=self.only_open, **how)
            )
        if self.only_open:
            raise UsageError("a link is there to be answered: leave --only-open out, or open the firewall's page")
        refusal: GuideError | None = None
        # Several labs have the same names; the one that issued the link knows what became of it.
        for site in sites if self.state is None else [cards.only(sites, self.state)]:
            try:
                return site, _answer(control.ask(site.control, do="approve", link=self.link, **how))
            except control.Refusal as error:
                if error.reason != "unknown":
                    raise
                refusal = refusal or error
            except CannotRunError as error:
                refusal = error
        assert refusal is not None
        raise refusal


def _read(link: str) -> SplitResult:
    """Return the parts of a link.

    Raises:
        UsageError: it is none.
    """
    with contextlib.suppress(ValueError):
        parts = urlsplit(link)
        if parts.hostname and parts.scheme in ("http", "https"):
            return parts
    raise UsageError(f"{link!r} is not a login link: copy all of it, from http to the last letter, from the terminal")


def _sites(link: SplitResult) -> list[cards.RunningSite]:
    """Return the sites, at least one, whose links begin as this one does."""
    running = cards.find_sites()
    if not running:
        raise CannotRunError("no practice site runs: start one with mfa-guide practice up or mfa-guide practice shell")
    begins = f"{link.scheme}://{link.netloc.lower()}"
    found = [site for site in running if site.web == begins]
    if not found:
        others = ", ".join(sorted({f"{site.web}/" for site in running}))
        raise CannotRunError(
            f"no practice site that runs here has links that begin with {begins}/, but {others}: "
            "the one of this link has ended, or is another user's"
        )
    return found


def _answer(done: dict[str, str]) -> str:
    return f"{done['answer']}: login of {done['account']} on {done['host']}" if done["answer"] else ""


def own_addresses(host: str) -> list[str]:
    """Return the addresses from which this machine would reach a host: of IPv6 and IPv4, where it can.

    Raises:
        CannotRunError: it cannot at all.
    """
    found = []
    for family in (socket.AF_INET6, socket.AF_INET):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                # Nothing is sent: connecting only chooses the address.
                probe.connect(socket.getaddrinfo(host, 443, family, socket.SOCK_DGRAM)[0][4])
                found.append(str(probe.getsockname()[0]))
        except OSError:
            continue
    if not found:
        raise CannotRunError(f"{host} is not known here: open the firewall's page on a machine of the lab, with --join")
    return found
