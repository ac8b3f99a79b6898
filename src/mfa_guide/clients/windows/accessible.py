"""What the windows of a program show, as they tell it over the accessibility bus (AT-SPI)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gi.repository import Atspi, GLib

if TYPE_CHECKING:
    from collections.abc import Iterator

Role = Atspi.Role
"""The kinds of controls.

What a kind is called differs between versions of AT-SPI (`push button`, later `button`). Its number does not, and the
older names of the numbers, such as `PUSH_BUTTON`, are known to all of them.
"""

Box = tuple[int, int, int, int]
"""Left, top, width and height on the screen, in pixels."""


@dataclass(frozen=True)
class Control:
    """A window, or a part of one: a label, a box, a button."""

    node: Any
    role: Any
    """A `Role`."""
    name: str

    @classmethod
    def of(cls, node: Any) -> Control:
        """Return what a node of the bus is."""
        return cls(node, node.get_role(), node.get_name() or "")

    @property
    def content(self) -> str:
        """The text that stands in it: what was typed into a box, the words of a label."""
        interface = self.node.get_text_iface()
        if interface is None:
            return self.name
        return str(Atspi.Text.get_text(interface, 0, Atspi.Text.get_character_count(interface)))

    @property
    def box(self) -> Box:
        """Where it is."""
        extents = Atspi.Component.get_extents(self.node, Atspi.CoordType.SCREEN)
        return extents.x, extents.y, extents.width, extents.height

    @property
    def parent(self) -> Control:
        """What it is a part of."""
        return Control.of(self.node.get_parent())

    def has(self, state: str) -> bool:
        """Tell whether it has a state, for instance `checked`."""
        return bool(self.node.get_state_set().contains(getattr(Atspi.StateType, state.upper())))

    def related(self, relation: str) -> list[Control]:
        """Return what it is related to, for instance as `node_child_of`."""
        kind = getattr(Atspi.RelationType, relation.upper())
        found = [each for each in self.node.get_relation_set() if each.get_relation_type() == kind]
        return [Control.of(each.get_target(at)) for each in found for at in range(each.get_n_targets())]

    def parts(self, *, hidden: bool = False) -> Iterator[Control]:
        """Yield it and everything in it that shows, in order.

        Args:
            hidden: also what does not show, such as the items of a closed menu.
        """
        yield self
        for at in range(self.node.get_child_count()):
            child = self.node.get_child_at_index(at)
            if child and (hidden or child.get_state_set().contains(Atspi.StateType.SHOWING)):
                yield from Control.of(child).parts(hidden=hidden)

    def act(self) -> None:
        """Do what a click does."""
        Atspi.Action.do_action(self.node, 0)

    def write(self, text: str) -> None:
        """Write into it, in place of what is there."""
        Atspi.EditableText.set_text_contents(self.node, text)

    def pick(self) -> None:
        """Make it the one that is picked in its table, tree or list of tabs."""
        # A cell of several parts lies between them and the table.
        item, holder = self.node, self.node.get_parent()
        while not (table := holder.get_table_iface()) and not holder.get_selection_iface():
            item, holder = holder, holder.get_parent()
        if table:
            Atspi.Table.add_row_selection(table, Atspi.Table.get_row_at_index(table, item.get_index_in_parent()))
        else:
            Atspi.Selection.select_child(holder.get_selection_iface(), item.get_index_in_parent())


def windows(program: str) -> list[Control]:
    """Return the windows that a program shows, the newest first."""
    found = []
    desktop = Atspi.get_desktop(0)
    for at in range(desktop.get_child_count()):
        application = desktop.get_child_at_index(at)
        # It may have gone since, or not be there yet.
        try:
            if application and _name(application.get_process_id()) == program:
                application.clear_cache()
                children = [application.get_child_at_index(n) for n in range(application.get_child_count())]
                found += [Control.of(child) for child in reversed(children) if child]
        except GLib.Error:
            continue
    return [window for window in found if window.has("showing")]


def _name(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return ""
