"""A process that is talked to in lines: nothing of it is waited for without end, and nothing it says stops it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

import pytest

from mfa_guide.base.child import KEPT, Child
from mfa_guide.base.errors import CannotRunError

PATIENCE = 60
"""Seconds after which what does not come never comes."""


def start(program: str) -> Child:
    return Child([sys.executable, "-c", f"import os, signal, sys, time\n{program}"], "the program")


def test_it_is_talked_to_and_ends_with_its_input() -> None:
    child = start("print('ready', flush=True)\nfor line in sys.stdin: print(line.upper(), end='', flush=True)")
    assert child.line(PATIENCE) == "ready\n"
    child.tell("«é»")
    assert child.line(PATIENCE) == "«É»\n"
    assert child.end() == 0
    assert child.end() == 0
    assert child.line(PATIENCE) == ""


def test_what_it_says_on_standard_error_never_stops_it() -> None:
    much = 50 * KEPT
    child = start(f"print('first', 'x' * {much}, 'last', file=sys.stderr, flush=True)\nprint('ready')")
    assert child.line(PATIENCE) == "ready\n"
    assert child.line(PATIENCE) == ""
    assert child.last_words().endswith("x last")
    assert len(child.complaints) == KEPT


def test_its_last_words() -> None:
    child = start("print('one\\ntwo\\n', file=sys.stderr)\nsys.exit(3)")
    assert child.line(PATIENCE) == ""
    assert (child.last_words(), child.end()) == ("two", 3)
    assert start("").last_words() == ""


def test_one_that_is_silent_is_killed() -> None:
    child = start("time.sleep(1000)")
    with pytest.raises(CannotRunError, match=r"^the program does not answer: silent for 0.1 s$"):
        child.line(0.1)
    with suppress(ProcessLookupError):
        os.kill(child.pid, 0)
        pytest.fail("it still runs")


def test_one_that_does_not_end_is_killed_with_what_it_has_started() -> None:
    """Its own child holds its output open, and would do so for a thousand seconds."""
    child = start("import subprocess\nprint(subprocess.Popen(['sleep', '1000']).pid, flush=True)\ntime.sleep(1000)")
    assert int(child.line(PATIENCE)) > 0
    assert child.end(within=0.1) < 0
    assert child.line(PATIENCE) == ""
