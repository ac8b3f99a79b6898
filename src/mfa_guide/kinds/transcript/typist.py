"""Carrying out transcripts: typing what a reader types, and seeing what a reader should see."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from mfa_guide.expecting.failure import Failure
from mfa_guide.expecting.matching import Bindings, Expected, compare, differing, follow
from mfa_guide.expecting.update import merge
from mfa_guide.kinds.transcript.reading import PROMPT, output_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mfa_guide.kinds.transcript.reading import Line, Transcript
    from mfa_guide.kinds.transcript.terminal import State, Terminal

# A command that is left waiting must not end and must show nothing more. No screen shows that nothing happens, so
# this takes time (seconds). A slow machine may miss a mistake by it, but never finds one that is none.
_STILL = 0.3
# The same where something else is seen than expected, and all of it is wanted.
_STILL_DIFFERING = 2.0
# How long, in seconds, a login may take to show its link.
_LINK_WITHIN = 10.0

_WAITS = "the command waits for the browser: mark the fence `waits`, and show in a later transcript how it goes on"

_NOTHING_WAITS = (
    "no command waits in this terminal: the fence before needs `waits`, or a command here has lost its `$ `"
)

_T = TypeVar("_T")

_AT_REST: tuple[State, ...] = ("ended", "remote", "closed")


@dataclass(frozen=True)
class Seen:
    """What a terminal showed for one command, or for the rest of one that was left waiting."""

    rows: tuple[str, ...]
    bound: Bindings
    """What samples stood for before."""


def types_the_same(transcript: Transcript, other: Transcript) -> bool:
    """Tell whether a reader types the same in both: then they differ at most in what is expected."""
    return _typed(transcript) == _typed(other)


def would_hold(transcript: Transcript, seen: Sequence[Seen]) -> bool:
    """Tell whether a transcript expects what was seen when the same was typed.

    Args:
        transcript: what is expected.
        seen: what the terminal showed, as `Typist.seen` has it.
    """
    parts = _commands(transcript)
    if len(seen) > len(parts):
        parts.insert(0, (None, transcript.continuation))
    try:
        for (command, lines), shown in zip(parts, seen, strict=True):
            shows = _solid((command, *lines) if command else lines)
            compare([_expected(line, None, command=line is command) for line in shows], shown.rows, shown.bound)
    except Failure:
        return False
    return True


@dataclass(frozen=True)
class Typed:
    """What came of typing a transcript, or a part of it."""

    bound: Bindings
    """What the samples on the page stand for, those of this transcript among them."""
    text: str
    """The text that the snippet should have."""
    failures: tuple[Failure, ...] = ()
    """Where it has another one."""


class Typist:
    """Types at one terminal.

    Args:
        terminal: where.
        timeout: how long a transcript may take, in seconds.
        keep_going: whether to go on where the terminal shows something else, and to say what the snippet should be.
        learn: whether a command that is left waiting, of which nothing is expected yet, is given time to show its link.
    """

    def __init__(self, terminal: Terminal, timeout: float, *, keep_going: bool = False, learn: bool = False) -> None:
        self._learn = learn
        self._terminal = terminal
        self._timeout = timeout
        self._keep_going = keep_going
        self.seen: list[Seen] = []
        """What the terminal has shown so far, where that was as expected."""

    def carry_out(self, transcript: Transcript, bound: Bindings, *, waits: bool) -> Typed:
        """Type the commands of a transcript, and compare what the terminal shows.

        Args:
            transcript: what to type and to expect.
            bound: what samples already stand for on this page.
            waits: whether the last command is still running when its expected lines have appeared.

        Raises:
            Failure: the terminal shows something else, or a command fails silently, ends too early, does not end; of
                one that keeps going, only what no other text would mend.
        """
        deadline = time.monotonic() + self._timeout
        text: list[str] = []
        failures: list[Failure] = []
        parts = self._parts(transcript)
        for number, (command, lines) in enumerate(parts, start=1):
            part = _Part(self._terminal, command, lines, deadline)
            last = waits and number == len(parts)
            try:
                before, bound = bound, part.check(bound, waits=last, learn=self._learn)
                self.seen.append(Seen(part.shown, before))
                text += [line.source for line in ((command, *lines) if command else lines)]
            except Failure as failure:
                if not self._keep_going:
                    raise
                recorded = part.record(failure, bound, waits=last)
                bound = recorded.bound
                text.append(recorded.text)
                failures += recorded.failures
        return Typed(bound, "".join(f"{line}\n" for line in text), tuple(failures))

    def _parts(self, transcript: Transcript) -> list[tuple[Line | None, tuple[Line, ...]]]:
        """The commands with their output; without a command, the rest of one that was left waiting."""
        parts = _commands(transcript)
        if self._terminal.waiting:
            return [(None, transcript.continuation), *parts]
        if transcript.continuation:
            number = transcript.continuation[0].number
            raise Failure(_NOTHING_WAITS, number)
        return parts


class _Part:
    """A command and what it shows, or the rest of what one shows that was left waiting."""

    def __init__(self, terminal: Terminal, command: Line | None, lines: Sequence[Line], deadline: float) -> None:
        self._terminal = terminal
        self._command = command
        self._deadline = deadline
        lines = _solid((command, *lines) if command else lines)
        self._expected = [_expected(line, None, command=line is command) for line in lines]
        self.shown: tuple[str, ...] = ()
        """What the terminal showed, when that was as expected."""
        self._link = terminal.link()
        self._answers = [(at, line) for at, line in enumerate(lines) if line.typed is not None]

    def check(self, bound: Bindings, *, waits: bool, learn: bool) -> Bindings:
        """Type everything, and compare what the terminal shows until the command ends, or waits."""
        terminal = self._terminal
        if self._command:
            if terminal.state not in ("ended", "remote"):
                raise Failure("nothing can be typed: the terminal is closed", self._command.number)
            terminal.begin(self._command.text.removeprefix(PROMPT))
        while self._answers:
            at, line = self._answers[0]
            self._await_lines([*self._expected[:at], Expected(line.number, line.text, (line.text,))], bound)
            self._answer()
        if waits:
            if learn and len(self._expected) == 1:
                terminal.wait(lambda: terminal.state != "running" or self._shows_link(), _LINK_WITHIN)
            self._await_lines(self._expected, bound)
            return self._leave(bound)
        self._await(lambda: terminal.state in _AT_REST, bound)
        bound = self._compare(bound)
        if terminal.status and self._command and len(self._expected) == 1:
            raise Failure(f"the command says nothing and fails: exit status {terminal.status}", self._command.number)
        terminal.waiting = False
        return bound

    def record(self, failure: Failure, bound: Bindings, *, waits: bool) -> Typed:
        """Let a command that does not hold come to its end, and find all that differs.

        Raises:
            Failure: other output does not mend it.
        """
        terminal = self._terminal
        while True:
            if waits:
                terminal.settle(_STILL_DIFFERING, self._left())
            else:
                terminal.wait(lambda: terminal.state != "running" or self._shows_link(), self._left())
            if not self._answers or terminal.state != "reads":
                break
            self._answer()
        if not waits and terminal.state == "running" and self._shows_link():
            raise Failure(_WAITS, failure.line, failure.detail)
        failures = differing(self._expected, self._seen(), bound) or [failure]
        new = merge(self._expected, self._seen(), bound)
        lines = [output_line(number, text) for number, text in enumerate(new, start=1)]
        command = lines[0] if self._command and lines else None
        other_command = self._command and (not command or command.text != self._command.text)
        if (terminal.state in _AT_REST) == waits or other_command or new == [line.text for line in self._expected]:
            raise failure
        self._expected = [_expected(line, None, command=line is command) for line in lines]
        after = self._leave(bound) if waits else self._compare(bound)
        terminal.waiting = waits
        return Typed(after, "\n".join(new), tuple(failures))

    def _shows_link(self) -> bool:
        """Whether the command has shown a login link."""
        return self._terminal.link() not in (None, self._link)

    def _answer(self) -> None:
        """Type the next input; from now on it is known whether it is to be seen."""
        at, line = self._answers.pop(0)
        self._expected[at] = _expected(line, self._terminal.echoes)
        self._terminal.answer(line.typed or "")

    def _leave(self, bound: Bindings) -> Bindings:
        """Leave the command running, as the page says."""
        terminal = self._terminal
        terminal.settle(_STILL, self._left())
        bound = self._compare(bound)
        if terminal.state in _AT_REST:
            line = self._expected[-1].number if self._expected else 1
            raise Failure("the command has ended, but the fence says `waits`", line)
        terminal.leave_waiting()
        return bound

    def _compare(self, bound: Bindings) -> Bindings:
        seen = self._seen()
        bound = compare(self._expected, seen, bound)
        self.shown = tuple(seen)
        return bound

    def _await_lines(self, expected: Sequence[Expected], bound: Bindings) -> None:
        self._await(lambda: len(expected) in follow(expected, self._seen(), bound), bound)

    def _await(self, done: Callable[[], bool], bound: Bindings) -> None:
        """Wait until `done` is true.

        Raises:
            Failure: what the terminal shows can no longer become right, or it takes too long.
        """
        terminal = self._terminal
        terminal.wait(lambda: done() or self._hopeless(bound), self._left())
        if done():
            return
        # What it is about to show belongs to the difference, too.
        terminal.settle(_STILL, self._left())
        if terminal.state == "reads":
            hint = "the command waits for input that the page does not give"
        else:
            hint = "" if self._left() else "the command still runs; if it should, the fence says `waits`"
            if hint and not terminal.can_tell:
                hint += "; this computer cannot tell whether it waits for input"
        try:
            compare(self._expected, self._seen(), bound)
        except Failure as failure:
            raise Failure(
                f"{failure.message} ({hint})" if hint else failure.message, failure.line, failure.detail
            ) from None
        line = self._expected[-1].number if self._expected else 1
        raise Failure(hint or "the command ends too early", line, "\n".join(self._seen()))

    def _hopeless(self, bound: Bindings) -> bool:
        """Whether the terminal shows, or waits for, something that the page does not have."""
        if self._terminal.state != "running":
            return True
        return not follow(self._expected, self._seen(complete=True), bound)

    def _seen(self, *, complete: bool = False) -> list[str]:
        return _trim(self._terminal.rows(complete=complete), lambda row: not row.strip())

    def _left(self) -> float:
        return max(0.0, self._deadline - time.monotonic())


def _commands(transcript: Transcript) -> list[tuple[Line | None, tuple[Line, ...]]]:
    return [(command.line, command.expected) for command in transcript.commands]


def _typed(transcript: Transcript) -> list[list[str | None]]:
    parts = [(None, transcript.continuation), *_commands(transcript)]
    return [[command.text if command else None, *(line.typed for line in lines if line.typed is not None)]
            for command, lines in parts]  # fmt: skip


def _solid(lines: Sequence[Line]) -> list[Line]:
    # Empty lines at either end separate; they say nothing about what the command shows.
    return _trim(lines, lambda line: not line.source.strip())


def _expected(line: Line, echoes: bool | None, *, command: bool = False) -> Expected:
    if line.typed is None:
        return Expected(line.number, line.text, (line.text,), literal=command)
    echoed = line.text + line.typed
    variants = {True: (echoed,), False: (line.text,), None: (echoed, line.text)}[echoes]
    return Expected(line.number, line.source, variants)


def _trim(items: Sequence[_T], blank: Callable[[_T], bool]) -> list[_T]:
    """Leave out the blank ones at both ends."""
    solid = [at for at, item in enumerate(items) if not blank(item)]
    return list(items[solid[0] : solid[-1] + 1]) if solid else []
