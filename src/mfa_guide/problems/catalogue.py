"""The catalogue: what programs say when something goes wrong, what that means, and what helps.

One file in this folder for each page of docs/fix/, with the entries in the page's order. The page shows their text and
carries out each: it brings the message about with the real program, and then the cure.

Where the rules of an edition of the guide make something else of a message, the file has an entry for each, with the
same id, and each says for which editions it is.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from mfa_guide.base import reading
from mfa_guide.base.errors import GuideError
from mfa_guide.policy import versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


CLIENTS = ("Terminal", "PuTTY", "plink", "FileZilla", "WinSCP", "MobaXterm", "VS Code", "Another program")
"""The programs for which a cure may be alone. The same word is the same tab on every page."""
OTHER_WORDS = "Other words for the same"
"""What is on the fold with all other messages of an entry."""
NOT_MET = "Its words, which were not brought about here"
"""What is on that fold where no message of the entry is carried out."""
_FURTHER_IN = " " * 4
ANY = "…"
"""Stands for what varies in a message, as it does in a transcript."""
SHORTEST = 12
"""How many characters a message has at least besides what varies: one with fewer would be found in anything."""


def _is_an_edition(name: str) -> str:
    if name not in versions():
        raise ValueError(f"there is no edition {name}: choose of {', '.join(versions())}")
    return name


def _is_a_client(name: str) -> str:
    if name and name not in CLIENTS:
        raise ValueError(f"there is no client {name}: choose of {', '.join(CLIENTS)}")
    return name


class Message(BaseModel):
    """What a program says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    """One line of it, with `…` for what varies."""
    of: str = ""
    """The system or version that says it so, when it is none that the page carries out; else empty."""
    shown: str = ""
    """The file below snippets/ that shows it elsewhere, or with other versions; empty where it is not carried out."""
    source: str = ""
    """Where its words come from, when it is not carried out; else empty."""
    beside: tuple[str, ...] = Field(default=(), alias="with")
    """What may be said beside it, with `…` for what varies: it counts where one of these is; all alone when empty."""
    alone: tuple[str, ...] = Field(default=(), alias="without")
    """What is not said beside it: where one of these is, it is something else."""

    @model_validator(mode="after")
    def _is_shown_elsewhere(self) -> Message:
        if self.shown and not self.of:
            raise ValueError("what is shown elsewhere says `of` what it is")
        if self.shown and self.source:
            raise ValueError("what is shown somewhere needs no `source`")
        return self

    @property
    def carried_out(self) -> bool:
        """Whether its page shows it."""
        return not (self.of or self.source)

    @model_validator(mode="after")
    def _says_something(self) -> Message:
        if len(self.text.replace(ANY, "").replace(" ", "")) < SHORTEST:
            raise ValueError(f"a message has at least {SHORTEST} characters besides {ANY}")
        return self


class Cure(BaseModel):
    """What to do, in one case of several."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client: Annotated[str, AfterValidator(_is_a_client)] = ""
    """The program with which it is done like this, where others do it differently; else empty."""
    when: str = ""
    """By what the reader knows the case; empty when there is one only."""
    do: str
    """What helps: Markdown, one sentence on a line."""


_Messages = tuple[Annotated[Message, BeforeValidator(lambda m: {"text": m} if isinstance(m, str) else m)], ...]


class Entry(BaseModel):
    """One thing that goes wrong."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    """Its anchor on the page."""
    editions: tuple[Annotated[str, AfterValidator(_is_an_edition)], ...] = ()
    """The editions of the guide for which it is, by their policies; empty when it is for all."""
    title: str = ""
    """What it is called when a message does not say enough, or when there is none."""
    messages: _Messages = ()
    hints: _Messages = ()
    """What points to it where no message is found: a part of one, for example when its end is in another language."""
    called: tuple[str, ...] = ()
    """What people say who remember no message."""
    general: bool = False
    """Whether it says little: another message beside it says more."""
    consequence: bool = False
    """Whether it says little, and only follows from what another message says: it is found where nothing else is."""
    harmless: bool = False
    """Whether it keeps nobody from anything: whatever else was said is what somebody asks about."""
    means: str
    """What has happened: Markdown, one sentence on a line."""
    cures: tuple[Cure, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_a_name(self) -> Entry:
        if not (self.title or self.messages):
            raise ValueError("what has no message has a title")
        return self

    @property
    def heading(self) -> str:
        """What it is called: Markdown."""
        return self.title or code(self.messages[0].text)


class Chapter(BaseModel):
    """The entries of one page."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    page: str
    """The page, relative to docs/."""
    title: str
    entries: tuple[Entry, ...]


def code(text: str) -> str:
    """Return a text in code style: Markdown."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def parse(name: str, text: str) -> Chapter:
    """Read a file of the catalogue.

    Args:
        name: the page's, without folder and suffix.
        text: YAML.

    Raises:
        GuideError: it cannot be read; the message says where.
    """
    with reading.naming(f"problems/{name}.yml"):
        document = reading.parse_yaml(text)
        if not isinstance(document.content, dict):
            raise reading.Unreadable("this is a title, and a list of entries", 1)
        return document.part(Chapter, {"page": f"fix/{name}.md", **document.content})


@cache
def load(edition: str) -> tuple[Chapter, ...]:
    """Return the whole catalogue of an edition, in the order in which the guide has its pages.

    Args:
        edition: the version of its policy.

    Raises:
        GuideError: a file of it cannot be read, or two entries of the edition have the same id.
    """
    return chosen(_written(), edition)


@cache
def _written() -> tuple[Chapter, ...]:
    folder = Path(__file__).parent
    order = reading.read_yaml(folder / "order.yml", "problems/order.yml", list[str])
    return tuple(parse(name, reading.read_text(folder / f"{name}.yml", f"problems/{name}.yml")) for name in order)


def chosen(chapters: Iterable[Chapter], edition: str) -> tuple[Chapter, ...]:
    """Return what an edition has of chapters.

    Raises:
        GuideError: two of its entries have the same id.
    """
    of_edition = tuple(
        chapter.model_copy(
            update={"entries": tuple(e for e in chapter.entries if not e.editions or edition in e.editions)}
        )
        for chapter in chapters
    )
    ids = Counter(entry.id for chapter in of_edition for entry in chapter.entries)
    for id, count in ids.items():
        if count > 1:
            raise GuideError(f"two entries of the catalogue have the id {id} in the edition {edition}")
    return of_edition


def entries(edition: str) -> Iterator[tuple[Chapter, Entry]]:
    """Yield every entry of an edition, with its chapter, in order."""
    for chapter in load(edition):
        for entry in chapter.entries:
            yield chapter, entry


def find(id: str, edition: str) -> Entry:
    """Return the entry of an edition with that id.

    Raises:
        GuideError: there is none.
    """
    for _, entry in entries(edition):
        if entry.id == id:
            return entry
    raise GuideError(f"the catalogue of problems has no entry {id!r} for the edition {edition}")


def markdown(entry: Entry) -> str:
    """Return an entry as a section of its page: Markdown of the website that names facts.

    What it means and what to do come first. All else that may be seen is folded.
    """
    first = _first(entry)
    others = [f"    - {_said(m.text)}{_whose(m)}" for m in entry.messages if not (m is first and m.carried_out)]
    label = OTHER_WORDS if any(message.carried_out for message in entry.messages) else NOT_MET
    folded = "\n".join([f'??? words "{label}"', "", *others]) if others else ""
    known_by = f"You may see {_said(first.text)}." if entry.title and first else ""
    parts = (_heading(entry), known_by, entry.means.strip(), _in_tabs(entry.cures), folded)
    return "\n\n".join(part for part in parts if part) + "\n"


def stated(entry: Entry) -> str:
    """Return what the guide states about an entry, and carries out: all but the wordings of other systems.

    It is CommonMark, so what the page has in tabs is a list here.
    """
    # Without a title, the first message is the heading.
    others = [message for message in entry.messages[0 if entry.title else 1 :] if message.carried_out]
    seen = "\n".join(f"You may see {_said(message.text)}." for message in others)
    return "\n\n".join(part for part in (_heading(entry), advice(entry), seen) if part)


def _heading(entry: Entry) -> str:
    return f"## {entry.heading} {{ #{entry.id} }}"


def _first(entry: Entry) -> Message | None:
    """Return the message by which a reader knows the entry: its heading, or what stands below its title."""
    seen = [message for message in entry.messages if message.carried_out or not entry.title]
    return next(iter(seen or entry.messages), None)


def _whose(message: Message) -> str:
    """Return whose words a message has, and where they come from when they were not seen here."""
    seen = "" if message.shown else "not carried out"
    source = f"the words are from {message.source}" if message.source else ""
    said = [] if message.carried_out else [part for part in (message.of.rstrip(","), seen, source) if part]
    # Nobody searches for it.
    return f" <span data-search-exclude>({'; '.join(said)})</span>" if said else ""


def _said(text: str) -> str:
    # Messages are long: unlike other code, they may take another line (website/theme/assets/finder.css).
    return f"{code(text)}{{ .message }}"


def advice(entry: Entry) -> str:
    """Return what an entry means, and what to do: Markdown that names facts, with links as seen from docs/fix/."""
    cures = entry.cures
    told = _told(cures[0].when, cures[0]) if len(cures) == 1 else _listed(cures, _named)
    return f"{entry.means.strip()}\n\n{told}"


def _named(cure: Cure) -> str:
    """Return which client a cure is for, and when: in a list, where no tab says it."""
    return cure.when if not cure.client else f"{cure.client}: {cure.when}" if cure.when else f"{cure.client}."


def _listed(cures: Iterable[Cure], when: Callable[[Cure], str]) -> str:
    return "\n".join(f"- {textwrap.indent(_told(when(cure), cure), _FURTHER_IN).lstrip()}" for cure in cures)


def _told(when: str, cure: Cure) -> str:
    return f"**{when.strip()}**\n{cure.do.strip()}" if when else cure.do.strip()


def _in_tabs(cures: Sequence[Cure]) -> str:
    """Return cures as the website has them: those that differ from client to client are tabs, where the first stands.

    The theme remembers which tab a reader has chosen, on all pages.
    """
    parts = []
    for client, group in groupby(cures, key=lambda cure: cure.client):
        together = list(group)
        alone = len(together) == 1 and (client or len(cures) == 1)
        told = _told(together[0].when, together[0]) if alone else _listed(together, lambda cure: cure.when)
        parts.append(f'=== "{client}"\n\n{textwrap.indent(told, _FURTHER_IN)}' if client else told)
    return "\n\n".join(parts)
