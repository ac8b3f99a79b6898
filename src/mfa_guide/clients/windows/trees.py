"""Finding the items of the trees in a program's windows, such as the pages of PuTTY's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_guide.clients.windows.control import Role
from mfa_guide.clients.windows.waiting import NotYet, StepFailed, until
from mfa_guide.expecting.nearest import UNDER, nearest

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from mfa_guide.clients.windows.control import Control, Program


def item(program: Program, path: Sequence[str]) -> Control:
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


def _tree(program: Program) -> dict[str, Control]:
    """Return the items of trees that are not folded away, each by its path."""
    found: dict[str, Control] = {}
    for window in program.windows():
        paths: dict[Hashable, str] = {}
        for part in window.parts():
            if part.role == Role.ITEM:
                above = paths.get(part.above)
                paths[part.key] = part.name if above is None else f"{above}{UNDER}{part.name}"
                found.setdefault(paths[part.key], part)
    return found


def _unfolded(program: Program) -> list[str]:
    """Unfold all trees, and return the paths of their items."""
    while folded := [part for part in _tree(program).values() if part.has("expandable") and not part.has("expanded")]:
        for part in folded:
            part.act()
    return [*_tree(program)]
