"""The one way in which an instruction can fail to hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError

if TYPE_CHECKING:
    from pathlib import Path


class Failure(GuideError):
    """An instruction does not hold, or its snippet cannot be read.

    Args:
        message: one line that says what is wrong.
        line: the line of the snippet at which it was noticed, counted from 1; None when it is about the whole.
        detail: what helps to mend it, in lines of its own: a difference, or what the window showed.
        file: where that line is, if not in the snippet but in the list of what other versions show, beside it.
    """

    def __init__(self, message: str, line: int | None = None, detail: str = "", *, file: Path | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.detail = detail
        self.file = file
