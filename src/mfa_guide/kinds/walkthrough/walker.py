"""Carrying out walkthroughs: doing in the windows of the reader's machine what the reader does there."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mfa_guide
from mfa_guide.base.child import Child
from mfa_guide.base.errors import CannotRunError
from mfa_guide.clients.machine import ask
from mfa_guide.clients.versions import Client
from mfa_guide.clients.wine import computer, ours
from mfa_guide.expecting.failure import Failure
from mfa_guide.expecting.matching import Bindings, match_text
from mfa_guide.expecting.shapes import LOGIN_LINK
from mfa_guide.kinds.walkthrough.steps import LINK, SAID, Copy, CopyAll, DoubleClick, Open, Private, See

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_guide.clients.machine import Machine
    from mfa_guide.kinds.walkthrough.steps import Step, Walkthrough

_ANSWERS_WITHIN = 180
"""Seconds in which the program in the machine starts, or does a step: it gives up waiting for a window long before."""


class _Walker:
    """A program in the reader's machine that does the steps, and is spoken to in lines of JSON.

    Args:
        machine: where it runs.
        command: how to start it.
        name: what it is called in errors.

    Raises:
        CannotRunError: it does not start.
    """

    def __init__(self, machine: Machine, command: Sequence[str], name: str) -> None:
        self._name = name
        self.pictures: dict[int, str] = {}
        """The pictures of the last walkthrough: PNG in base64, by the number of the step, counted from 1."""
        self.link: str | None = None
        """The text that was copied last in it, or the login link that was seen last."""
        self._process = Child(machine.argv(command), f"{name} of the reader's machine")
        self.first = self._answer()
        """What it said when it was ready."""
        if "failed" in self.first:
            self.close()
            raise CannotRunError(self.first["failed"])

    def close(self) -> None:
        """Close every window."""
        self._process.end()

    def carry_out(self, walkthrough: Walkthrough, bound: Bindings, *, link: str | None) -> Bindings:
        """Do all steps.

        Args:
            walkthrough: the steps.
            bound: what samples already stand for on this page.
            link: the login link that the terminal shows, if it shows one.

        Returns:
            `bound` with the samples of this walkthrough added.

        Raises:
            Failure: the window has not what a step needs.
        """
        self.pictures, self.link = {}, None
        for number, step in enumerate(walkthrough.steps, start=1):
            request = step.model_dump(by_alias=True, exclude={"line", *SAID}, exclude_none=True)
            if isinstance(step, Open | Private) and request[step.verb] == LINK:
                if link is None:
                    raise Failure("no terminal shows a login link", step.line)
                request[step.verb] = link
            if step.picture:
                request["picture"] = True
            bound = self._do(step, self._with_window(request, walkthrough), number, bound)
        return bound

    def _with_window(self, request: dict[str, Any], walkthrough: Walkthrough) -> dict[str, Any]:
        return request

    def _do(self, step: Step, request: dict[str, Any], number: int, bound: Bindings) -> Bindings:
        answer = self.ask(request)
        if "failed" in answer:
            raise Failure(answer["failed"], step.line, answer["shows"])
        if "picture" in answer:
            self.pictures[number] = answer["picture"]
        match step:
            case See(see=expected) | Copy(text=expected) | CopyAll(text=expected) | DoubleClick(copies=expected):
                pass
            case _:
                return bound
        matched = match_text(expected, answer["seen"], bound)
        if matched is None:
            raise Failure(
                f"a sample in “{expected}” stood for something else earlier on this page", step.line, answer["seen"]
            )
        return matched

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send a request, and return the answer."""
        self._process.tell(json.dumps(request))
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        line = self._process.line(_ANSWERS_WITHIN)
        if not line:
            reason = self._process.last_words() or "it says nothing"
            raise CannotRunError(f"{self._name} of the reader's machine has ended: {reason}")
        answer: dict[str, Any] = json.loads(line)
        return answer


class Browser(_Walker):
    """The browser of a machine; it keeps its session until it is closed.

    Args:
        machine: where it runs.

    Raises:
        CannotRunError: it does not start.
    """

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine, [sys.executable, "-m", "mfa_guide.clients.browser"], "the browser")
        self.client = Client("Chromium", self.first["version"])


# Debian's Python has the binding to the accessibility bus, and lacks this package and what that needs.
OPEN_DESKTOP = (
    "import sys; sys.path.append(sys.argv[1]); from mfa_guide.clients.windows.gtk.answering import main; main()"
)
"""The program of the desktop: Python, with the folder of this package as its argument."""
OPEN_WINE_DESKTOP = (
    "import sys; sys.path.append(sys.argv[1]); from mfa_guide.clients.wine.answering import main; main(*sys.argv[2:])"
)
"""The same for a Windows computer, with its folder and helper.exe as further arguments."""


class Desktop(_Walker):
    """The desktop of a machine: itself a machine, whose programs can open windows. It is closed with all of them.

    Args:
        machine: where it runs.
        program: the program of the desktop, in Python.
        arguments: its further arguments.

    Raises:
        CannotRunError: it does not start.
    """

    def __init__(self, machine: Machine, program: str = OPEN_DESKTOP, arguments: Sequence[str] = ()) -> None:
        package = str(Path(mfa_guide.__file__).parents[1])
        command = ["/usr/bin/python3", "-I", "-c", program, package, *arguments]
        super().__init__(machine, command, "the desktop")
        self._machine = machine
        self._variables: dict[str, str] = self.first["variables"]

    def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
        """Return the command line that runs `command` on the desktop; see `Machine.argv`."""
        variables = [f"{name}={value}" for name, value in self._variables.items()]
        return self._machine.argv(["env", *variables, *command], tty=tty)

    def _with_window(self, request: dict[str, Any], walkthrough: Walkthrough) -> dict[str, Any]:
        return {**request, "window": walkthrough.window}

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        answer = super().ask(request)
        self._variables |= answer.get("variables", {})
        if "copy" in request:
            self.link = answer.get("seen", self.link)
        elif link := LOGIN_LINK.search(answer.get("seen", "")):
            self.link = link[0]
        return answer


class WineDesktop(Desktop):
    """The desktop of a machine that is a Windows computer: its programs are those of Windows, run by Wine.

    It is a machine as `Desktop` is: `wine plink.exe` is a command of it. The reader's folders Desktop, Documents and
    Downloads are those of the home.

    Args:
        machine: where it runs; no Windows computer was made there yet.
        release: the Debian release whose PuTTY is on it, for instance `trixie`.

    Raises:
        CannotRunError: what it is made of is not here, or it does not start.
    """

    def __init__(self, machine: Machine, release: str) -> None:
        made = ask(machine, [sys.executable, "-m", computer.__name__, release])
        if made.returncode:
            raise CannotRunError(made.stderr.strip())
        super().__init__(machine, OPEN_WINE_DESKTOP, [computer.PREFIX, str(ours.helper())])
