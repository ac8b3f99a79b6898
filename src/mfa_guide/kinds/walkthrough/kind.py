"""Walkthroughs: what a reader does in a window, and sees there."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from pydantic import Field

from mfa_guide.expecting.failure import Failure
from mfa_guide.kinds import changes
from mfa_guide.kinds.kind import Change, Done, Instructed, Only, Options
from mfa_guide.kinds.walkthrough.proofs import prove
from mfa_guide.kinds.walkthrough.steps import BROWSER, SAID, parse_walkthrough
from mfa_guide.kinds.walkthrough.walker import Browser, Desktop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mfa_guide.clients.versions import Client
    from mfa_guide.guide.page import Instruction
    from mfa_guide.kinds.reader import Reader

# What is done, seen or proved in a window; what is only said has no check.
_VALUE = re.compile(rf"^[- ]*(?!(?:{'|'.join((*SAID, 'window'))}):)[a-z-]+: (?P<value>.*)$")


class WalkthroughOptions(Options):
    """For whom a walkthrough is."""

    only: Only = Field(None, alias="with")
    """For which versions of a client; for all when it is not given."""


class Walkthrough(Instructed[WalkthroughOptions]):
    """Something that the reader does in a window."""

    name = "walkthrough"
    options = WalkthroughOptions

    def client(self, text: str, instruction: Instruction, reader: Reader) -> Client | None:
        with contextlib.suppress(Failure):
            window = parse_walkthrough(text).window
            return reader.tool(_browser).client if window == BROWSER else reader.client(reader.system.programs[window])
        # Carrying it out says what is wrong with it.
        return None

    def carry_out(self, text: str, path: Path, instruction: Instruction, reader: Reader) -> Done:
        walkthrough = parse_walkthrough(text)
        walker = reader.tool(_browser) if walkthrough.window == BROWSER else _desktop(reader)
        reader.bound = walker.carry_out(walkthrough, reader.bound, link=reader.link)
        if walker.link:
            reader.link = walker.link
        prove(reader.machine, walkthrough.proves)
        return Done(pictures=walker.pictures, stands_for=reader.bound)

    def changes(self, text: str, path: Path) -> Iterator[Change]:
        lines = text.splitlines()
        for number, line in enumerate(lines, start=1):
            if value := _VALUE.match(line):
                for what, other in changes.words(value["value"]):
                    yield Change(number, what, changes.replaced(lines, number, line[: value.start("value")] + other))
        steps = [step.line for step in parse_walkthrough(text).steps]
        proves = next((number for number, line in enumerate(lines, start=1) if line.startswith("proves:")), None)
        shown = lines[: proves - 1] if proves else lines
        for change in changes.moved(shown, changes.parts(shown, steps)):
            yield Change(change.line, change.what, [*change.lines, *lines[len(shown) :]])


def _browser(reader: Reader) -> Browser:
    return Browser(reader.machine)


def _desktop(reader: Reader) -> Desktop:
    if reader.desktop is None:
        raise Failure("no program can open a window here: the page's front matter needs `practice: desktop: true`")
    return reader.desktop


WALKTHROUGH = Walkthrough()
