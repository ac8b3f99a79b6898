"""Reading a line takes as much work as it is long: on one loop, everybody waits for the one who sent it."""

from __future__ import annotations

from typing import SupportsIndex

import pytest

from mfa_guide.practice.ssh.grammar import LONGEST_LINE, Parser, ShellError


class Counted(str):
    """A text that counts how many characters are taken out of it."""

    taken = 0

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        part = super().__getitem__(key)
        self.taken += len(part)
        return part


@pytest.mark.parametrize(
    "piece",
    ["x", "x ", " ", "'x'", '"x"', '""', r"\x", "$x", "$", "$?", "$(x)", "x;", "x&&", "x>y;", "~ ", "~/", "é\t"],
)
@pytest.mark.parametrize(("before", "after"), [("echo ", ""), ("echo '", "'"), ('echo "', '"'), ("echo $(", ")")])
def test_every_character_is_taken_a_few_times_at_most(before: str, piece: str, after: str) -> None:
    room = LONGEST_LINE - len(before) - len(after)
    line = Counted(before + piece * (room // len(piece)) + after)
    parser = Parser(line)
    try:
        parser.line()
    except ShellError as error:
        assert "syntax error" in str(error)
    assert line.taken <= 3 * len(line)


def test_a_line_may_be_long_and_no_longer() -> None:
    (call,) = Parser("echo " + "x" * (LONGEST_LINE - 5)).line().calls
    assert call.words[1] == ["x" * (LONGEST_LINE - 5)]
    with pytest.raises(ShellError, match=f"line too long: the practice site reads at most {LONGEST_LINE} characters"):
        Parser("echo " + "x" * (LONGEST_LINE - 4))
