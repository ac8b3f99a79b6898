"""Rewriting what is expected from what was seen."""

from __future__ import annotations

import pytest

from mfa_guide.expecting.matching import Expected
from mfa_guide.expecting.update import merge


@pytest.mark.parametrize(
    ("before", "seen", "after"),
    [
        ("OpenSSL 3.0  1 Feb", "OpenSSL 1.1  11 Sep", "OpenSSL 1.1  11 Sep"),
        ("a b", "a  b", "a  b"),
        ("a  b", "a b", "a b"),
        ("since … days", "for 3  days", "for …  days"),
    ],
)
def test_blanks_are_written_as_they_are_seen(before: str, seen: str, after: str) -> None:
    assert merge([Expected(1, before, (before,))], [seen], {}) == [after]
