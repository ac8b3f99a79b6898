"""The one way in which an instruction can fail to hold."""

from __future__ import annotations

from mfa_guide.errors import GuideError


class Failure(GuideError):
    """An instruction does not hold, or its snippet cannot be read.

    Args:
        message: one line that says what is wrong.
        line: the line of the snippet at which it was noticed, counted from 1; None when it is about the whole.
        detail: what helps to mend it, in lines of its own: a difference, or what the window showed.
    """

    def __init__(self, message: str, line: int | None = None, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.detail = detail
