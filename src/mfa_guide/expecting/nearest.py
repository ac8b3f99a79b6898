"""Labels of windows, as walkthroughs write them, and what to say of one that is not there."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

UNDER = " > "
"""Stands between the labels of a path through a tree or a menu."""


def nearest(label: str, labels: Iterable[str]) -> str:
    """Return the end of a sentence that names the label most like `label`; empty when there is none at all."""
    near = difflib.get_close_matches(label, [*labels], n=1, cutoff=0)
    return f"; the nearest is “{near[0]}”" if near else ""
