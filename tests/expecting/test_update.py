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


@pytest.mark.parametrize(
    ("seen", "learnt"),
    [
        ("OpenSSH_9.2p1 Debian-2+deb12u7, OpenSSL 3.0.17 1 Jul 2025", "OpenSSH_…"),
        (
            "debug1: Remote protocol version 2.0, remote software version OpenSSH_9.2p1",
            "debug1: Remote protocol version …",
        ),
        ("plink: Release 0.78", "plink: Release …"),
        ("SSHFS version 3.7.3", "SSHFS version …"),
        ("It is version two.", "It is version two."),
    ],
)
def test_of_a_new_line_nothing_is_learnt_that_the_next_update_of_a_program_changes(seen: str, learnt: str) -> None:
    assert merge([], [seen], {}) == [learnt]


def test_a_line_that_is_there_keeps_its_version() -> None:
    said = "SSHFS version 3.7.2"
    assert merge([Expected(1, said, (said,))], ["SSHFS version 3.7.3"], {}) == ["SSHFS version 3.7.3"]
