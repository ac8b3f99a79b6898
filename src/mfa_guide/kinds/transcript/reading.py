"""Transcripts: what a reader types in a terminal, and what the terminal then shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mfa_guide.expecting.failure import Failure
from mfa_guide.expecting.shapes import ANY

PROMPT = "$ "
"""What a command line begins with, in the snippets and on the screen, at home and on the other machine."""

_TYPED = re.compile(r"(?P<before>[^«»]*)«(?P<typed>[^«»]*)»")


@dataclass(frozen=True)
class Line:
    """One line that the terminal is expected to show."""

    number: int
    """The line of the snippet, counted from 1."""
    text: str
    """What the terminal shows; where the reader types something, what stands before it."""
    typed: str | None = None
    """What the reader types after `text`, followed by Enter; None when nothing is typed on this line."""

    @property
    def source(self) -> str:
        """The line as it stands in the snippet."""
        return self.text if self.typed is None else f"{self.text}«{self.typed}»"


@dataclass(frozen=True)
class Command:
    """A command, and everything the terminal shows until the next one."""

    line: Line
    """The command line, prompt included."""
    expected: tuple[Line, ...]

    @property
    def text(self) -> str:
        """What the reader types."""
        return self.line.text.removeprefix(PROMPT)


@dataclass(frozen=True)
class Transcript:
    """A whole snippet of this kind."""

    continuation: tuple[Line, ...]
    """Output of the command that an earlier transcript left waiting."""
    commands: tuple[Command, ...]

    @property
    def lines(self) -> list[Line]:
        """All lines, in order."""
        return [*self.continuation, *(line for command in self.commands for line in (command.line, *command.expected))]

    def anything(self) -> list[int]:
        """Return the lines on which `…` stands for all that a command shows: anything at all would hold."""
        parts = [command.expected for command in self.commands] or [self.continuation]
        shown = [[line for line in part if line.source.strip()] for part in parts]
        return [part[0].number for part in shown if part and all(line.text.strip() == ANY for line in part)]


@dataclass
class _Open:
    """A command whose output is still being read."""

    line: Line
    expected: list[Line] = field(default_factory=list)


def parse_transcript(text: str) -> Transcript:
    """Read a transcript.

    Args:
        text: the content of the snippet.

    Raises:
        Failure: it has no content, or typed input that is not at the end of its line.
    """
    continuation: list[Line] = []
    commands: list[_Open] = []
    for number, shown in enumerate(text.rstrip("\n").split("\n"), start=1):
        if shown.startswith(PROMPT):
            commands.append(_Open(Line(number, shown)))
        else:
            (commands[-1].expected if commands else continuation).append(output_line(number, shown))
    if not text.strip():
        raise Failure(f"the transcript is empty: write what is typed, behind `{PROMPT}`", line=1)
    return Transcript(
        tuple(continuation), tuple(Command(command.line, tuple(command.expected)) for command in commands)
    )


def output_line(number: int, shown: str) -> Line:
    """Read one line of output.

    Raises:
        Failure: typed input is not at its end.
    """
    if not {"«", "»"} & set(shown):
        return Line(number, shown)
    match = _TYPED.fullmatch(shown)
    if match is None:
        raise Failure("typed input is written «like this», once, at the end of its line", line=number)
    return Line(number, match["before"], match["typed"])
