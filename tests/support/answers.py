"""What is answered to a paste, put so that answers can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from mfa_guide.problems import finding
from mfa_guide.problems.catalogue import entries


@dataclass(frozen=True)
class Answer:
    """What is answered to a paste."""

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
def known(edition: str) -> list[finding.Known]:
    """Return what an edition looks for."""
    return finding.index(entries(edition))


def answer(text: str, edition: str) -> Answer:
    """Return what an edition answers to a paste."""
    if finding.has_private_key(text):
        return Answer((), sure=False, alarm=True)
    found = finding.find(text, known(edition))
    return Answer(tuple(each.id for each in found), sure=bool(found) and not found[0].by_hint)
