"""Texts that name facts: however Jinja would take it."""

from __future__ import annotations

import pytest
from jinja2 import Environment

from mfa_guide.base.errors import GuideError
from mfa_guide.policy.naming import filled, named
from tests.support import POLICY


@pytest.mark.parametrize(
    "text",
    [
        "wait {{ facts.key_delay }} {{ facts.key_delay.unit }}",
        "wait {{facts.key_delay}} {{facts.key_delay.unit}}",
        "wait {{  facts.key_delay  }} {{- facts.key_delay.unit -}} long",
        "wait {{ facts . key_delay }}",
        "no {{ other.key_delay }}, { facts.key_delay }".replace("{{ other.key_delay }}", "other"),
    ],
)
def test_a_text_is_filled_as_jinja_would(text: str) -> None:
    # Blanks that Jinja takes away at a dash stay: they are between words.
    by_jinja = Environment().from_string(text).render(facts=POLICY.facts)
    assert filled(text, POLICY).replace(" ", "") == by_jinja.replace(" ", "")
    assert named(text) == ({"key_delay"} if "{{" in text else set())


def test_a_fact_that_there_is_not_is_named() -> None:
    with pytest.raises(GuideError, match="key_dely"):
        filled("{{facts.key_dely}}", POLICY)
