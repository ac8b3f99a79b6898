"""How doors are opened and closed. That clients notice is in `test_lab.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mfa_guide.base.errors import CannotRunError
from mfa_guide.practice.lab import doors, network
from mfa_guide.practice.lab.doors import Doors
from mfa_guide.practice.rules.roles import all_roles
from tests.support import POLICY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

STANDS_STILL = 10
"""For how many seconds the practice site may stand still because of a door."""
HOME = ("203.0.113.22", "2001:db8::22")


class _Access:
    """Lets nobody connect, or everybody."""

    def __init__(self) -> None:
        self.open = False

    def may_connect(self, *_: object) -> bool:
        return self.open


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Sequence[str]]]:
    called: list[tuple[str, Sequence[str]]] = []

    def note(family: str, lines: Sequence[str], *, within: float) -> None:
        assert within <= STANDS_STILL
        called.append((family, lines))

    monkeypatch.setattr(doors, "run_ip", lambda *_: None)
    monkeypatch.setattr(doors, "run_ip_lines", note)
    return called


def test_a_line_that_the_kernel_does_not_take_is_told_with_its_reason() -> None:
    with pytest.raises(CannotRunError, match=r"^the lab's network cannot be changed: ip -4 -batch: .*nonsense"):
        network.run_ip_lines("-4", ["nonsense"], within=30)


def test_what_does_not_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = tmp_path / "ip"
    stuck.write_text("#!/bin/sh\nexec sleep 60\n")
    stuck.chmod(0o755)
    monkeypatch.setattr(network, "find_program", lambda _: str(stuck))
    with pytest.raises(CannotRunError, match=r"^ip has not ended after 0\.2 s$"):
        network.run_ip_lines("-4", ["rule"], within=0.2)


def test_everybody_waits_for_one_process_of_each_family_and_only_when_something_changes(
    called: list[tuple[str, Sequence[str]]],
) -> None:
    roles = [(role, network.addresses(POLICY, role.rules.addresses)) for role in all_roles(POLICY)]
    access: Any = _Access()
    site = Doors(access, roles, HOME)
    assert [(family, len(lines)) for family, lines in called] == [("-4", len(roles)), ("-6", len(roles))]
    assert all(line.startswith("rule add priority 200 ") for _, lines in called for line in lines)
    called.clear()
    site.update()
    assert called == []
    access.open = True
    site.update()
    assert [(family, len(lines)) for family, lines in called] == [("-4", len(roles)), ("-6", len(roles))]
    assert all(line.startswith("rule del priority 200 ") for _, lines in called for line in lines)
