"""Running a program to its end, with a limit."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest

from mfa_guide.base.errors import CannotRunError
from mfa_guide.base.program import run


def test_what_it_says_and_how_it_ends() -> None:
    done = run(["sh", "-c", "cat; echo err >&2; exit 3"], "the program", text="«in»")
    assert (done.returncode, done.stdout, done.stderr) == (3, "«in»", "err\n")


def test_one_that_does_not_end_is_killed_with_what_it_has_started(tmp_path: Path) -> None:
    """Its own child holds its output open, and would do so for a thousand seconds."""
    number = tmp_path / "number"
    with pytest.raises(CannotRunError, match=r"^the program has not ended after 0.5 s$"):
        run(["sh", "-c", f"sleep 1000 & echo $! > {number}; wait"], "the program", within=0.5)
    # What was killed dies when it is its turn; it stays as a name until somebody has looked at it.
    deadline = time.monotonic() + 30
    with suppress(FileNotFoundError):
        while " Z " not in Path(f"/proc/{number.read_text().strip()}/stat").read_text():
            assert time.monotonic() < deadline, "it goes on"
            time.sleep(0.02)
