"""What can go wrong in a way that a user can mend: one line each, and the exit code that scripts rely on."""

from __future__ import annotations


class GuideError(Exception):
    """Something does not hold. The message is one line that says what to do; the command exits with 1."""

    exit_code = 1


class UsageError(GuideError):
    """The command was called wrongly; it exits with 2."""

    exit_code = 2


class CannotRunError(GuideError):
    """It could not be done on this machine (no namespaces, a program missing); the command exits with 3."""

    exit_code = 3
