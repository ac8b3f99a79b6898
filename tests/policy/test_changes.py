"""What has changed from one policy to the next: found by comparing, explained by hand, neither without the other."""

from __future__ import annotations

import pytest

from mfa_guide.base.errors import GuideError
from mfa_guide.policy import Policy, load
from mfa_guide.policy.changes import Explained, changes

OLD, NEW = load("2024"), load("2026")


def explained(*names: str) -> tuple[Explained, ...]:
    return tuple(Explained(title="It is", of=(name,), before="So.", now="Or so.", means="Nothing.") for name in names)


def with_fact(policy: Policy, name: str, **changed: object) -> Policy:
    facts = {**policy.facts, name: policy.facts[name].model_copy(update=changed)}
    return policy.model_copy(update={"facts": facts})


def test_every_difference_of_the_shipped_policies_is_explained_once() -> None:
    found = changes(OLD, NEW)
    assert [change.explained.title for change in found] == [each.title for each in NEW.changes]
    by_name = {change.explained.of[0]: change for change in found}
    assert by_name["roles.login"].since == "2024-12"
    assert (by_name["address"].since, by_name["address"].stated.sure) == ("2026-03", "high")
    # What has ended without another has the time of its end.
    assert by_name["whitelist_lifetime"].since == "2024-12"
    assert by_name["certificate_clusters"].stated.sure == "medium"


@pytest.mark.parametrize(
    ("new", "complaint"),
    [
        (with_fact(OLD, "login_host", value="elsewhere.example"), "what it means that login_host differs from 2024"),
        (with_fact(OLD, "certificate_lifetime", value=8), "what it means that certificate_lifetime differs"),
        (OLD.model_copy(update={"changes": explained("login_host")}), "explains login_host, which does not differ"),
        (
            with_fact(OLD, "ssh_port", value=23).model_copy(update={"changes": explained("ssh_port", "ssh_port")}),
            "explains ssh_port, which does not differ or is explained twice",
        ),
        (
            OLD.model_copy(update={"address": OLD.address.model_copy(update={"managed_are_open": True})}),
            "what it means that address differs",
        ),
        (
            OLD.model_copy(update={"roles": {name: OLD.roles[name] for name in ("login", "nx", "firewall")}}),
            "what it means that roles.login-tier1 differs",
        ),
    ],
)
def test_a_difference_without_its_meaning_is_an_error_and_the_other_way_round(new: Policy, complaint: str) -> None:
    with pytest.raises(GuideError, match=complaint):
        changes(OLD, new)


def test_what_is_only_told_better_or_is_ours_is_no_change() -> None:
    assert changes(OLD, with_fact(OLD, "login_host", note="otherwise said", since="2025")) == []
    assert changes(OLD, with_fact(OLD, "link_lifetime", value=60)) == []
