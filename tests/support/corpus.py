"""The corpus: messages that people really met, and which entry of the catalogue is the right answer to each.

It is a folder of files (tests/problems/corpus/), each a list of cases. Whoever has a message that was answered badly
adds a case: what was pasted, the ids of the entries that are right as the first answer, and those that must not come.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from mfa_guide.base import reading
from mfa_guide.base.errors import GuideError
from mfa_guide.policy import load, versions
from mfa_guide.problems import catalogue
from mfa_guide.problems.explaining import explain
from tests.support.answers import given

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.answers import Given

FOLDER = Path(__file__).parents[1] / "problems" / "corpus"


def _is_an_expression(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"this is no regular expression: {error}") from None
    return pattern


_Text = Annotated[str, Field(min_length=1)]


class Case(BaseModel):
    """A message that somebody met."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    """What it is called: like no other case of the whole corpus."""
    paste: _Text
    """What was pasted, as it was, but for names of people and machines."""
    right: tuple[str, ...]
    """The entries that are right as the first answer; with none, the right answer is that it is not known."""
    never: tuple[str, ...] = ()
    """The entries that must not be among the answers."""
    source: _Text = Field(alias="from")
    """Where it was met."""
    edition: str = ""
    """The edition that is asked; when empty, all that have one of the right entries."""
    says: tuple[Annotated[str, AfterValidator(_is_an_expression)], ...] = ()
    """Regular expressions: what `explain` says of the first answer has one of them."""
    known: bool = True
    """Whether the right answer is given; where it is not yet, nothing wrong is given either."""
    reason: str = ""
    """Why the right answer is not given yet."""

    @model_validator(mode="after")
    def _says_why_it_is_not_known(self) -> Case:
        if self.known == bool(self.reason):
            raise ValueError("`known: false` and its `reason` go together")
        return self

    def editions(self) -> list[str]:
        """Return the editions that are asked, the oldest first."""
        if self.edition:
            return [self.edition]
        return [name for name in versions() if not self.right or _ids(name) & {*self.right}]


class Verdict(Enum):
    """What an answer is worth."""

    RIGHT = "right"
    WANTED = "not known, as wanted"
    """There is no entry for it, and none is given."""
    MUTE = "says nothing of it"
    """The right entry, whose text has nothing of what it should say."""
    HONEST = "honest"
    """Nothing is found, or it is said that only a part is known, where an entry would be right."""
    WRONG = "wrong"

    @property
    def good(self) -> bool:
        """Whether nothing better could be said."""
        return self in (Verdict.RIGHT, Verdict.WANTED)


@dataclass(frozen=True)
class Judged:
    """A case, as an edition answers it."""

    file: str
    case: Case
    edition: str
    given: Given
    verdict: Verdict

    @property
    def holds(self) -> bool:
        """Whether the answer is what the corpus says: right, or honest where it says that it is not known yet."""
        return self.verdict.good if self.case.known else self.verdict in (Verdict.HONEST, Verdict.MUTE)

    def __str__(self) -> str:
        wanted = " or ".join(self.case.right) or "that it is not known"
        line = f"{self.file}: {self.case.id} ({self.edition}): {self.verdict.value}: got {self.given}, wanted {wanted}"
        if self.verdict is Verdict.MUTE:
            line += f", with one of {', '.join(self.case.says)}"
        if came := [id for id in self.case.never if id in self.given.found]:
            line += f", and never {' or '.join(came)}"
        if not self.case.known:
            line += f" ({'take `known: false` away' if self.verdict.good else self.case.reason})"
        return line


def read(files: Iterable[Path]) -> dict[str, list[Case]]:
    """Return the cases of files, by the names of these.

    Raises:
        GuideError: one cannot be read, a case names an entry that there is not, or an id is there twice.
    """
    corpus = {file.name: reading.read_yaml(file, reading.name_of(file), list[Case]) for file in files}
    counts = Counter(case.id for cases in corpus.values() for case in cases)
    for name, cases in corpus.items():
        for case in cases:
            if counts[case.id] > 1:
                raise GuideError(f"{name}: the id {case.id} is there {counts[case.id]} times: give each case its own")
            if case.edition and case.edition not in versions():
                raise GuideError(f"{name}: {case.id}: no edition {case.edition}: choose of {', '.join(versions())}")
            for id in (*case.right, *case.never):
                if not any(id in _ids(edition) for edition in versions()):
                    raise GuideError(f"{name}: {case.id}: the catalogue has no entry {id}")
            if case.right and not any(_ids(edition) & {*case.right} for edition in case.editions()):
                raise GuideError(f"{name}: {case.id}: none of its entries is in the edition {case.edition}")
    return corpus


@cache
def whole() -> dict[str, list[Case]]:
    """Return the whole corpus of the project."""
    return read(sorted(FOLDER.glob("*.yml")))


@cache
def _ids(edition: str) -> frozenset[str]:
    return frozenset(entry.id for _, entry in catalogue.entries(edition))


def judge(corpus: dict[str, list[Case]]) -> list[Judged]:
    """Return what each case's answer is worth, in each edition that is asked."""
    return [
        Judged(file, case, edition, got, _verdict(case, edition, got))
        for file, cases in corpus.items()
        for case in cases
        for edition in case.editions()
        for got in (given(case.paste, edition),)
    ]


def _verdict(case: Case, edition: str, got: Given) -> Verdict:
    if got.alarm or {*got.found} & {*case.never}:
        return Verdict.WRONG
    if not got.sure:
        return Verdict.HONEST if case.right else Verdict.WANTED
    if got.found[0] not in case.right:
        return Verdict.WRONG
    return Verdict.RIGHT if _is_said(case, edition) else Verdict.MUTE


def _is_said(case: Case, edition: str) -> bool:
    if not case.says:
        return True
    # The first part says by which rules it answers, the second is the first entry.
    first = explain(case.paste, load(edition)).split("\n\n\n")[1]
    return any(re.search(pattern, first) for pattern in case.says)
