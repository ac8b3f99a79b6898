"""Looking for what must be there in a page's HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import Tag


def one(within: Tag, selector: str) -> Tag:
    """Return the first element that a CSS selector finds; without any, the test fails here."""
    found = within.select_one(selector)
    assert found is not None, f"there is no {selector} in {str(within)[:500]}"
    return found


def attribute(tag: Tag, name: str) -> str:
    """Return an attribute that has one value."""
    value = tag[name]
    assert isinstance(value, str), f"{name} has several values: {value}"
    return value
