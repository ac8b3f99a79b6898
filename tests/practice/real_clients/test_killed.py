"""The site is killed with SIGKILL at each step of a login: the white-list stays, and a used link stays used."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING

import pytest

from mfa_guide.practice.hosting.control import Refusal
from mfa_guide.practice.lab import Lab
from tests.support import POLICY_2024
from tests.support.readers import HOSTS, Reader, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ADDRESSES = ["203.0.113.133", "2001:db8:a::33"]


@contextlib.contextmanager
def running(state: Path) -> Iterator[Reader]:
    """Run a lab on a state, with a reader abroad; it is over when the lab was killed."""
    with Lab.start(POLICY_2024, state) as lab:
        yield Reader(lab, lab.machine("abroad"))


def kill(reader: Reader) -> None:
    os.kill(reader.machine.lab, signal.SIGKILL)


def is_remembered(reader: Reader) -> bool:
    """Tell whether the address is on the white-list: login answers without a page, nx does not."""
    assert "Connection timed out" in reader.in_batch("nx").err
    return "keyboard-interactive" in reader.in_batch("login").err


def why_refused(reader: Reader, link: str) -> str:
    with pytest.raises(Refusal) as refusal:
        reader.approve(link)
    return refusal.value.reason


def happened(reader: Reader, event: str) -> bool:
    return event in [name for name, _ in reader.lab.events()]


def test_killed_at_each_step(fresh_state: Callable[[], Path]) -> None:
    state = fresh_state()
    with running(state) as reader:
        reader.lab.ask(do="visit", addresses=ADDRESSES)
        login = reader.begin("login")
        in_ = login.link()
        reader.approve(in_)
        wait_until(lambda: happened(reader, "logged in"))
        kill(reader)

    with running(state) as reader:
        assert is_remembered(reader)
        assert why_refused(reader, in_) == "used"
        # `is_remembered` has got as far as the key.
        assert happened(reader, "key accepted")
        kill(reader)

    with running(state) as reader:
        assert is_remembered(reader)
        shown = reader.begin("login").link()
        kill(reader)

    with running(state) as reader:
        assert is_remembered(reader)
        assert why_refused(reader, shown) == "unknown"
        login = reader.begin("login-tier1", "hostname")
        approved = login.link()
        reader.approve(approved)
        # As soon as the site has said Yes, whether the login has come to its end or not.
        kill(reader)

    with running(state) as reader:
        assert is_remembered(reader)
        for used in (in_, approved):
            assert why_refused(reader, used) == "used"
        # What had happened before is in the audit log, and nothing of it is there twice.
        told = [(name, details.get("host")) for name, details in reader.lab.events()]
        assert told.count(("link approved", HOSTS["login"])) == 1
        assert told.count(("link approved", HOSTS["login-tier1"])) == 1
