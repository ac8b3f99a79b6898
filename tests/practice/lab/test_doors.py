"""How doors are opened and closed. That clients notice is in `test_lab.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mfa_guide.practice.lab import doors, network
from mfa_guide.practice.lab.doors import Doors
from mfa_guide.practice.rules.roles import all_roles
from tests.support import POLICY

if TYPE_CHECKING:
    from collections.abc import Sequence

HOME = ("203.0.113.22", "2001:db8::22")


class _Access:
    """Lets nobody connect from these addresses, or everybody."""

    def __init__(self) -> None:
        self.closed = frozenset(HOME)
        self.open = False

    def may_connect(self, *_: object) -> bool:
        return self.open


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Sequence[str]]]:
    called: list[tuple[str, Sequence[str]]] = []
    monkeypatch.setattr(doors, "run_ip", lambda *_: None)
    monkeypatch.setattr(doors, "run_ip_lines", lambda family, lines, **_: called.append((family, lines)))
    return called


def test_everybody_waits_for_one_process_of_each_family_and_only_when_something_changes(
    called: list[tuple[str, Sequence[str]]],
) -> None:
    roles = [(role, network.addresses(POLICY, role.addresses)) for role in all_roles(POLICY)]
    access: Any = _Access()
    site = Doors(access, roles)
    assert [(family, len(lines)) for family, lines in called] == [("-4", len(roles)), ("-6", len(roles))]
    assert all(line.startswith("rule add priority 200 ") for _, lines in called for line in lines)
    called.clear()
    site.update()
    assert called == []
    access.open = True
    site.update()
    assert [(family, len(lines)) for family, lines in called] == [("-4", len(roles)), ("-6", len(roles))]
    assert all(line.startswith("rule del priority 200 ") for _, lines in called for line in lines)
