"""The policy: every fact has a source and a time, and what is not there is an error."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mfa_guide import policy
from mfa_guide.base.errors import GuideError
from mfa_guide.kinds import open_guides
from mfa_guide.policy import load, parse, versions
from mfa_guide.policy.naming import named
from mfa_guide.practice.places import PLACES, SERVER
from tests.support import PROJECT

GOOD = """
version = "2024"
[facts.colour]
value = "blue"
source = "ours"
since = "2024"
note = "for this test"
[facts.house]
value = "a.example"
source = "upstream"
sure = "low"
since = "2024"
note = "for this test"
[facts.street]
value = ["192.0.2.1", "::1"]
source = "ours"
since = "2024"
note = "for this test"
[address]
closed = ["abroad"]
managed_are_open = false
source = "ours"
since = "2024"
note = "for this test"
[roles.login]
hosts = ["house"]
addresses = "street"
needs_key = true
source = "ours"
since = "2024"
note = "for this test"
"""


def test_the_shipped_policies_hold() -> None:
    assert versions() == ["2024", "2026"]
    for version in versions():
        assert load(version).version == version
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
        (('source = "ours"', 'source = "seed"'), "say how sure it is"),
        (('source = "ours"', 'source = "ours"\nsure = "high"'), "say how sure it is"),
        (('sure = "low"', 'sure = "very"'), "facts.house.sure"),
        (('sure = "low"', 'sure = "low"\nuntil = "2023"'), "it ends in 2023, before it begins"),
        (('closed = ["abroad"]', 'closed = ["the moon"]'), "policy test:20: this should be 'campus'"),
        (('hosts = ["house"]', 'hosts = ["hose"]'), "the role login: .* has no fact 'hose': did you mean house"),
        (('hosts = ["house"]', "hosts = []"), "roles.login.hosts"),
        (('addresses = "street"', 'addresses = "house"'), "the role login: the fact 'house' is not a list"),
        (("needs_key = true", ""), "roles.login.needs_key"),
        (("needs_key = true", "needs_key = 1"), "roles.login.needs_key"),
        (("needs_key = true", "needs_key = true\nwhitelists = true"), "no fact 'whitelist_lifetime'"),
        (("needs_key = true", "needs_key = false\nrides = true"), "`rides` without `needs_key`"),
        (("needs_key = true", "needs_key = true\nlinks = false\ncertificates = false"), "nobody could log in"),
        (("[roles.login]", "[roles.Log_in]"), "roles.Log_in"),
    ],
)
def test_a_fact_that_lacks_something_is_named(change: tuple[str, str], complaint: str) -> None:
    parse(GOOD, "policy test")
    with pytest.raises(GuideError, match=complaint):
        parse(GOOD.replace(*change, 1), "policy test")


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


REFERENCE = "docs/reference/index.md"
GUIDES = {guide.edition.name: guide for guide in open_guides(PROJECT)}


@pytest.mark.parametrize(
    ("edition", "name"), [(edition, name) for edition, guide in GUIDES.items() for name in guide.policy.facts]
)
def test_a_fact_is_in_the_reference_of_its_edition(edition: str, name: str) -> None:
    page = GUIDES[edition].edition.file(REFERENCE)
    assert f'"{name}"' in page.read_text(encoding="utf-8"), f"add {name} to {page.relative_to(PROJECT)}"


@pytest.mark.parametrize("edition", GUIDES)
def test_a_fact_is_used_in_its_edition(edition: str) -> None:
    """By a page, by the catalogue of problems, or by the code and the pages of the practice site."""
    guide, package = GUIDES[edition], Path(policy.__file__).parents[1]
    files = [*guide.files(), *(path for suffix in ("yml", "py", "html") for path in package.rglob(f"*.{suffix}"))]
    texts = [path.read_text(encoding="utf-8") for path in files if path != guide.edition.file(REFERENCE)]
    # The lab asks for the addresses of each place by its name.
    used = {f"practice_{place}" for place in (*PLACES, SERVER)}.union(*map(named, texts))
    used |= {name for text in texts for name in re.findall(r"(?<=[\"'])[a-z][a-z0-9_]+(?=[\"'])", text)}
    used |= {name for role in guide.policy.roles.values() for name in (*role.hosts, role.addresses)}
    assert [name for name in guide.policy.facts if name not in used] == []
