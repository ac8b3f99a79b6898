"""How texts name facts: `{{ facts.login_host }}`, and `{{ facts.key_delay.unit }}` for its unit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mfa_guide.policy import Policy

# Jinja, which fills the pages, takes any blanks here.
_NAMED = re.compile(r"\{\{-?\s*facts\s*\.\s*(?P<name>\w+)(?P<unit>\s*\.\s*unit)?\s*-?\}\}")


def named(text: str) -> set[str]:
    """Return the names of the facts that a text names."""
    return {match["name"] for match in _NAMED.finditer(text)}


def filled(text: str, policy: Policy) -> str:
    """Return a text with facts in the places of their names.

    Raises:
        GuideError: it names one that does not exist.
    """

    def value(match: re.Match[str]) -> str:
        fact = policy.fact(match["name"])
        return str(fact.unit if match["unit"] else fact)

    return _NAMED.sub(value, text)
