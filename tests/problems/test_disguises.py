"""Every message of the catalogue is found in every disguise in which people paste it."""

from __future__ import annotations

import pytest

from mfa_guide.policy import versions
from tests.support.disguises import ACCEPTED, DISGUISES, bare, disguised


@pytest.mark.parametrize("edition", versions())
def test_every_message_finds_its_entry_first(edition: str) -> None:
    assert [(each.message, lost) for each in bare(edition) if (lost := each.lost())] == []


@pytest.mark.parametrize("name", DISGUISES)
def test_no_message_is_lost_in_a_disguise(name: str) -> None:
    assert any(any(disguised(edition, name)) for edition in versions()), "it disguises nothing"
    lost = [(each, got) for edition in versions() for each in disguised(edition, name) if (got := each.lost())]
    accepted = {id for disguise, id in ACCEPTED if disguise == name}
    assert [f"{each}: {got}" for each, got in lost if each.entry.id not in accepted] == []
    assert accepted <= {each.entry.id for each, _ in lost}, "accepted, and not lost any more: take it away"


def test_what_is_accepted_names_a_disguise() -> None:
    assert {name for name, _ in ACCEPTED} <= DISGUISES.keys()
    assert all(ACCEPTED.values()), "each says why"
