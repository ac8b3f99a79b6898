"""The front matter of a page: its names, and what it says about carrying the page out, under `practice:`."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, StringConstraints, model_validator

from mfa_guide.base import reading
from mfa_guide.clients.requirement import Requirement

_FRONT_MATTER = re.compile(r"---\n(?P<yaml>.*?)^---\n", re.DOTALL | re.MULTILINE)
_NAME = "practice"
ASKED = "asked"
"""The name of what a page answers: questions, as readers type them."""
_NOT_CHECKED = re.compile(r"not checked: (?P<why>\S.*); review (?P<review>\d{4}-\d{2}-\d{2})")

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class NotChecked(BaseModel):
    """Why something is not carried out, and when to look at it again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    why: str
    review: datetime.date


def _not_checked(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = _NOT_CHECKED.fullmatch(value)
    if match is None:
        raise ValueError("write “not checked: why; review YYYY-MM-DD”")
    return match.groupdict()


def _requirement(value: object) -> Requirement:
    return Requirement.parse(str(value))


class Practice(BaseModel):
    """Where and on which machine a page is carried out."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    place: Literal["campus", "home", "abroad"] = Field("home", alias="from")
    managed: bool | tuple[Reason, ...] = False
    """Whether the university manages the computer; or the labels of the tabs whose reader has such a computer."""
    only: dict[Annotated[Requirement, BeforeValidator(_requirement)], Reason] = Field({}, alias="with")
    """For which versions of clients the page is, each with the reason; with others it is not carried out."""
    machine: Literal["new", "ready"] = "ready"
    desktop: bool = False
    """Whether programs can open windows on the machine."""
    after: str = ""
    """The page, relative to docs/, that the reader has worked through before; empty when there is none."""
    program: str = ""
    """The program that the page is about, when it cannot run here; others are carried out in its place."""
    labels: dict[str, Annotated[NotChecked, BeforeValidator(_not_checked)]] = {}
    """Labels of tabs that are not carried out."""
    leaves: dict[str, Reason] = {}
    """What the page leaves behind on purpose, each with the reason: names of programs, or files in the home."""
    words: dict[str, Reason] = {}
    """Words in code style, and numbers, that no instruction of the page shows, each with the reason."""

    _line: Callable[[reading.Place], int] | None = PrivateAttr(None)

    def is_managed(self, label: str) -> bool:
        """Tell whether the university manages the computer of a reader who follows the tabs with a label."""
        return self.managed if isinstance(self.managed, bool) else label in self.managed

    def line(self, *place: str) -> int:
        """Return the line of the page that says something of this, by its name: `labels`, `Linux`."""
        return self._line((_NAME, *place)) if self._line else 1

    @model_validator(mode="after")
    def _one_beginning(self) -> Practice:
        if self.after and "machine" in self.model_fields_set:
            raise ValueError("the page named by `after` says on which machine it begins")
        return self


@dataclass(frozen=True)
class FrontMatter:
    """What stands above a page, between two lines of dashes."""

    practice: Practice = field(default_factory=lambda: Practice.model_validate({}))
    asked: tuple[str, ...] = ()
    """The questions that the page answers, in the words in which readers ask them: its search leads to the page."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """All values, `practice` among them, by their names."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """The line of each name, counted from 1."""


def split(page: str, text: str) -> tuple[FrontMatter, str]:
    """Take the front matter off a page.

    Args:
        page: what to call the page in errors.
        text: all of it.

    Returns:
        What it says, and the text without it: empty lines keep the numbers of the others.

    Raises:
        GuideError: it cannot be read.
    """
    match = _FRONT_MATTER.match(text)
    if match is None:
        return FrontMatter(), text
    return _parse(page, match["yaml"]), "\n" * match[0].count("\n") + text[match.end() :]


def _parse(page: str, front_matter: str) -> FrontMatter:
    with reading.naming(page):
        document = reading.parse_yaml(front_matter, before=1)
        content = {} if document.content is None else document.content
        if not isinstance(content, dict):
            raise reading.Unreadable("the front matter is of the form `name: value`", 2)
        practice = document.part(Practice, content.get(_NAME, {}), (_NAME,))
        asked = document.part(tuple[Reason, ...], content.get(ASKED, ()), (ASKED,))
    practice._line = document.line
    values = {str(name): value for name, value in content.items()}
    return FrontMatter(practice, asked, values, {name: document.line((name,)) for name in values})
