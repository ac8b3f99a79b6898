"""The old name of the part of a login that shows the link: another name in the OpenSSH of today, not so in 8.4."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.clients import suites
from tests.support.readers import ACCOUNT, HOSTS, KEY, at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.readers import Reader

NOW = ["ssh"]
OLD_NAME = "ChallengeResponseAuthentication"
NAME = "KbdInteractiveAuthentication"


@pytest.fixture(scope="module")
def before() -> list[str]:
    """OpenSSH 8.4."""
    return [str(suites.named("bullseye").program("ssh"))]


def settings(home: Reader, ssh: Sequence[str], option: str) -> dict[str, str]:
    """Return what an option does to both names."""
    said = home.bash(f"{' '.join(ssh)} -G -o {option} {HOSTS['login']}")
    lines = [line.partition(" ") for line in said.splitlines()]
    return {name: value for name, _, value in lines if name in (OLD_NAME.lower(), NAME.lower())}


def test_the_versions(home: Reader, before: list[str]) -> None:
    assert home.run(*before, "-V").err.startswith("OpenSSH_8.4p1 ")
    assert not home.run(*NOW, "-V").err.startswith("OpenSSH_8.")


def test_today_it_is_another_name(home: Reader) -> None:
    for name in (OLD_NAME, NAME):
        for value in ("yes", "no"):
            assert settings(home, NOW, f"{name}={value}") == {NAME.lower(): value}


def test_before_it_was_an_option_of_its_own(home: Reader, before: list[str]) -> None:
    both = {OLD_NAME.lower(): "yes", NAME.lower(): "yes"}
    assert settings(home, before, "Port=22") == both, "both are on when nothing is said"
    for name in (OLD_NAME, NAME):
        assert settings(home, before, f"{name}=no") == {**both, name.lower(): "no"}


@pytest.mark.parametrize(
    ("is_old", "options", "shows"),
    [
        (True, (), True),
        (True, (f"{OLD_NAME}=yes",), True),
        (True, (f"{OLD_NAME}=no",), True),
        (True, (f"{NAME}=no",), True),
        (True, (f"{OLD_NAME}=no", f"{NAME}=no"), False),
        (False, (f"{OLD_NAME}=yes",), True),
        (False, (f"{OLD_NAME}=no",), False),
        (False, (f"{NAME}=no",), False),
    ],
)
def test_which_of_them_hides_the_link(
    home: Reader, before: list[str], is_old: bool, options: Sequence[str], shows: bool
) -> None:
    words = [word for option in options for word in ("-o", option)]
    login = home.start(*(before if is_old else NOW), *words, "-i", KEY, at("login"), "whoami")
    if shows:
        home.approve(login.link())
        assert login.finish().out == f"{ACCOUNT}\n"
    else:
        assert login.finish().err == f"{at('login')}: Permission denied (publickey,keyboard-interactive).\r\n"


def test_the_old_ssh_uses_a_certificate_too(home: Reader, before: list[str]) -> None:
    holder = home.with_certificate()
    done = holder.run(*before, "-o", "BatchMode=yes", at("login"), "whoami")
    assert (done.status, done.out) == (0, f"{ACCOUNT}\n"), done
