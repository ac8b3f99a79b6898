"""Finding the controls of a program's windows by the labels that a reader sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mfa_guide.clients.windows.accessible import Role, windows
from mfa_guide.clients.windows.waiting import NotYet, StepFailed, until
from mfa_guide.expecting.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_guide.clients.windows.accessible import Control

BUTTONS = (Role.PUSH_BUTTON, Role.TOGGLE_BUTTON)
ITEMS = (Role.TABLE_CELL, Role.TREE_ITEM, Role.LIST_ITEM, Role.PAGE_TAB)
_BOXES = (Role.TEXT, Role.PASSWORD_TEXT, Role.SPIN_BUTTON, Role.COMBO_BOX)
_MENUS = (Role.MENU, Role.MENU_ITEM, Role.CHECK_MENU_ITEM)


def find(program: str, what: str, label: str, roles: Sequence[Any]) -> Control:
    """Return the one control with this label; the newest window that has it counts.

    Args:
        program: the program whose windows are meant.
        what: what a control of these roles is called in errors.
        label: its label.
        roles: what it may be.

    Raises:
        StepFailed: there is none, or there are several.
    """

    def look() -> Control:
        labels = []
        for window in windows(program):
            controls = [part for part in window.parts() if part.role in roles]
            found = [control for control in controls if control.name == label]
            if len(found) > 1:
                raise StepFailed(f"more than one {what} is called “{label}”")
            if found:
                return found[0]
            labels += [control.name for control in controls if control.name]
        raise NotYet(f"no {what} is called “{label}”{nearest(label, labels)}")

    return until(look)


def option(program: str, label: str, name: str) -> tuple[Control, Control]:
    """Return one of the options behind a label, and what shows which is chosen.

    Raises:
        StepFailed: there is no such label, or no such option.
    """
    after = _after(program, label)
    options = [part for part in after if part.role == Role.RADIO_BUTTON]
    box = next((part for part in after if part.role == Role.COMBO_BOX), None)
    if not options and box:
        options = [part for part in box.parts(hidden=True) if part.role in (Role.MENU_ITEM, Role.LIST_ITEM)]
    names = [option.name for option in options]
    if name not in names:
        raise StepFailed(f"“{label}” has no option “{name}”{nearest(name, names)}")
    found = options[names.index(name)]
    return found, box or found


def box(program: str, label: str) -> Control:
    """Return the box behind a label into which one can type.

    Raises:
        StepFailed: there is no such label, or no box.
    """
    boxes = [part for part in _after(program, label) if part.role in _BOXES]
    if not boxes:
        raise StepFailed(f"nobody can type into “{label}”")
    return boxes[0]


def list_below(program: str, label: str) -> Control:
    """Return the list or tree below a label; what is in it is not told.

    Raises:
        StepFailed: there is no such label, or no list.
    """
    lists = [part for part in _after(program, label) if part.role == Role.SCROLL_PANE]
    if not lists:
        raise StepFailed(f"no list is below “{label}”")
    return lists[0]


def menu_items(program: str, path: Sequence[str]) -> list[Control]:
    """Return a menu, the menus within it, and the item at the end of a path.

    Raises:
        StepFailed: something on the path is not there.
    """
    menu = find(program, "menu", path[0], (Role.MENU,))
    found = [menu]
    for name in path[1:]:
        items = [item for item in menu.parts(hidden=True) if item.role in _MENUS]
        names = [item.name for item in items]
        if name not in names:
            raise StepFailed(f"no item of “{menu.name}” is called “{name}”{nearest(name, names[1:])}")
        menu = items[names.index(name)]
        found.append(menu)
    return found


def _after(program: str, label: str) -> list[Control]:
    """Return what stands behind a label, as far as the next one."""

    def look() -> list[Control]:
        labels = []
        for window in windows(program):
            parts = [*window.parts()]
            for at, part in enumerate(parts):
                # A name that is being changed has no label: it is called by what is in its box.
                called = part.role == Role.TEXT and not part.name and part.content == label
                if called or (part.name == label and part.role in (*_BOXES, Role.LABEL)):
                    end = next((n for n in range(at + 1, len(parts)) if parts[n].role == Role.LABEL), len(parts))
                    return parts[at if part.role in _BOXES else at + 1 : end]
            labels += [part.name for part in parts if part.role == Role.LABEL and part.name]
        raise NotYet(f"nothing is called “{label}”{nearest(label, labels)}")

    return until(look)
