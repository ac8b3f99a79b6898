"""Carrying out walkthroughs: doing in the browser of the reader's machine what the reader does there."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING

from mfa_guide.clients.versions import Client
from mfa_guide.errors import CannotRunError
from mfa_guide.instructions.failure import Failure
from mfa_guide.instructions.matching import Bindings, match_text
from mfa_guide.instructions.walkthrough import LINK, Open, See

if TYPE_CHECKING:
    from mfa_guide.clients.machine import Machine
    from mfa_guide.instructions.walkthrough import Step, Walkthrough


class Browser:
    """The browser of a machine; it keeps its session until it is closed.

    Args:
        machine: where it runs.

    Raises:
        CannotRunError: it does not start.
    """

    def __init__(self, machine: Machine) -> None:
        self._process = subprocess.Popen(
            machine.argv([sys.executable, "-m", "mfa_guide.clients.browser"]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        answer = self._answer()
        if "failed" in answer:
            self.close()
            raise CannotRunError(answer["failed"])
        self.client = Client("Chromium", answer["version"])

    def close(self) -> None:
        """Close the browser, and forget its session."""
        self._process.communicate()

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
        for step in walkthrough.steps:
            bound = self._do(step, bound, link)
        return bound

    def _do(self, step: Step, bound: Bindings, link: str | None) -> Bindings:
        request = step.model_dump(by_alias=True, exclude={"line", "says"})
        if isinstance(step, Open) and step.open == LINK:
            if link is None:
                raise Failure("no terminal shows a login link", step.line)
            request["open"] = link
        assert self._process.stdin is not None
        # When it has ended, the missing answer says more.
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        answer = self._answer()
        if "failed" in answer:
            raise Failure(answer["failed"], step.line, answer["shows"])
        if not isinstance(step, See):
            return bound
        matched = match_text(step.see, answer["seen"], bound)
        if matched is None:
            raise Failure(
                f"a sample in “{step.see}” stood for something else earlier on this page", step.line, answer["seen"]
            )
        return matched

    def _answer(self) -> dict[str, str]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            _, said = self._process.communicate()
            reason = (said.strip().splitlines() or ["it says nothing"])[-1]
            raise CannotRunError(f"the browser of the reader's machine has ended: {reason}")
        answer: dict[str, str] = json.loads(line)
        return answer
