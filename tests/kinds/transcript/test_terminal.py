"""A reader's terminal."""

from __future__ import annotations

import warnings

from mfa_guide.kinds.transcript import terminal


def test_no_warning_of_a_fork_is_told_whoever_keeps_warnings_of_their_own() -> None:
    with warnings.catch_warnings(record=True) as told:
        # As pytest does for each test.
        warnings.filterwarnings("always", category=DeprecationWarning)
        for _ in range(2):
            terminal._fork_in_silence()
            silent = len(warnings.filters)
            warnings.warn("multi-threaded, use of forkpty() may lead to deadlocks", DeprecationWarning, stacklevel=1)
        assert len(warnings.filters) == silent
        warnings.warn("another", DeprecationWarning, stacklevel=1)
    assert [str(each.message) for each in told] == ["another"]
