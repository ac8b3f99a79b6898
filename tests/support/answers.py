"""What somebody gets who pastes something, put so that it can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from mfa_guide.problems import finding
from mfa_guide.problems.catalogue import entries


@dataclass(frozen=True)
class Given:
    """What somebody gets who pastes something."""

    found: tuple[str, ...]
    """The entries, the best first."""
    sure: bool
    """Whether they are given as what it is about: there are some, and more than a part of a message is known."""
    alarm: bool = False
    """Whether it is taken for a private key."""

    def __str__(self) -> str:
        if self.alarm:
            return "the alarm about a private key"
        if not self.found:
            return "nothing"
        return ", ".join(self.found) + ("" if self.sure else ", by a part")


@cache
def known(edition: str) -> finding.Index:
    """Return what an edition looks for."""
    return finding.index(entries(edition))


def given(text: str, edition: str) -> Given:
    """Return what somebody gets of an edition who pastes a text."""
    if finding.has_private_key(text):
        return Given((), sure=False, alarm=True)
    answer = finding.answer(text, known(edition))
    return Given(tuple(each.id for each in answer.found), sure=bool(answer.found) and not answer.by_hint)
