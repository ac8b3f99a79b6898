"""Making pages from templates, and the page for everything that goes wrong."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

import jinja2
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from mfa_guide.practice.rules.database import CannotWriteError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from mfa_guide.policy import Policy

_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("mfa_guide.practice.web"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def show_time(at: float) -> str:
    """Return a time, in seconds since 1970, as people of this computer's time zone read it."""
    local = datetime.fromtimestamp(at)
    return f"{local.day} {local:%b %H:%M:%S}"


_ENVIRONMENT.filters["time"] = show_time


def as_sentence(message: str) -> str:
    """Return an error's message, which is made to follow a colon, as a sentence."""
    return f"{message[:1].upper()}{message[1:]}."


Offer = Literal["begin", "command", "nothing"]

_ADVICE = {
    404: ("There is no such page", "Check the address, or begin again."),
    405: ("That cannot be done here", "Load the page again, and use its buttons."),
    413: ("That file is too large", "Nothing was stored. A public key is small: choose the file that ends in .pub."),
    500: (
        "Something went wrong on the practice site",
        "Load the page again. The terminal in which the practice site runs says more.",
    ),
}


class Problem(HTTPException):
    """Something that the person in front of the browser has to know.

    Args:
        status: the HTTP status.
        title: what happened, as a heading.
        advice: what to do, in a sentence or two.
        offer: what the page offers besides: a link to `begin` again, the `command` to log in again, or nothing.
        account: whose command it is.
    """

    def __init__(self, status: int, title: str, advice: str, offer: Offer = "begin", account: str = "") -> None:
        super().__init__(status, title)
        self.title = title
        self.advice = advice
        self.offer = offer
        self.account = account


class Pages:
    """The pages of one site."""

    def __init__(self, site: str, root: str, policy: Policy, ssh_command: Callable[[str], str]) -> None:
        """Make pages with what all of them show.

        Args:
            site: the site's name, for the top of every page.
            root: the path that all of the site's addresses begin with; empty when it has the host to itself.
            policy: the texts that people know from the real service.
            ssh_command: returns the command with which an account logs in.
        """
        self._always = {"site": site, "root": root, "policy": policy, "ssh_command": ssh_command, "person": None}

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page, made from `template` (without `.html`) and the values that it names."""
        html = _ENVIRONMENT.get_template(f"{template}.html").render(self._always | values)
        return HTMLResponse(html, status)

    async def problem(self, request: Request, error: Exception) -> Response:
        """Return the page for an error: Starlette's handler for problems, for its own errors, and for our mistakes."""
        if isinstance(error, CannotWriteError):
            error = Problem(503, "Nothing can be written down", as_sentence(str(error)), "nothing")
        elif not isinstance(error, Problem):
            status = error.status_code if isinstance(error, HTTPException) else 500
            title, advice = _ADVICE.get(status, (HTTPStatus(status).phrase, "Go back, and try again."))
            error = Problem(status, title, advice)
        return self.page("problem", error.status_code, problem=error)
