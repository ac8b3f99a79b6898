"""`./run windows` begins with this: all that is kept for Windows is made, and what is there, whole, stays."""

from __future__ import annotations

import sys

from filelock import FileLock, Timeout

from mfa_guide.base.errors import CannotRunError, GuideError
from mfa_guide.clients.wine import kept, ours, prefix, programs


def set_up() -> None:
    """Make what is missing.

    Raises:
        CannotRunError: it cannot be made here.
    """
    kept.KEPT.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(kept.KEPT / "lock", blocking=False):
            programs.forget_the_unfinished()
            ours.build()
            prefix.make(_say)
            for release in programs.RELEASES:
                programs.build(release, _say)
    except Timeout:
        raise CannotRunError(
            "somebody else makes what is needed for Windows here: wait for that ./run windows"
        ) from None


def _say(text: str) -> None:
    print(f"run: {text}", file=sys.stderr, flush=True)


def main() -> None:
    """Make what is missing; what a user can mend is one line on standard error."""
    try:
        set_up()
    except GuideError as error:
        _say(str(error))
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
