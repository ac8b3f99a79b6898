"""Speaking to helper.exe, which sees and moves the windows of programs for Windows; see `helper.c`."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from mfa_guide.base.child import Child
from mfa_guide.base.errors import CannotRunError
from mfa_guide.clients.windows.waiting import StepFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

_STARTS_WITHIN = 120
"""Seconds in which Wine and its desktop are there, on a computer that is busy. Ours."""
_ANSWERS_WITHIN = 60
"""Seconds in which a request is answered: each window may take 3. Ours."""
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n"})


class Helper:
    """helper.exe, as a process.

    Args:
        process: it runs, and has said that it is ready.
    """

    def __init__(self, process: Child) -> None:
        self._process = process

    def ask(self, word: str, *arguments: str | int) -> dict[str, Any]:
        """Send a request, and return the answer.

        Raises:
            StepFailed: it cannot be done.
            CannotRunError: helper.exe has ended.
        """
        self._process.tell("\t".join([word, *(str(argument).translate(_ESCAPED) for argument in arguments)]))
        line = self._process.line(_ANSWERS_WITHIN)
        if not line:
            raise CannotRunError(f"helper.exe has ended: {self._process.last_words() or 'it says nothing'}")
        answer: dict[str, Any] = json.loads(line)
        if "failed" in answer:
            raise StepFailed(answer["failed"])
        return answer


@contextlib.contextmanager
def running(path: str) -> Iterator[Helper]:
    """Run helper.exe for as long as the context lasts.

    Args:
        path: where it is; inside.dll is beside it.

    Raises:
        FileNotFoundError: Wine is not installed.
        CannotRunError: it does not start.
    """
    process = Child(["wine", path], "helper.exe")
    try:
        if not process.line(_STARTS_WITHIN):
            raise CannotRunError(f"helper.exe does not start: {process.last_words() or 'it says nothing'}")
        yield Helper(process)
    finally:
        process.end()
