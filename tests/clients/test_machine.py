"""What is asked of the reader's machine is answered within a time, or it is said that it was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import CannotRunError
from mfa_guide.checking.leftovers import Leftovers
from mfa_guide.clients import files, machine, versions
from mfa_guide.expecting.failure import Failure
from mfa_guide.kinds.walkthrough import proofs
from mfa_guide.kinds.walkthrough.steps import Proof
from tests.support.machines import LocalMachine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mfa_guide.base.errors import GuideError


class Stuck(LocalMachine):
    """A machine on which nothing comes to its end."""

    def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
        return ["sleep", "999"]


@pytest.mark.parametrize(
    ("ask", "error", "says"),
    [
        (versions.openssh, CannotRunError, "`ssh -V` has not ended"),
        (Leftovers, CannotRunError, "`sh -c exec grep"),
        (lambda stuck: files.save(stuck, "x", "~/x", mode="", way="new"), Failure, "~/x cannot be saved: `sh -c "),
        (
            lambda stuck: proofs.prove(stuck, [Proof(line=1, file="~/x", has="y")]),
            Failure,
            "~/x cannot be read: `cat ./x` has not ended",
        ),
    ],
)
def test_what_does_not_end_is_given_up(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[LocalMachine], object],
    error: type[GuideError],
    says: str,
) -> None:
    monkeypatch.setattr(machine, "ANSWERS_WITHIN", 0.2)
    monkeypatch.setattr(proofs, "_WRITTEN_WITHIN", 0)
    with pytest.raises(error) as caught:
        ask(Stuck(tmp_path))
    assert str(caught.value).startswith(says)
    assert "after 0.2 s" in str(caught.value)
