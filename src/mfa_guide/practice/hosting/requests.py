"""What can be asked of a practice site over its control socket: each request with what belongs to it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, IPvAnyAddress, TypeAdapter, ValidationError

from mfa_guide.base.errors import GuideError

MOST_EVENTS = 1000
"""How many lines of the audit log are told at once. Ours."""


class _Asked(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Approve(_Asked):
    """Do what the owner of the account does at a login link."""

    do: Literal["approve"]
    link: str
    institution: str | None = None
    """Where they log in; the account's own when not given."""
    deny: bool = False
    """Whether the answer is No."""


class Visit(_Asked):
    """Open the firewall's page, and answer the first login that waits there, or none."""

    do: Literal["visit"]
    addresses: tuple[IPvAnyAddress, ...]
    """From which the page is opened."""
    institution: str | None = None
    deny: bool = False
    only_open: bool = False
    """Whether nothing is answered."""


class MoveClock(_Asked):
    """Move the clock forward."""

    do: Literal["clock"]
    shift: str


class OfferKeyExchange(_Asked):
    """Choose which key exchange the gateway offers."""

    do: Literal["key exchange"]
    which: str


class TellEvents(_Asked):
    """Tell the end of the audit log."""

    do: Literal["events"]
    last: int = Field(ge=0, le=MOST_EVENTS)
    """How many lines."""


class CountEvents(_Asked):
    """Tell how many lines of the audit log are of one event."""

    do: Literal["count"]
    event: str
    """Its name."""


class MakeMachine(_Asked):
    """Return the machine at a place; only a lab has machines."""

    do: Literal["machine"]
    place: str
    new: bool = False
    """When it is made: without a key and without known hosts."""


Request = Approve | Visit | MoveClock | OfferKeyExchange | TellEvents | CountEvents | MakeMachine

_ANY: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="do")])


def parse(line: bytes) -> Request:
    """Read a request.

    Args:
        line: a JSON object.

    Raises:
        GuideError: it is none, or not one that is known.
    """
    try:
        return _ANY.validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        # The first word is the request's kind: what is wrong is told of what belongs to it.
        place = "".join(f"{word}: " for word in first["loc"][1:])
        raise GuideError(f"the practice site does not understand the request: {place}{first['msg']}") from None
