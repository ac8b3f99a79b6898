"""What a kind of fence is: its options, what is amiss with it, and, of an instruction, how it is carried out.

A new kind is a module here that makes one of these, a line in `KINDS` (`__init__.py`), and a way to show it on the
website (`website/fences.py`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from mfa_guide.clients.requirement import Requirement
from mfa_guide.expecting.failure import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mfa_guide.clients.versions import Client
    from mfa_guide.guide.page import Instruction, Page
    from mfa_guide.kinds.reader import Reader


class Options(BaseModel):
    """What stands after the name of the fence: `word`, or `word="value"`. Each kind has its own."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


_Options = TypeVar("_Options", bound=Options)


def _flag(value: object) -> bool:
    # Where it is not given, it is what the field says.
    if value is None or value is False:
        return value is None
    raise ValueError("`{}` stands alone, without a value")


def _requirement(value: object) -> Requirement | None:
    try:
        requirement = Requirement.parse(str(value or ""))
    except ValueError as error:
        raise ValueError(f"`{{}}`: {error}") from None
    if not requirement.suites():
        raise ValueError(f"no suite has {requirement.in_words()}: it is never carried out")
    return requirement


Flag = Annotated[bool, BeforeValidator(_flag)]
"""An option that is there or not; it has no value."""
Only = Annotated[Requirement | None, BeforeValidator(_requirement)]
"""For which versions of a client something is, as `OpenSSH <10.3`; for all when it is not given."""


class Kind(ABC, Generic[_Options]):
    """A kind of fence."""

    name: ClassVar[str]
    """The word that a fence of this kind begins with."""
    options: type[_Options]
    """What may stand after it."""

    def read(self, given: Mapping[str, str | None]) -> _Options:
        """Return the options of a fence.

        Args:
            given: what stands after the name: `word` (None) or `word="value"`.

        Raises:
            ValueError: they are not of this kind; the message has a line for each that is wrong.
        """
        try:
            return self.options.model_validate(given)
        except ValidationError as error:
            raise ValueError("\n".join(map(self._in_words, error.errors()))) from None

    def _in_words(self, error: Any) -> str:
        name = ".".join(str(part) for part in error["loc"])
        match error["type"]:
            case "extra_forbidden":
                return f"`{self.name}` has no option `{name}`"
            case "missing":
                return f'`{self.name}` needs the option `{name}="…"`'
            case "value_error":
                return str(error["msg"]).removeprefix("Value error, ").replace("{}", name)
            case _:
                return f'`{name}` needs a value: {name}="…"'


@dataclass(frozen=True)
class Done:
    """What came of an instruction that was carried out."""

    failures: Sequence[Failure] = ()
    """What does not hold, although the reader can go on."""
    rewrites: Mapping[Path, str] = field(default_factory=dict)
    """The files by which it would hold, with the text that each should have."""
    met: tuple[int, ...] = ()
    """Which of the differences beside its snippet were seen, counted from 1."""
    seen: object = None
    """What was seen, for `Instructed.foreseen`; None when nothing can be told from it."""
    pictures: Mapping[int, str] = field(default_factory=dict)
    """Pictures of windows: PNG in base64, by the number of the step, counted from 1."""
    stands_for: Mapping[str, str] = field(default_factory=dict)
    """What was there in place of the samples on the page so far."""


@dataclass(frozen=True)
class Change:
    """One thing wrong in a file."""

    line: int
    """Counted from 1."""
    what: str
    """What is changed, in words."""
    lines: Sequence[str]
    """The lines that the file then has."""
    file: Path | None = None
    """The file; that of the snippet when not given."""
    suites: tuple[str, ...] = ()
    """The suites of clients that can notice it; empty when any can."""


@dataclass(frozen=True)
class Shown:
    """What an instruction that holds has shown."""

    versions: Mapping[str, str]
    """The version of each client that was there."""
    seen: object
    """As `Done` has it."""


class Instructed(Kind[_Options]):
    """A kind of instruction: the fence embeds a snippet, and what that says is carried out."""

    def options_of(self, instruction: Instruction) -> _Options:
        """Return the options of an instruction.

        Raises:
            Failure: they are not of this kind; the gate says so, too.
        """
        try:
            return self.read(instruction.options)
        except ValueError as error:
            raise Failure(str(error).splitlines()[0]) from None

    @abstractmethod
    def client(self, text: str, instruction: Instruction, reader: Reader) -> Client | None:
        """Return the client that an instruction is about; None when there is none.

        Args:
            text: what its snippet says.
            instruction: the instruction.
            reader: who is about to carry it out.

        Raises:
            Failure: the snippet does not say.
            CannotRunError: the client is missing.
        """

    @abstractmethod
    def carry_out(self, text: str, path: Path, instruction: Instruction, reader: Reader) -> Done:
        """Carry out an instruction.

        Args:
            text: what its snippet says.
            path: the file of its snippet.
            instruction: the instruction.
            reader: who carries it out, and what is open before them.

        Raises:
            Failure: it does not hold, and the reader cannot go on.
            CannotRunError: a client is missing.
        """

    @abstractmethod
    def changes(self, text: str, path: Path) -> Iterator[Change]:
        """Yield the things that could be wrong in a snippet, and would mislead a reader.

        Args:
            text: what it says.
            path: its file.
        """

    def option_changes(self, line: str) -> Iterator[tuple[str, str]]:
        """Yield what could be wrong in the first line of a fence: what is changed in words, and the line with it."""
        return iter(())

    def foreseen(self, path: Path, changed: Mapping[Path, str], shown: Sequence[Shown]) -> str | None:
        """Return what notices a change, where that can be told from what was shown without it; None where it cannot.

        Args:
            path: the file of the snippet.
            changed: the file that is changed, with its text.
            shown: what was shown.
        """
        return None

    def files(self, path: Path) -> list[Path]:
        """Return the files that belong to a snippet, itself first; some may not exist."""
        return [path]

    def faults(self, page: Page) -> Iterator[tuple[int, str]]:
        """Yield what is amiss with the instructions of this kind on a page: the line of a fence, and what to do."""
        return iter(())

    def says(self, instruction: Instruction) -> str:
        """Return what an instruction says about files of the reader besides its snippet."""
        return ""
