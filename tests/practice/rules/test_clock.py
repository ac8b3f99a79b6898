"""Moving the practice site's clock."""

from __future__ import annotations

import time

import pytest

from mfa_guide.base.errors import UsageError
from mfa_guide.practice.rules.clock import Clock, parse_shift


@pytest.mark.parametrize(("text", "seconds"), [("+30s", 30), ("+5m", 300), ("+16h", 57_600), ("+90d", 7_776_000)])
def test_shifts(text: str, seconds: int) -> None:
    clock = Clock()
    clock.move(parse_shift(text))
    assert clock.now() - time.time() == pytest.approx(seconds, abs=20)


@pytest.mark.parametrize("text", ["16h", "-1h", "+h", "+1", "+1.5h", "+1w", "", "+1h +1h"])
def test_what_is_no_shift(text: str) -> None:
    with pytest.raises(UsageError, match="cannot move the clock"):
        parse_shift(text)
