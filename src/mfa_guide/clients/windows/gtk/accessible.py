"""What the windows of a program show, as they tell it over the accessibility bus (AT-SPI)."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from gi.repository import Atspi, GLib

from mfa_guide.clients.windows.control import Role
from mfa_guide.clients.windows.gtk import keyboard, mouse
from mfa_guide.clients.windows.waiting import Gone

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from mfa_guide.clients.windows.control import Box, Point

_P = ParamSpec("_P")
_T = TypeVar("_T")

# What a kind is called differs between versions of AT-SPI (`push button`, later `button`). Its number does not, and the
# older names of the numbers, such as `PUSH_BUTTON`, are known to all of them.
_ROLES = {
    Atspi.Role.FRAME: Role.WINDOW,
    Atspi.Role.DIALOG: Role.WINDOW,
    Atspi.Role.LABEL: Role.LABEL,
    Atspi.Role.PUSH_BUTTON: Role.BUTTON,
    Atspi.Role.TOGGLE_BUTTON: Role.BUTTON,
    Atspi.Role.CHECK_BOX: Role.CHECK_BOX,
    Atspi.Role.RADIO_BUTTON: Role.RADIO_BUTTON,
    Atspi.Role.TEXT: Role.BOX,
    Atspi.Role.PASSWORD_TEXT: Role.BOX,
    Atspi.Role.SPIN_BUTTON: Role.BOX,
    Atspi.Role.COMBO_BOX: Role.DROP_DOWN,
    Atspi.Role.TABLE_CELL: Role.ITEM,
    Atspi.Role.TREE_ITEM: Role.ITEM,
    Atspi.Role.LIST_ITEM: Role.ITEM,
    Atspi.Role.PAGE_TAB: Role.ITEM,
    Atspi.Role.MENU: Role.MENU,
    Atspi.Role.MENU_ITEM: Role.MENU_ITEM,
    Atspi.Role.CHECK_MENU_ITEM: Role.MENU_ITEM,
    Atspi.Role.SCROLL_PANE: Role.SILENT_LIST,
    # PuTTY's terminal tells nothing else of itself.
    Atspi.Role.DRAWING_AREA: Role.TERMINAL,
}


def _or_gone(told: Callable[_P, _T]) -> Callable[_P, _T]:
    """Tell that a window has gone as every toolkit tells it."""

    @functools.wraps(told)
    def tell(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return told(*args, **kwargs)
        except GLib.Error as error:
            raise Gone(error.message) from None

    return tell


@dataclass(frozen=True)
class Control:
    """A window, or a part of one: a label, a box, a button; see `control.Control`."""

    node: Any
    role: Role
    name: str

    @classmethod
    @_or_gone
    def of(cls, node: Any) -> Control:
        """Return what a node of the bus is."""
        return cls(node, _ROLES.get(node.get_role(), Role.OTHER), node.get_name() or "")

    @property
    def key(self) -> Hashable:
        key: Hashable = self.node
        return key

    @property
    @_or_gone
    def content(self) -> str:
        interface = self.node.get_text_iface()
        if interface is None:
            return self.name
        return str(Atspi.Text.get_text(interface, 0, Atspi.Text.get_character_count(interface)))

    @property
    @_or_gone
    def box(self) -> Box:
        extents = Atspi.Component.get_extents(self.node, Atspi.CoordType.SCREEN)
        return extents.x, extents.y, extents.width, extents.height

    @property
    @_or_gone
    def above(self) -> Hashable | None:
        relations = self.node.get_relation_set()
        found = [each for each in relations if each.get_relation_type() == Atspi.RelationType.NODE_CHILD_OF]
        return found[0].get_target(0) if found else None

    @_or_gone
    def has(self, state: str) -> bool:
        return bool(self.node.get_state_set().contains(getattr(Atspi.StateType, state.upper())))

    @_or_gone
    def parts(self, *, hidden: bool = False) -> list[Control]:
        return [*self._parts(hidden)]

    def _parts(self, hidden: bool) -> Iterator[Control]:
        yield self
        for at in range(self.node.get_child_count()):
            child = self.node.get_child_at_index(at)
            if child and (hidden or child.get_state_set().contains(Atspi.StateType.SHOWING)):
                yield from Control.of(child)._parts(hidden)

    @_or_gone
    def act(self) -> None:
        Atspi.Action.do_action(self.node, 0)

    @_or_gone
    def write(self, text: str) -> None:
        Atspi.EditableText.set_text_contents(self.node, text)

    @_or_gone
    def pick(self) -> None:
        # A cell of several parts lies between them and the table.
        item, holder = self.node, self.node.get_parent()
        while not (table := holder.get_table_iface()) and not holder.get_selection_iface():
            item, holder = holder, holder.get_parent()
        if table:
            Atspi.Table.add_row_selection(table, Atspi.Table.get_row_at_index(table, item.get_index_in_parent()))
        else:
            Atspi.Selection.select_child(holder.get_selection_iface(), item.get_index_in_parent())

    def pick_named(self, name: str) -> None:
        keyboard.pick(self.box, name)

    def click(self) -> None:
        # Asked over the bus to open a dialogue, a program may not answer there until the dialogue is closed.
        mouse.click(self.box)

    def click_right_at(self, point: Point) -> None:
        mouse.click_right_at(point)

    def double_click_at(self, point: Point) -> None:
        mouse.double_click_at(point)

    def drag(self, start: Point, end: Point) -> None:
        mouse.drag(start, end)

    def wander(self) -> None:
        mouse.wander(self.box)

    def type_line(self, text: str) -> None:
        keyboard.type_line(self.box, text)

    def press_keys(self, keys: str) -> None:
        keyboard.press(self.box, keys)


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
        except (GLib.Error, Gone):
            continue
    return [window for window in found if window.has("showing")]


def _name(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return ""
