"""Finding the items of the trees in a program's windows, such as the pages of PuTTY's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_guide.clients.windows.accessible import windows
from mfa_guide.clients.windows.labels import ITEMS
from mfa_guide.clients.windows.waiting import NotYet, StepFailed, until
from mfa_guide.expecting.nearest import UNDER, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_guide.clients.windows.accessible import Control


def item(program: str, path: Sequence[str]) -> Control:
    """Return an item of a tree, with everything above it unfolded.

    Raises:
        StepFailed: something on the path is not there.
    """
    for depth in range(1, len(path) + 1):

        def look(wanted: str = UNDER.join(path[:depth])) -> Control:
            if there := _tree(program).get(wanted):
                return there
            raise NotYet(f"no item is at “{wanted}”")

        try:
            found = until(look)
        except StepFailed as error:
            raise StepFailed(f"{error}{nearest(UNDER.join(path), _unfolded(program))}") from None
        if depth < len(path) and not found.has("expanded"):
            found.act()
    return found


def _tree(program: str) -> dict[str, Control]:
    """Return the items of trees that are not folded away, each by its path."""
    found: dict[str, Control] = {}
    for window in windows(program):
        paths: dict[object, str] = {}
        for part in window.parts():
            if part.role in ITEMS:
                above = [paths[parent.node] for parent in part.related("node_child_of") if parent.node in paths]
                paths[part.node] = UNDER.join([*above, part.name])
                found.setdefault(paths[part.node], part)
    return found


def _unfolded(program: str) -> list[str]:
    """Unfold all trees, and return the paths of their items."""
    while folded := [part for part in _tree(program).values() if part.has("expandable") and not part.has("expanded")]:
        for part in folded:
            part.act()
    return [*_tree(program)]
