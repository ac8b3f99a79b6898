"""Doing what the user does in the browser, from the command line, for whichever practice site the link is from."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mfa_guide.base.errors import CannotRunError, GuideError
from mfa_guide.practice.hosting import control

BETWEEN_HEARTBEATS = 5
"""Seconds between two signs of life of a page that is kept open."""


@dataclass
class Visit:
    """A visit to a login link, or to the firewall's page."""

    link: str
    institution: str | None
    deny: bool

    def once(self) -> str:
        """Do it, and return what was answered; empty when the firewall's page had nothing to ask.

        Raises:
            GuideError: the link is of no use; the message says why.
            CannotRunError: no practice site runs.
        """
        request: dict[str, Any] = {"link": self.link, "institution": self.institution, "deny": self.deny}
        if urlsplit(self.link).path.strip("/"):
            request["do"] = "approve"
        else:
            request |= {"do": "visit", "addresses": own_addresses(urlsplit(self.link).hostname or "")}
        refusal: GuideError = CannotRunError(
            "no practice site runs: start one with mfa-guide practice up or mfa-guide practice shell"
        )
        # Several sites may run; the one that issued the link knows what became of it.
        for site in control.find_sites():
            try:
                done = control.ask(site.control, **request)
            except control.Refusal as error:
                if error.reason not in ("unknown", "elsewhere"):
                    raise
                refusal = error
            else:
                return f"{done['answer']}: login of {done['account']} on {done['host']}" if done["answer"] else ""
        raise refusal


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
