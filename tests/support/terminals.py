"""What a terminal of pexpect has shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pexpect


def shown(terminal: pexpect.spawn[str]) -> re.Match[str]:
    """Return what was found by the last `expect` of a pattern."""
    assert isinstance(terminal.match, re.Match)
    return terminal.match
