"""What pages write in double braces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import GuideError
from mfa_guide.kinds import open_guide
from mfa_guide.website import values

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def known(tmp_path: Path) -> dict[str, object]:
    """What the pages of a guide may name that has no pages."""
    (tmp_path / "mkdocs.yml").touch()
    return values.of_guide(open_guide(tmp_path))


def test_a_fact_and_its_unit_take_the_place_of_their_names(known: dict[str, object]) -> None:
    page = "{{ facts.key_delay }} {{ facts.key_delay.unit }} at {{ facts.login_host }}"
    assert values.fill(page, known, "docs/a.md", 1) == "30 minutes at login.hpc.kuleuven.be"


def test_a_fact_that_is_a_list_can_be_joined(known: dict[str, object]) -> None:
    page = '{{ facts.certificate_clusters | join(" or ") }}'
    assert values.fill(page, known, "docs/a.md", 1).startswith("wICE or Mindwell")


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("{{ facts.key_dely }}", "docs/a.md:9: the policy 2026 has no fact 'key_dely': did you mean key_delay"),
        ("{{ facts.key_delay.unt }}", "docs/a.md:9: 'mfa_guide.policy.Fact object' has no attribute 'unt'"),
        ("{{ fact.key_delay }}", "docs/a.md:9: 'fact' is undefined"),
        ('{{ problem("unreachabel") }}', "docs/a.md:9: the catalogue of problems has no entry 'unreachabel'"),
        ('{{ facts.key_delay | join(", ") }}', "docs/a.md:9: the fact is one value, and not a list"),
        ("{{ facts.key_delay }", "docs/a.md:9: unexpected '}'"),
        ("{{ tried() }}", "docs/a.md:9: tried() missing 1 required positional argument"),
        ('{{ tried("x") }}', "docs/a.md:9: there is no client 'x': choose"),
    ],
)
def test_what_there_is_not_is_said_with_its_line(known: dict[str, object], page: str, said: str) -> None:
    with pytest.raises(GuideError) as told:
        values.fill(f"# Page\n\n{page}\n\nMore.", known, "docs/a.md", 7)
    assert str(told.value).startswith(said)
    assert "\n" not in str(told.value)
