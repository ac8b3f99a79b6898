"""Walkthroughs as a kind of instruction: what is changed in one to see whether a check notices."""

from __future__ import annotations

from pathlib import Path

from mfa_guide.kinds.walkthrough.kind import WALKTHROUGH

STEPS = """\
window: putty
steps:
  - window-menu: Event Log
    says: For you only.
    picture: The log
  - close: PuTTY Event Log
"""


def test_every_word_that_is_carried_out_is_changed_and_none_that_is_only_said() -> None:
    changed = {change.line for change in WALKTHROUGH.changes(STEPS, Path("log.yml")) if "becomes" in change.what}
    assert changed == {3, 6}
