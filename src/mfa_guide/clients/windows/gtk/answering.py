"""What runs in the machine of a reader whose programs are made with GTK; see `answering.answer`."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from mfa_guide.clients.windows import answering
from mfa_guide.clients.windows.gtk import accessible, desktop, selection, starting
from mfa_guide.clients.windows.waiting import StepFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mfa_guide.clients.windows.control import Control, Toolkit


class Gtk:
    """The windows of programs that tell what is in them over the accessibility bus; see `control.Toolkit`."""

    def windows(self, program: str) -> Sequence[Control]:
        return accessible.windows(program)

    def start(self, program: str) -> tuple[Control | None, Mapping[str, str]]:
        if program == "pageant":
            return None, starting.start_pageant()
        return starting.start(program), {}

    def press_sign(self, program: str) -> None:
        raise StepFailed(f"{program} has no sign beside the clock here: there is no clock")

    def forget(self) -> None:
        selection.forget()

    def put_back(self, text: str) -> None:
        # The right button pastes nothing here: it extends what is selected.
        pass

    def copied(self) -> str:
        return selection.offered()


def main() -> None:
    """Make the desktop, and answer requests from standard input until it ends."""
    answering.answer(_running())


@contextlib.contextmanager
def _running() -> Iterator[tuple[Toolkit, Mapping[str, str]]]:
    with desktop.running() as variables:
        # The registry of the accessibility bus starts for the first one who asks.
        accessible.windows("")
        yield Gtk(), variables
