"""What other versions of the clients show: differences from the wording of a snippet, in a file beside it.

A snippet has one wording, that of the reference suite. Beside `make-a-key.txt`, `make-a-key.versions.yml` is a list:

    - for: OpenSSH >=10.0
      instead of: "Enter passphrase (empty for no passphrase): «secret»"
      shows: "Enter passphrase for \\"id_rsa\\" (empty for no passphrase): «secret»"

Every occurrence of the lines `instead of` is replaced by the lines of `shows`; `after: …` puts those behind a line, and
an empty `shows` takes lines away. The reader types the same with every version.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Annotated

import yaml
from packaging.version import Version
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from mfa_guide.base.reading import Unreadable, parse_yaml
from mfa_guide.clients import suites
from mfa_guide.clients.requirement import Requirement, plain
from mfa_guide.expecting.failure import Failure
from mfa_guide.kinds.transcript.reading import PROMPT, parse_transcript
from mfa_guide.kinds.transcript.typist import types_the_same

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from mfa_guide.clients.versions import Client

SUFFIX = ".versions.yml"


def _requirement(value: object) -> Requirement:
    return Requirement.parse(str(value))


class Difference(BaseModel):
    """What some versions show instead of a part of the snippet."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    requirement: Annotated[Requirement, BeforeValidator(_requirement)] = Field(alias="for")
    """Which versions show it."""
    instead_of: str = Field("", alias="instead of")
    """The lines that it replaces; empty when `after` says where it stands."""
    after: str = ""
    """The lines that it stands behind; empty when it replaces some."""
    shows: str
    line: int
    """Its first line in its file, counted from 1."""

    @model_validator(mode="after")
    def _one_place(self) -> Difference:
        if bool(self.instead_of) == bool(self.after) or (self.after and not self.shows):
            raise ValueError("it has either `instead of` or `after`, and what is shown there")
        return self

    @property
    def anchor(self) -> list[str]:
        """The lines of the snippet by which its place is found."""
        return (self.instead_of or self.after).rstrip("\n").split("\n")

    @property
    def lines(self) -> list[str]:
        """The lines that are shown."""
        return self.shows.rstrip("\n").split("\n") if self.shows else []


def file_of(snippet: Path) -> Path:
    """Return where the differences from a snippet stand."""
    return snippet.with_suffix(SUFFIX)


def read_differences(snippet: Path) -> tuple[Difference, ...]:
    """Return the differences from a snippet; none when there is no file of them.

    Raises:
        Failure: the file cannot be read, or is no list of differences.
    """
    path = file_of(snippet)
    if not path.is_file():
        return ()
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"what other versions show cannot be read: {error}", file=path) from error
    except Failure as failure:
        raise Failure(failure.message, failure.line, file=path) from failure


def parse(text: str) -> tuple[Difference, ...]:
    """Read a list of differences.

    Raises:
        Failure: it is none.
    """
    try:
        document = parse_yaml(text, loader=yaml.BaseLoader)
        content = document.content
        if not isinstance(content, list) or not all(isinstance(entry, dict) for entry in content) or not content:
            raise Unreadable("this is a list of `for:`, `instead of:` or `after:`, and `shows:`", 1)
        entries = [{**entry, "line": document.line((at,))} for at, entry in enumerate(content)]
        return document.part(tuple[Difference, ...], entries)
    except Unreadable as error:
        raise Failure(error.message, error.line) from error


@dataclass(frozen=True)
class Variant:
    """A snippet as some versions of the clients show it."""

    snippet: Path
    source: str
    """What the snippet says."""
    text: str
    """What is shown instead."""
    origins: tuple[int | Difference, ...]
    """For each of its lines, the line of the snippet that it is; or the difference that it comes from."""
    applied: tuple[Difference, ...]
    """The differences that are in it."""

    def place(self, failure: Failure) -> Failure:
        """Return a failure that was noticed in this text, with the place where that is written."""
        if failure.line is None or not self.applied or failure.file:
            return failure
        origin = self.origins[failure.line - 1] if failure.line <= len(self.origins) else 1
        if isinstance(origin, Difference):
            return Failure(failure.message, origin.line, failure.detail, file=file_of(self.snippet))
        return Failure(failure.message, origin, failure.detail)

    def without(self, difference: Difference) -> Variant:
        """Return it without one of the differences: with what the snippet has there."""
        return _apply(self.snippet, self.source, [other for other in self.applied if other != difference])


def variant(
    snippet: Path, text: str, versions: Mapping[str, str], differences: Sequence[Difference] | None = None
) -> Variant:
    """Return the text of a snippet as these versions of the clients show it.

    Args:
        snippet: its file.
        text: what it says.
        versions: the version of each client.
        differences: those from the snippet; those beside it when not given.

    Raises:
        Failure: the differences cannot be read, one has no place in the snippet, two are about the same line, or what
            is typed differs.
    """
    known = read_differences(snippet) if differences is None else differences
    # Every one has its place, whichever versions there are here.
    for difference in known:
        _apply(snippet, text, [difference])
    return _apply(snippet, text, [difference for difference in known if difference.requirement.met_by(versions)])


def _apply(snippet: Path, text: str, differences: Sequence[Difference]) -> Variant:
    lines = text.removesuffix("\n").split("\n")
    replaced: dict[int, Difference] = {}
    behind: dict[int, Difference] = {}
    for difference in differences:
        anchor = difference.anchor
        places = [at for at in range(len(lines)) if lines[at : at + len(anchor)] == anchor]
        if not places:
            raise Failure(f"the snippet has no line “{anchor[0]}”", difference.line, file=file_of(snippet))
        for at in places:
            taken = [at + len(anchor) - 1] if difference.after else list(range(at, at + len(anchor)))
            claimed = behind if difference.after else replaced
            if any(number in claimed for number in taken):
                message = f"another difference, for the same version, is about “{lines[at]}”, too"
                raise Failure(message, difference.line, file=file_of(snippet))
            claimed |= dict.fromkeys(taken, difference)
    made: list[tuple[str, int | Difference]] = []
    for number, line in enumerate(lines):
        difference_here = replaced.get(number)
        if difference_here is None:
            made.append((line, number + 1))
        elif number == 0 or replaced.get(number - 1) is not difference_here or _begins(lines, number, difference_here):
            made += [(shown, difference_here) for shown in difference_here.lines]
        if inserted := behind.get(number):
            made += [(shown, inserted) for shown in inserted.lines]
    variant_text = "".join(f"{line}\n" for line, _ in made)
    if differences and not types_the_same(parse_transcript(text), parse_transcript(variant_text)):
        raise Failure("the reader types the same with every version", differences[0].line, file=file_of(snippet))
    return Variant(snippet, text, variant_text, tuple(origin for _, origin in made), tuple(differences))


def _begins(lines: Sequence[str], number: int, difference: Difference) -> bool:
    """Tell whether the lines that a difference replaces begin at this one, right behind others that it replaces."""
    anchor = difference.anchor
    return lines[number : number + len(anchor)] == anchor


def rewritten(shown: Variant, new: str, client_of: Callable[[str], Client]) -> dict[Path, str]:
    """Return the list beside a snippet with what a version shows in it, as the text of its file.

    What it shows is taken to hold for all versions beyond it, as seen from the reference suite, up to the next of which
    the list says something else.

    Args:
        shown: the snippet as it was expected.
        new: what it should be, with `…`, samples and typed input in it.
        client_of: tells which client a program is that is typed, for instance that of `ssh-keygen`.
    """
    lines = shown.source.removesuffix("\n").split("\n")
    wanted = _edits(lines, new.removesuffix("\n").split("\n"))
    kept: list[tuple[Requirement, _Edit]] = []
    for difference in read_differences(shown.snippet):
        edit = (difference.instead_of.rstrip("\n"), difference.after.rstrip("\n"), difference.shows.rstrip("\n"))
        requirement = difference.requirement
        if difference in shown.applied:
            if edit in wanted:
                wanted.remove(edit)
            else:
                client = client_of(_program(lines, edit))
                requirement = Requirement.parse(f"{requirement},{_Bounds.of(client).short}")
        if requirement.suites():
            kept.append((requirement, edit))
    for edit in wanted:
        client = client_of(_program(lines, edit))
        bounds = _Bounds.of(client)
        limits = []
        for requirement, other in list(kept):
            edges = bounds.edges(requirement) if requirement.client == client.name else []
            if edges and other == edit:
                # It begins earlier than was known.
                kept.remove((requirement, other))
            elif edges and other[:2] == edit[:2]:
                limits += edges
        kept.append((Requirement.parse(f"{client.name} {','.join((bounds.beyond, *limits))}"), edit))
    text = yaml.dump([_entry(*each) for each in kept], Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000)
    return {file_of(shown.snippet): text}


class _Dumper(yaml.SafeDumper):
    """Writes several lines as several lines."""


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


@dataclass(frozen=True)
class _Bounds:
    """Conditions on the versions of a client, as seen from the reference suite."""

    version: str
    newer: bool

    @classmethod
    def of(cls, client: Client) -> _Bounds:
        version = plain(client.version)
        return cls(version, Version(version) > Version(suites.VERSIONS[suites.REFERENCE][client.name]))

    @property
    def beyond(self) -> str:
        """This version, and those beyond it."""
        return f"{'>=' if self.newer else '<='}{self.version}"

    @property
    def short(self) -> str:
        """The versions before this one is reached."""
        return f"{'<' if self.newer else '>'}{self.version}"

    def edges(self, requirement: Requirement) -> list[str]:
        """Return the conditions that end where those of a requirement begin."""
        begin, end = (">=", "<") if self.newer else ("<=", ">")
        return [f"{end}{each.version}" for each in requirement.versions if each.operator == begin]


def _program(lines: Sequence[str], edit: _Edit) -> str:
    """Return the program whose output a difference is in."""
    anchor = (edit[0] or edit[1]).split("\n")[0]
    above = [line for line in lines[: lines.index(anchor) + 1] if line.startswith(PROMPT)]
    return above[-1].removeprefix(PROMPT).split(" ", 1)[0] if above else ""


_Edit = tuple[str, str, str]
"""`instead of`, `after` and `shows` of a difference."""


def _edits(before: Sequence[str], after: Sequence[str]) -> list[_Edit]:
    """Return what makes one text of another."""
    edits: dict[_Edit, None] = {}
    for what, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        shows = "\n".join(after[first:last])
        if what == "insert":
            edits[("", before[start - 1], shows)] = None
        elif what == "replace" and end - start == last - first:
            for old, new in zip(before[start:end], after[first:last], strict=True):
                edits[(old, "", new)] = None
        elif what != "equal":
            edits[("\n".join(before[start:end]), "", shows)] = None
    return list(edits)


def _entry(requirement: Requirement, edit: _Edit) -> dict[str, str]:
    instead_of, after, shows = edit
    place = {"instead of": instead_of} if instead_of else {"after": after}
    return {"for": str(requirement), **place, "shows": shows}
