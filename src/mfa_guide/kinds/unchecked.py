"""Text that nothing checks: it says why, and when to look at it again."""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from mfa_guide.kinds.kind import Kind, Options


def _why(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError('an unchecked block says why: why="…"')
    return value


def _review(value: object) -> datetime.date:
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        raise ValueError('an unchecked block says when to look at it again: review="YYYY-MM-DD"') from None


class UncheckedOptions(Options):
    """What an unchecked block says about itself."""

    why: Annotated[str, BeforeValidator(_why)] = Field("", validate_default=True)
    """Why nothing checks it."""
    review: Annotated[datetime.date, BeforeValidator(_review)] = Field(None, validate_default=True)
    """Before which day somebody has to look at it again."""


class Unchecked(Kind[UncheckedOptions]):
    """Text that nothing checks."""

    name = "unchecked"
    options = UncheckedOptions


UNCHECKED = Unchecked()
