"""Amounts in prose: `30 minutes`, and the same as people write it, `half an hour`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfa_guide.policy import SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

_ONES = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    "thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
)
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_NUMBERS = dict(zip(f"{_ONES}|{_TENS}".split("|"), [*range(1, 20), *range(20, 100, 10)], strict=True))
_PARTS = {"a quarter of an": 15, "half an": 30, "three quarters of an": 45}
"""Parts of an hour, in minutes."""
_NUMBER = rf"\d+|(?:(?:{_TENS})-)?(?:{_ONES})|{_TENS}"
_AMOUNT = re.compile(
    rf"\b(?:(?P<part>{'|'.join(_PARTS)}) hour|(?P<number>{_NUMBER}) (?P<unit>bit|second|minute|hour|day)s?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Amount:
    """A number of something."""

    text: str
    """As it stands in the prose."""
    number: int
    unit: str
    """As the policy calls it, such as `minutes`."""

    @property
    def in_digits(self) -> bool:
        """Whether it is written so."""
        return self.text[0].isdigit()


def amounts(text: str) -> Iterator[Amount]:
    """Yield the amounts in a text, in order; `once a day` and `wait a minute` are none."""
    for match in _AMOUNT.finditer(text):
        if match["part"]:
            yield Amount(match[0], _PARTS[match["part"].lower()], "minutes")
        else:
            words = match["number"].lower().split("-")
            number = int(words[0]) if words[0].isdigit() else sum(_NUMBERS[word] for word in words)
            yield Amount(match[0], number, f"{match['unit'].lower()}s")


def size(number: int, unit: str) -> tuple[int, str]:
    """Return an amount in a form that is the same for the same amount: a duration in seconds."""
    return (number * SECONDS[unit], "seconds") if unit in SECONDS else (number, unit)
