"""What differs from one version of the policy to the next, and what that means for somebody who knows the older one.

What differs is found by comparing the two; what it means is written in the newer one. A difference that nobody has
explained is an error, like an explanation of what does not differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictStr

from mfa_guide.base.errors import GuideError

if TYPE_CHECKING:
    from mfa_guide.policy import Policy
    from mfa_guide.policy.stated import Stated

_ROLES = "roles."
_ADDRESS = "address"


class Explained(BaseModel):
    """What belongs together of what has changed, as readers are told of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Annotated[StrictStr, Field(min_length=3)]
    of: Annotated[tuple[StrictStr, ...], Field(min_length=1)]
    """The facts that differ, `address` for the rule about addresses, `roles.login` for a role. What is told of the
    first, since when and how sure, is told of all."""
    before: StrictStr
    now: StrictStr
    means: Annotated[StrictStr, Field(min_length=3)]
    """What somebody does today who has always done it the old way."""


@dataclass(frozen=True)
class Change:
    """Something that has changed."""

    explained: Explained
    since: str
    """The month or year."""
    stated: Stated
    """The fact or rule as it is now; as it was, where it has ended without another."""


def changes(old: Policy, new: Policy) -> list[Change]:
    """Return what has changed, in the order in which the newer policy tells of it.

    Args:
        old: the older policy.
        new: the newer policy.

    Raises:
        GuideError: a difference is not explained, or explained twice, or what is explained does not differ.
    """
    before, now = _stated(old), _stated(new)
    differing = {name for name in {*before, *now} if _differs(before.get(name), now.get(name))}
    explained = [name for each in new.changes for name in each.of]
    for name in sorted(differing - {*explained}):
        raise GuideError(f"the policy {new.version} does not say what it means that {name} differs from {old.version}")
    for name in explained:
        if name not in differing or explained.count(name) > 1:
            raise GuideError(f"the policy {new.version} explains {name}, which does not differ or is explained twice")
    return [
        Change(each, since=now[first].since if first in now else before[first].until or new.version, stated=stated)
        for each in new.changes
        for first in [each.of[0]]
        for stated in [now.get(first) or before[first]]
    ]


def _stated(policy: Policy) -> dict[str, Stated]:
    # What is ours is no news of the service.
    facts = {name: fact for name, fact in policy.facts.items() if fact.source != "ours"}
    roles = {f"{_ROLES}{name}": role for name, role in policy.roles.items()}
    return {**facts, _ADDRESS: policy.address, **roles}


def _differs(old: Stated | None, new: Stated | None) -> bool:
    about = {"source", "sure", "since", "until", "note"}
    return old is None or new is None or old.model_dump(exclude=about) != new.model_dump(exclude=about)
