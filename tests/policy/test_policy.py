"""The policy: every fact has a source and a time, and what is not there is an error."""

from __future__ import annotations

import pytest

from mfa_guide.base.errors import GuideError
from mfa_guide.policy import load, parse

GOOD = """
version = "2024"
[facts.colour]
value = "blue"
source = "ours"
since = "2024"
note = "for this test"
"""


def test_the_shipped_policy_holds() -> None:
    policy = load("2024")
    assert policy.text("login_host") == "login.hpc.kuleuven.be"
    assert policy.seconds("certificate_lifetime") == 16 * 3600
    assert len(policy.names("institutions")) == 5
    assert policy.text("question_text", account="vsc1", address="::1") == ("Are you trying to log in as vsc1 from ::1?")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('source = "ours"', ""), "facts.colour.source"),
        (('source = "ours"', 'source = "a friend"'), "facts.colour.source"),
        (('since = "2024"', ""), "facts.colour.since"),
        (('since = "2024"', 'since = "2024-13"'), "facts.colour.since"),
        (('note = "for this test"', ""), "facts.colour.note"),
        (('note = "for this test"', 'note = "for this test"\nnotes = "?"'), "facts.colour.notes"),
        (('value = "blue"', 'value = "blue"\nunit = "days"'), "only a number has a unit"),
        (('value = "blue"', "value = blue"), "policy test"),
    ],
)
def test_a_fact_that_lacks_something_is_named(change: tuple[str, str], complaint: str) -> None:
    parse(GOOD, "policy test")
    with pytest.raises(GuideError, match=complaint):
        parse(GOOD.replace(*change, 1) if change[0] != 'since = "2024"' else _in_fact(*change), "policy test")


def _in_fact(old: str, new: str) -> str:
    head, fact = GOOD.split("[facts.colour]")
    return head + "[facts.colour]" + fact.replace(old, new, 1)


def test_what_is_not_there_or_of_another_kind_is_an_error() -> None:
    policy = parse(GOOD, "policy test")
    with pytest.raises(GuideError, match="no fact 'size'"):
        policy.fact("size")
    with pytest.raises(GuideError, match="not a duration"):
        policy.seconds("colour")
    with pytest.raises(GuideError, match="not a list"):
        policy.names("colour")
    with pytest.raises(GuideError, match="no policy '1999'"):
        load("1999")
