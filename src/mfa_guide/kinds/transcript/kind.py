"""Transcripts: what a reader types in a terminal, and sees there."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import BeforeValidator, Field, model_validator

from mfa_guide.clients import versions
from mfa_guide.expecting.failure import Failure
from mfa_guide.expecting.shapes import ANY, pieces
from mfa_guide.kinds import changes
from mfa_guide.kinds.kind import Change, Done, Flag, Instructed, Only, Options
from mfa_guide.kinds.transcript import by_version, faults
from mfa_guide.kinds.transcript.reading import PROMPT, parse_transcript
from mfa_guide.kinds.transcript.typist import Seen, Typist, types_the_same, would_hold
from mfa_guide.practice.places import SERVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from mfa_guide.clients.machine import Machine
    from mfa_guide.clients.versions import Client
    from mfa_guide.guide.page import Instruction, Page
    from mfa_guide.kinds.kind import Shown
    from mfa_guide.kinds.reader import Reader
    from mfa_guide.kinds.transcript.terminal import Terminal


def _name(value: object) -> str:
    if not value:
        raise ValueError('the terminal needs a name: terminal="second"')
    return str(value)


class TranscriptOptions(Options):
    """In which terminal a transcript is typed."""

    terminal: Annotated[str, BeforeValidator(_name)] = ""
    """The name of the terminal; empty for the first one."""
    machine: str | None = None
    """Another machine of the lab at which that terminal is, where somebody else sits; None for the reader's own."""
    waits: Flag = False
    """Whether the last command goes on: a later transcript in the same terminal shows the rest."""
    only: Only = Field(None, alias="with")
    """For which versions of a client it is; for all when it is not given."""

    @model_validator(mode="before")
    @classmethod
    def _one_terminal(cls, given: dict[str, str | None]) -> dict[str, str | None]:
        if "machine" in given and (given["machine"] != SERVER or "terminal" in given):
            raise ValueError(f'at another machine there is one terminal: machine="{SERVER}", without `terminal`')
        return given

    @property
    def window(self) -> str:
        """What the terminal is called: one at another machine is called as that."""
        return self.terminal or self.machine or ""


class Terminals:
    """The terminals of a reader, by their names."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._open: dict[str, Terminal] = {}
        self.clients: dict[str, Callable[[Machine], Client]] = {}
        """Who tells the version of the client that a terminal runs."""

    def get(self, options: TranscriptOptions) -> Terminal:
        """Return the terminal in which a transcript is typed, opened when it is needed first."""
        # Windows has nothing of what it is made of, and transcripts are read there, too.
        from mfa_guide.kinds.transcript.terminal import Terminal, bash, command_prompt

        if options.window not in self._open:
            at = self._reader.elsewhere[options.machine] if options.machine else self._reader.machine
            windows = self._reader.system is versions.WINDOWS and not options.machine
            self._open[options.window] = Terminal(at, command_prompt if windows else bash)
        return self._open[options.window]

    def in_use(self, options: TranscriptOptions) -> bool:
        """Tell whether a command goes on in the terminal of a transcript, such as a login."""
        return options.window in self._open and self._open[options.window].state != "ended"

    def left_open(self) -> list[str]:
        """Return the logins that the page has not left, in words."""
        return [
            f"a login in the {name or 'first'} terminal"
            for name, terminal in self._open.items()
            if terminal.state not in ("ended", "closed")
        ]

    def close(self) -> None:
        """Close them all."""
        for terminal in self._open.values():
            terminal.close()


class Transcript(Instructed[TranscriptOptions]):
    """Something that the reader types in a terminal."""

    name = "transcript"
    options = TranscriptOptions

    def client(self, text: str, instruction: Instruction, reader: Reader) -> Client | None:
        """Return the client that it is about: that of the first program of one that it runs.

        What is typed at the end of a login, or continues one, is about the client by which the reader is in.
        """
        terminals, options = reader.tool(Terminals), self.options_of(instruction)
        if not terminals.in_use(options):
            terminals.clients.pop(options.window, None)
        with contextlib.suppress(Failure):
            programs = [program for command in parse_transcript(text).commands for program in _programs(command.text)]
            named = [reader.system.programs[program] for program in programs if program in reader.system.programs]
            if named:
                terminals.clients[options.window] = named[0]
        ask = terminals.clients.get(options.window)
        return reader.client(ask) if ask else None

    def carry_out(self, text: str, path: Path, instruction: Instruction, reader: Reader) -> Done:
        """Type it as it is with the versions here; see that each difference from the snippet is needed."""
        options = self.options_of(instruction)
        shown = by_version.variant(path, text, reader.versions)
        terminal = reader.tool(Terminals).get(options)
        before = terminal.link()
        typist = Typist(terminal, reader.timeout, keep_going=reader.keep_going, learn=reader.updates)
        try:
            typed = typist.carry_out(parse_transcript(shown.text), reader.bound, waits=options.waits)
        except Failure as failure:
            raise shown.place(failure) from None
        finally:
            if (link := terminal.link()) not in (None, before):
                reader.link = link
        reader.bound = typed.bound
        if typed.failures:
            failures = [shown.place(failure) for failure in typed.failures]
            if unknown := set(_UNKNOWN.findall(typed.text)) - set(_UNKNOWN.findall(shown.text)):
                named = ", ".join(f"`{command}`" for command in sorted(unknown))
                return Done([*failures, Failure(f"the practice site knows no {named}: this is never stored")])
            # Where a difference is in what was shown, the snippet is about other versions.
            if reader.beside or shown.applied:
                rewrites = by_version.rewritten(shown, typed.text, lambda program: _client_of(program, reader))
            else:
                rewrites = {path: typed.text}
            return Done(failures, rewrites)
        for difference in shown.applied:
            if would_hold(parse_transcript(shown.without(difference).text), typist.seen):
                here = f"{difference.requirement.client} {reader.versions[difference.requirement.client]}"
                message = f"this difference is not needed: what the snippet shows holds with {here}, too"
                raise Failure(message, difference.line, file=by_version.file_of(path))
        known = by_version.read_differences(path)
        met = tuple(number for number, each in enumerate(known, start=1) if each in shown.applied)
        return Done(met=met, seen=tuple(typist.seen))

    def changes(self, text: str, path: Path) -> Iterator[Change]:
        lines = text.splitlines()
        transcript = parse_transcript("\n".join(lines))
        starts = [command.line.number for command in transcript.commands]
        for number, line in enumerate(lines, start=1):
            words = _command_words if number in starts else _shown_words
            for what, other in words(line):
                yield Change(number, what, changes.replaced(lines, number, other))
        yield from changes.moved(lines, changes.parts(lines, starts))
        for change in changes.moved(lines, changes.parts(lines), starts):
            around = [lines[at - 1].strip() for at in (change.line - 1, change.line + 1) if 0 < at <= len(lines)]
            # Beside a line of `…` alone it may be one of those that stand there: without it, nothing wrong is said.
            if change.what != "dropped" or ANY not in around:
                yield change
        yield from _changes_of_differences(path)

    def option_changes(self, line: str) -> Iterator[tuple[str, str]]:
        if re.search(r"\bwaits\b", line):
            yield "`waits` dropped", re.sub(r" waits\b", "", line)

    def foreseen(self, path: Path, changed: Mapping[Path, str], shown: Sequence[Shown]) -> str | None:
        # Where the reader types the same, the clients do the same: only what is expected of them can differ.
        ((file, new),) = changed.items()
        try:
            text = path.read_text(encoding="utf-8")
            differences = by_version.read_differences(path)
            if file != path:
                differences = by_version.parse(new) if new else ()
            elif types_the_same(parse_transcript(text), parse_transcript(new)):
                text = new
            else:
                return None
            for each in shown:
                variant = by_version.variant(path, text, each.versions, differences)
                seen = cast("tuple[Seen, ...]", each.seen)
                if not would_hold(parse_transcript(variant.text), seen):
                    return "it expects what is not seen"
                for difference in variant.applied:
                    if would_hold(parse_transcript(variant.without(difference).text), seen):
                        return "a difference is not needed"
        except Failure as failure:
            return failure.message
        return None

    def files(self, path: Path) -> list[Path]:
        return [path, by_version.file_of(path)]

    def faults(self, page: Page) -> Iterator[tuple[int, str]]:
        yield from faults.of(page, self)


_PROGRAM = re.compile(
    r"(?:^|[;&|(])\s*(?:(?:do|then|else|if|while|until)\s+)*(?:\w+=\S*\s+)*(?P<program>[\w-]+)(?![\w./-])"
)


def _programs(command: str) -> list[str]:
    """Return the programs that a command runs, in order: `eval` and `ssh-agent` of `eval $(ssh-agent)`."""
    return [match["program"] for match in _PROGRAM.finditer(command)]


_UNKNOWN = re.compile(r"^-bash: (\S+): command not found$", re.MULTILINE)
"""What a session of the practice site says of a command that it does not know."""


def _client_of(program: str, reader: Reader) -> Client:
    """Return the client that a program belongs to."""
    return reader.client(reader.system.programs.get(program, versions.openssh))


def _command_words(line: str) -> Iterator[tuple[str, str]]:
    for match in re.finditer(r"\S+", line.removeprefix(PROMPT)):
        start, end = (at + len(PROMPT) for at in match.span())
        if match[0].startswith("-"):
            yield f"“{match[0]}” dropped", line[:start].rstrip() + line[end:]
    yield from changes.words(line)


def _shown_words(line: str) -> Iterator[tuple[str, str]]:
    at = 0
    for piece in pieces(line):
        if piece.shape is None and piece.text != ANY:
            for what, changed in changes.words(piece.text):
                yield what, line[:at] + changed + line[at + len(piece.text) :]
        elif piece.text == ANY and line.strip() != ANY:
            yield "“…” dropped", line[:at] + line[at + len(piece.text) :]
        at += len(piece.text)


def _changes_of_differences(snippet: Path) -> Iterator[Change]:
    """Change what other versions show, and leave each difference out."""
    path = by_version.file_of(snippet)
    differences = by_version.read_differences(snippet)
    lines = path.read_text(encoding="utf-8").splitlines() if differences else []
    for difference, part in zip(differences, changes.parts(lines, [each.line for each in differences]), strict=True):
        noticing: dict[str, Any] = {"file": path, "suites": tuple(difference.requirement.suites())}
        yield Change(part.start, "dropped", [*lines[: part.start - 1], *lines[part.stop - 1 :]], **noticing)
        shows = next(number for number in part if lines[number - 1].lstrip("- ").startswith("shows:"))
        for number in range(shows, part.stop):
            line = lines[number - 1]
            value = line.partition("shows:")[2] if number == shows else line
            for what, other in _shown_words(value):
                changed = changes.replaced(lines, number, line.removesuffix(value) + other)
                yield Change(number, what, changed, **noticing)


TRANSCRIPT = Transcript()
