"""Carrying out a page's instructions in order, as a reader would, on one machine that is fresh at its top."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mfa_guide.checking.leftovers import Leftovers
from mfa_guide.checking.result import Result
from mfa_guide.clients import suites, versions
from mfa_guide.expecting.failure import Failure
from mfa_guide.guide.page import WINDOWS
from mfa_guide.kinds import instructed
from mfa_guide.kinds.reader import TIMEOUT, Reader
from mfa_guide.kinds.walkthrough.walker import Desktop, WineDesktop
from mfa_guide.practice.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

    from mfa_guide.checking.result import Outcome
    from mfa_guide.clients.machine import Machine
    from mfa_guide.clients.suites import Suite
    from mfa_guide.guide.page import Instruction, Page
    from mfa_guide.policy import Policy


@dataclasses.dataclass(frozen=True)
class Way:
    """How pages are carried out."""

    policy: Policy | None = None
    """The facts of the practice site; those of the guide when not given."""
    suite: Suite | None = None
    """The clients that the reader has; this computer's own when not given."""
    keep_going: bool = False
    """Whether to go on where something else is seen than the page says, to find all that does not hold."""
    updates: bool = False
    """Whether what is seen becomes what the page says: it then holds, with what is to be rewritten."""
    on_failure: Callable[[Machine], None] | None = None
    """Called with the machine after the first result that fails, while everything is as it was then."""
    timeout: float = TIMEOUT
    """How long an instruction may take, in seconds."""


def in_lab(page: Page, label: str, way: Way) -> Generator[Result]:
    """Carry out one run of a page in a fresh lab, after the pages that it needs; see `on_machine`.

    Args:
        page: the page.
        label: the label of the tabs that the reader follows, one of the page's.
        way: how.

    Raises:
        GuideError: a page that it needs cannot be read.
        CannotRunError: there can be no lab on this computer, or a client is missing.
    """
    if not page.run(label):
        return
    windows = way.suite.on_windows if way.suite else None
    if (label == WINDOWS) != bool(windows):
        yield from (Result(each, "not for this version", datetime.now(UTC)) for each in page.run(label))
        return
    guide = page.guide
    earlier = guide.before(page)
    first = (earlier or [page])[0].practice
    exchanged = way.suite.exchanged() if way.suite else None
    policy = way.policy or guide.policy
    managed = page.practice.is_managed(label)
    with (
        Lab.start(policy, show=[guide.project], exchanged=exchanged, managed=managed) as lab,
        contextlib.ExitStack() as stack,
    ):
        machine: Machine = lab.machine(first.place, new=first.machine == "new")
        desktop: Desktop | None = None
        if windows:
            machine = desktop = stack.enter_context(contextlib.closing(WineDesktop(machine, windows)))
        elif any(each.practice.desktop for each in (*earlier, page)):
            machine = desktop = stack.enter_context(contextlib.closing(Desktop(machine)))
        named = {instruction.option("machine") for each in (*earlier, page) for instruction in each.instructions}
        elsewhere = {name: lab.machine(name) for name in named - {""}}
        # What does not hold there is told there: here it is enough that the reader could go on.
        before = dataclasses.replace(way, keep_going=True, updates=False, on_failure=None)
        for other in earlier:
            for result in on_machine(
                other, other.followed(label), machine, before, desktop=desktop, elsewhere=elsewhere
            ):
                if result.stopped:
                    yield from _not_reached(page.run(label), result)
                    return
        leftovers = Leftovers(machine)
        for result in on_machine(page, label, machine, way, desktop=desktop, elsewhere=elsewhere, leftovers=leftovers):
            yield result
            if way.on_failure and result.outcome == "fails":
                way.on_failure(machine)


def on_machine(
    page: Page,
    label: str,
    machine: Machine,
    way: Way,
    *,
    desktop: Desktop | None = None,
    elsewhere: Mapping[str, Machine] | None = None,
    leftovers: Leftovers | None = None,
) -> Generator[Result]:
    """Carry out one run of a page.

    Args:
        page: the page.
        label: the label of the tabs that the reader follows, one of the page's.
        machine: where; fresh, but for what earlier pages did.
        way: how.
        desktop: the desktop of that machine; None when no program can open a window there.
        elsewhere: the machines of other people that the page names.
        leftovers: finds what the page leaves behind; its last instruction then fails.

    Yields:
        One result for each instruction, in order. After the first with which the reader cannot go on, nothing is
        carried out.

    Raises:
        CannotRunError: a client is missing.
    """
    run = page.run(label)
    with contextlib.ExitStack() as stack:
        reader = Reader(
            machine,
            desktop,
            stack,
            versions.WINDOWS if label == WINDOWS else versions.LINUX,
            elsewhere or {},
            keep_going=way.keep_going or way.updates,
            updates=way.updates,
            beside=way.suite is not None and way.suite.name not in suites.REFERENCES,
            timeout=way.timeout,
        )
        for number, instruction in enumerate(run, start=1):
            result = _carry_out(page, instruction, reader)
            if leftovers and number == len(run) and not result.stopped:
                left = [] if "login" in page.practice.leaves else reader.left_open()
                stack.close()
                left += leftovers.find(page, run)
                if left:
                    failure = Failure(f"the page leaves behind: {', '.join(left)}; show how the reader ends it")
                    result = dataclasses.replace(result, outcome="fails", failures=(*result.failures, failure))
            yield result
            if result.stopped:
                yield from _not_reached(run[number:], result)
                return


def _carry_out(page: Page, instruction: Instruction, reader: Reader) -> Result:
    """Carry out one instruction, if it is for the version that is here."""
    if not page.is_for(instruction, reader.versions):
        return Result(instruction, "not for this version", datetime.now(UTC))
    began = time.monotonic()
    kind, path = instructed(instruction.kind), page.snippet(instruction)
    result = Result(instruction, "fails", datetime.now(UTC), stopped=True)
    try:
        text = path.read_text(encoding="utf-8")
        result = dataclasses.replace(result, text=text)
        result = dataclasses.replace(result, client=kind.client(text, instruction, reader))
        done = kind.carry_out(text, path, instruction, reader)
        fails = bool(done.failures) and not (reader.updates and done.rewrites)
        outcome: Outcome = "fails" if fails else "holds"
        result = dataclasses.replace(
            result, outcome=outcome, done=done, failures=tuple(done.failures), stopped=fails and not reader.keep_going
        )
    except (OSError, UnicodeDecodeError) as error:
        result = dataclasses.replace(result, failures=(Failure(f"the snippet cannot be read: {error}"),))
    except Failure as failure:
        result = dataclasses.replace(result, failures=(failure,))
    return dataclasses.replace(
        result, when=datetime.now(UTC), seconds=time.monotonic() - began, versions=reader.versions.known()
    )


def _not_reached(run: Sequence[Instruction], failed: Result) -> Iterator[Result]:
    where = failed.instruction.where
    for instruction in run:
        if instruction.page == failed.instruction.page:
            why = f"{where} does not hold"
        else:
            why = f"{where}, which comes first, does not hold: {failed.failures[0].message}"
        yield Result(instruction, "not reached", datetime.now(UTC), failures=(Failure(f"not reached: {why}"),))
