"""Carrying out a page's instructions in order, as a reader would, on one machine that is fresh at its top."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from mfa_guide.base import writing
from mfa_guide.checking.evidence import hash_of
from mfa_guide.checking.leftovers import Leftovers
from mfa_guide.checking.result import Result
from mfa_guide.clients import suites, versions
from mfa_guide.expecting.failure import Failure
from mfa_guide.guide import prerequisites
from mfa_guide.guide.page import DOCS
from mfa_guide.kinds import file
from mfa_guide.kinds.transcript import by_version
from mfa_guide.kinds.transcript.by_version import is_for
from mfa_guide.kinds.transcript.reading import parse_transcript
from mfa_guide.kinds.transcript.terminal import Terminal
from mfa_guide.kinds.transcript.typist import Typist, would_hold
from mfa_guide.kinds.walkthrough.proofs import prove
from mfa_guide.kinds.walkthrough.steps import BROWSER, parse_walkthrough
from mfa_guide.kinds.walkthrough.walker import Browser, Desktop
from mfa_guide.practice.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
    from pathlib import Path

    from mfa_guide.clients.machine import Machine
    from mfa_guide.clients.suites import Suite
    from mfa_guide.clients.versions import Client
    from mfa_guide.expecting.matching import Bindings
    from mfa_guide.guide.page import Instruction, Page
    from mfa_guide.kinds.transcript.typist import Seen
    from mfa_guide.policy import Policy

TIMEOUT = 60.0
"""How long a transcript or a Python example may take, in seconds: PuTTYgen looks long for a key on a busy computer."""


def check_in_lab(
    page: Page,
    label: str = "",
    *,
    update: bool = False,
    on_failure: Callable[[Machine], None] | None = None,
    policy: Policy | None = None,
    suite: Suite | None = None,
) -> Generator[Result]:
    """Carry out one run of a page in a fresh lab, after the pages that it needs; see `check_page`.

    Args:
        page: the page.
        label: the label of the tabs that the reader follows, one of the page's.
        update: rewrite what transcripts expect instead of finding fault with it.
        on_failure: called with the machine after the first result that fails, while everything is as it was then.
        policy: the facts of the practice site; those of the guide when not given.
        suite: the clients that the reader has; this computer's own when not given.

    Raises:
        GuideError: a page that it needs cannot be read.
        CannotRunError: there can be no lab on this computer, or a client is missing.
    """
    if not page.run(label):
        return
    earlier = prerequisites.before(page)
    first = (earlier or [page])[0].practice
    exchanged = suite.exchanged() if suite else None
    with Lab.start(show=[page.project], policy=policy, exchanged=exchanged) as lab, contextlib.ExitStack() as stack:
        machine: Machine = lab.machine(first.place, new=first.machine == "new")
        if any(each.practice.desktop for each in (*earlier, page)):
            machine = stack.enter_context(contextlib.closing(Desktop(machine)))
        named = {instruction.machine for each in (*earlier, page) for instruction in each.instructions} - {""}
        elsewhere = {name: lab.machine(name) for name in named}
        for other in earlier:
            for result in check_page(other, machine, prerequisites.label_of(other, label), elsewhere=elsewhere):
                if result.failure:
                    yield from _not_reached(page.run(label), result)
                    return
        looker = Leftovers(machine)
        beside = suite is not None and suite.name != suites.REFERENCE
        for result in check_page(
            page, machine, label, elsewhere=elsewhere, update=update, beside=beside, leftovers=looker
        ):
            yield result
            if on_failure and result.outcome == "fails":
                on_failure(machine)


def check_page(
    page: Page,
    machine: Machine,
    label: str = "",
    *,
    elsewhere: Mapping[str, Machine] | None = None,
    update: bool = False,
    beside: bool = False,
    timeout: float = TIMEOUT,
    leftovers: Leftovers | None = None,
) -> Generator[Result]:
    """Carry out one run of a page.

    Args:
        page: the page.
        machine: where; fresh, but for what earlier pages did.
        label: the label of the tabs that the reader follows, one of the page's.
        elsewhere: the machines of other people that the page names.
        update: rewrite what transcripts expect instead of finding fault with it.
        beside: write that into the list of what other versions show, and leave the snippet as it is: the clients are
            not those of the reference suite.
        timeout: how long a transcript or a Python example may take, in seconds.
        leftovers: finds what the page leaves behind; its last instruction then fails.

    Yields:
        One result for each instruction, in order. After the first that fails, nothing is carried out.

    Raises:
        CannotRunError: a client is missing.
    """
    run = page.run(label)
    with contextlib.ExitStack() as stack:
        session = _Session(page, machine, elsewhere or {}, stack, update, beside, timeout)
        for number, instruction in enumerate(run, start=1):
            result = session.carry_out(instruction)
            if leftovers and number == len(run) and not result.failure:
                left = session.open_logins()
                stack.close()
                left += leftovers.find(page, run)
                if left:
                    message = f"the page leaves behind: {', '.join(left)}; show how the reader ends it"
                    result = dataclasses.replace(result, outcome="fails", failure=Failure(message))
            yield result
            if result.failure:
                yield from _not_reached(run[number:], result)
                return


def _not_reached(run: Sequence[Instruction], failed: Result) -> Iterator[Result]:
    for instruction in run:
        failure = Failure(f"not reached: {DOCS}/{failed.instruction.id} does not hold")
        yield Result(instruction, "not reached", datetime.now(UTC), failure=failure)


@dataclasses.dataclass
class _Session:
    """A reader who works through a page: terminals and browser stay open until the end."""

    page: Page
    machine: Machine
    elsewhere: Mapping[str, Machine]
    stack: contextlib.ExitStack
    """Closes what was opened."""
    update: bool
    beside: bool
    timeout: float
    terminals: dict[str, Terminal] = dataclasses.field(default_factory=dict)
    bound: Bindings = dataclasses.field(default_factory=dict)
    seen: tuple[Seen, ...] = ()
    """What the terminal showed for the last transcript that held."""
    met: tuple[int, ...] = ()
    """Which differences beside the snippet of the last transcript were seen."""
    pictures: Mapping[int, str] = dataclasses.field(default_factory=dict)
    """The pictures of the last walkthrough that held."""
    _clients: dict[str, Callable[[Machine], Client]] = dataclasses.field(default_factory=dict)
    """Who tells the version of the client that a terminal runs, by the terminal's name."""
    _known: dict[Callable[[Machine], Client], Client] = dataclasses.field(default_factory=dict)

    @cached_property
    def browser(self) -> Browser:
        """The browser, opened when it is needed first."""
        browser = Browser(self.machine)
        self.stack.callback(browser.close)
        return browser

    @property
    def desktop(self) -> Desktop:
        """The desktop of the machine.

        Raises:
            Failure: it has none.
        """
        if isinstance(self.machine, Desktop):
            return self.machine
        raise Failure("no program can open a window here: the page's front matter needs `practice: desktop: true`")

    def _link(self) -> str | None:
        """Return the login link that the reader has before them: of a window or of a terminal, whichever came last."""
        if isinstance(self.machine, Desktop) and self.machine.link:
            return self.machine.link
        links = [link for terminal in self.terminals.values() if (link := terminal.link())]
        return links[-1] if links else None

    def terminal(self, instruction: Instruction) -> Terminal:
        """Return the terminal in which a transcript is typed, opened when it is needed first."""
        name = instruction.terminal
        if name not in self.terminals:
            at = self.elsewhere[instruction.machine] if instruction.machine else self.machine
            self.terminals[name] = Terminal(at)
            self.stack.callback(self.terminals[name].close)
        return self.terminals[name]

    def open_logins(self) -> list[str]:
        """Return the logins that the page has not left, in words."""
        if "login" in self.page.practice.leaves:
            return []
        return [
            f"a login in the {name or 'first'} terminal"
            for name, terminal in self.terminals.items()
            if terminal.state not in ("ended", "closed")
        ]

    def carry_out(self, instruction: Instruction) -> Result:
        """Carry out one instruction, if it is for the version that is here."""
        began = time.monotonic()
        path = self.page.snippet(instruction)
        if not is_for(self.page, instruction, self.versions):
            return Result(instruction, "not for this version", datetime.now(UTC), sha256=hash_of(path))
        client = self._client(instruction)
        failure: Failure | None = None
        rewritten = False
        self.seen = ()
        self.met = ()
        self.pictures = {}
        try:
            rewritten = self._do(instruction, path)
        except Failure as error:
            failure = error
        return Result(
            instruction,
            "fails" if failure else "holds",
            datetime.now(UTC),
            time.monotonic() - began,
            client,
            hash_of(path),
            failure,
            self.met,
            rewritten,
            self.seen,
            self.versions.known(),
            self.pictures,
        )

    def _client(self, instruction: Instruction) -> Client | None:
        match instruction.kind:
            case "file":
                return None
            case "walkthrough":
                return self._windows_client(instruction)
            case "python":
                return self._versions(versions.python)
            case "transcript":
                return self._typed_client(instruction)

    def _windows_client(self, instruction: Instruction) -> Client | None:
        """Return the client that has the window of a walkthrough; None when that cannot be read."""
        with contextlib.suppress(Failure, OSError, UnicodeDecodeError):
            window = parse_walkthrough(self.page.snippet(instruction).read_text(encoding="utf-8")).window
            return self.browser.client if window == BROWSER else self._versions(versions.PROGRAMS[window])
        return None

    def _typed_client(self, instruction: Instruction) -> Client:
        """Return the client that a transcript is about: that of the first program it types which has a name there."""
        with contextlib.suppress(Failure, OSError, UnicodeDecodeError):
            text = self.page.snippet(instruction).read_text(encoding="utf-8")
            if commands := parse_transcript(text).commands:
                programs = [command.text.split(" ", 1)[0] for command in commands]
                known = [versions.PROGRAMS[program] for program in programs if program in versions.PROGRAMS]
                self._clients[instruction.terminal] = known[0] if known else versions.openssh
        return self._versions(self._clients.get(instruction.terminal, versions.openssh))

    @cached_property
    def versions(self) -> versions.Versions:
        """The version of each client that may make a difference."""
        return versions.Versions(self.machine)

    def _client_of(self, program: str) -> Client:
        """Return the client that a program belongs to."""
        return self._versions(versions.PROGRAMS.get(program, versions.openssh))

    def _versions(self, ask: Callable[[Machine], Client]) -> Client:
        if ask not in self._known:
            self._known[ask] = ask(self.machine)
        return self._known[ask]

    def _do(self, instruction: Instruction, path: Path) -> bool:
        """Carry it out; tell whether its snippet was rewritten."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Failure(f"the snippet cannot be read: {error}") from error
        match instruction.kind:
            case "transcript":
                return self._do_transcript(instruction, path, text)
            case "walkthrough":
                walkthrough = parse_walkthrough(text)
                hand = self.browser if walkthrough.window == BROWSER else self.desktop
                self.bound = hand.carry_out(walkthrough, self.bound, link=self._link())
                prove(self.machine, walkthrough.proves)
                self.pictures = hand.pictures
            case "file":
                way: file.Way = "append" if instruction.append else "new"
                file.save(self.machine, text, instruction.path, mode=instruction.mode, way=way)
            case "python":
                self._run_python(path)
        return False

    def _do_transcript(self, instruction: Instruction, path: Path, text: str) -> bool:
        """Type a transcript as it is with the versions here; see that each difference from the snippet is needed."""
        shown = by_version.variant(path, text, self.versions)
        terminal = self.terminal(instruction)
        before = terminal.link()
        typist = Typist(terminal, self.timeout, update=self.update)
        try:
            self.bound, new = typist.carry_out(parse_transcript(shown.text), self.bound, waits=instruction.waits)
        except Failure as failure:
            raise shown.place(failure) from None
        if isinstance(self.machine, Desktop) and terminal.link() not in (None, before):
            # That of a window is an older one.
            self.machine.link = None
        self.seen = tuple(typist.seen)
        # Where a difference is in what was shown, the snippet is about other versions.
        if new is not None and (self.beside or shown.applied):
            by_version.rewrite(shown, new, self._client_of)
            return True
        if new is not None:
            writing.write(path, new, error=Failure)
            return True
        for difference in shown.applied:
            if would_hold(parse_transcript(shown.without(difference).text), typist.seen):
                here = f"{difference.requirement.client} {self.versions[difference.requirement.client]}"
                message = f"this difference is not needed: what the snippet shows holds with {here}, too"
                raise Failure(message, difference.line, file=by_version.file_of(path))
        known = by_version.read_differences(path)
        self.met = tuple(number for number, each in enumerate(known, start=1) if each in shown.applied)
        return False

    def _run_python(self, path: Path) -> None:
        # Into a file: something that outlives the example could keep a pipe open.
        with tempfile.TemporaryFile("w+") as output:
            try:
                done = subprocess.run(
                    self.machine.argv(["python", str(path)]),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    timeout=self.timeout,
                )
            except subprocess.TimeoutExpired:
                problem = f"still runs after {self.timeout:g} s"
            else:
                problem = f"ends with exit status {done.returncode}"
                if done.returncode == 0:
                    return
            output.seek(0)
            said = output.read()
        # The last line of a traceback that is about the example itself.
        lines = [int(number) for number in re.findall(rf'File "{re.escape(str(path))}", line (\d+)', said)]
        raise Failure(f"the example {problem}", lines[-1] if lines else None, said.rstrip())
