"""Proofs: what a file has to say after a walkthrough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.expecting.failure import Failure
from mfa_guide.kinds.walkthrough import proofs
from mfa_guide.kinds.walkthrough.steps import parse_walkthrough
from tests.support.machines import LocalMachine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("proof", "says"),
    [
        ("- file: ~/notes\n  has: AgentFwd=1", "has no line “AgentFwd=1”; the nearest is “AgentFwd=0”"),
        ("- file: ~/notes\n  lacks: Agent", "has the line “AgentFwd=0”"),
        ("- file: ~/none\n  lacks: Agent", "~/none cannot be read"),
        ("- file: ~/notes", "says what is there .`has`., or what is not .`lacks`."),
        ("- has: AgentFwd=1", "looks into a `file`, or into a key of the `registry`"),
        ("- registry: PuTTY\n  has: a", "`registry`"),
        ("- file: /etc/passwd\n  has: root", "`file`"),
    ],
)
def test_a_proof_that_does_not_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proof: str, says: str) -> None:
    monkeypatch.setattr(proofs, "_WRITTEN_WITHIN", 0)
    (tmp_path / "notes").write_text("AgentFwd=0\n")
    with pytest.raises(Failure, match=says) as failure:
        text = f"window: putty\nsteps:\n- start: putty\nproves:\n{proof}"
        proofs.prove(LocalMachine(tmp_path), parse_walkthrough(text).proves)
    assert failure.value.line == 5
