"""For which versions of a client something is."""

from __future__ import annotations

import re

import pytest

from mfa_guide.clients.requirement import Requirement, plain


@pytest.mark.parametrize(
    ("text", "met", "not_met"),
    [
        ("OpenSSH >=10.0", ("10.0p2", "10.6p1", "11.0"), ("9.9p2", "9.10p1", "8.4p1")),
        ("OpenSSH <10.3", ("10.2p1", "9.2p1"), ("10.3", "10.10p1", "11.0")),
        ("OpenSSH >=10.0,<10.3", ("10.0p2", "10.2"), ("9.9", "10.3")),
        ("OpenSSH <=8.4", ("8.4p1", "7.9"), ("8.5", "9.2p1")),
        ("PuTTY ==0.83", ("0.83",), ("0.84", "0.8")),
    ],
)
def test_a_version_meets_it_or_not(text: str, met: tuple[str, ...], not_met: tuple[str, ...]) -> None:
    requirement = Requirement.parse(text)
    client = text.split()[0]
    assert [version for version in met if not requirement.met_by({client: version})] == []
    assert [version for version in not_met if requirement.met_by({client: version})] == []
    assert not requirement.met_by({}), "a machine without the client"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("OpenSSH >=10.0", "OpenSSH 10.0 or later"),
        ("OpenSSH <10.3,>=10.0", "OpenSSH 10.0 or later, before 10.3"),
        ("OpenSSH <=8.4", "OpenSSH 8.4 or earlier"),
        ("PuTTY ==0.83", "PuTTY 0.83"),
    ],
)
def test_in_words(text: str, words: str) -> None:
    assert Requirement.parse(text).in_words() == words


def test_the_suites_that_meet_it() -> None:
    assert Requirement.parse("OpenSSH >=10.0").suites() == ["trixie", "sid"]
    assert Requirement.parse("OpenSSH <9.0").suites() == ["bullseye"]
    assert Requirement.parse("OpenSSH >=20").suites() == []


@pytest.mark.parametrize(
    "text", ["OpenSSH", "OpenSSL >=3", "OpenSSH 10", "OpenSSH ~=10.0", ">=10", "", "OpenSSH >=x", "OpenSSH ==10.*"]
)
def test_what_is_none_is_told_what_one_looks_like(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape("for instance “OpenSSH >=10.0,<10.3”")):
        Requirement.parse(text)


def test_what_a_client_adds_to_its_version_does_not_count() -> None:
    assert plain("9.2p1") == "9.2"
    assert plain("10.0p2 Debian-7") == "10.0"
    with pytest.raises(ValueError, match="is no version"):
        plain("unknown")
