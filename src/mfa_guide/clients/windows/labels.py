"""Finding the controls of a program's windows by the labels that a reader sees."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from mfa_guide.clients.windows.control import Role
from mfa_guide.clients.windows.waiting import NotYet, StepFailed, until
from mfa_guide.expecting.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from mfa_guide.clients.windows.control import Control, Program

_BOXES = (Role.BOX, Role.DROP_DOWN)
_MENUS = (Role.MENU, Role.MENU_ITEM)
_CLOSES_WITHIN = 5.0
"""How long a window may take to close after its button was pressed, in seconds."""


def find(program: Program, what: str, label: str, *roles: Role) -> Control:
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
        for window in program.windows():
            controls = [part for part in window.parts() if part.role in roles]
            found = [control for control in controls if control.name == label]
            if len(found) > 1:
                raise StepFailed(f"more than one {what} is called “{label}”")
            if found:
                return found[0]
            labels += [control.name for control in controls if control.name]
        raise NotYet(f"no {what} is called “{label}”{nearest(label, labels)}")

    return until(look)


def option(program: Program, label: str, name: str) -> tuple[Control, Control]:
    """Return one of the options behind a label, and what shows which is chosen.

    Raises:
        StepFailed: there is no such label, or no such option.
    """
    after = _after(program, label)
    options = [part for part in after if part.role == Role.RADIO_BUTTON]
    box = next((part for part in after if part.role == Role.DROP_DOWN), None)
    if not options and box:
        options = [part for part in box.parts(hidden=True) if part.role in (Role.MENU_ITEM, Role.ITEM)]
    names = [option.name for option in options]
    if name not in names:
        raise StepFailed(f"“{label}” has no option “{name}”{nearest(name, names)}")
    found = options[names.index(name)]
    return found, box or found


def box(program: Program, label: str) -> Control:
    """Return the box behind a label into which one can type.

    Raises:
        StepFailed: there is no such label, or no box.
    """
    boxes = [part for part in _after(program, label) if part.role in _BOXES]
    if not boxes:
        raise StepFailed(f"nobody can type into “{label}”")
    return boxes[0]


def button(program: Program, label: str, beside: str | None, pressed: Hashable | None = None) -> Control:
    """Return a button.

    Args:
        program: the program whose windows are meant.
        label: what stands on it.
        beside: the label of the box beside which it is, where several buttons are called so.
        pressed: the button that was pressed just now. It counts only if it stays: its window may close late, and the
            next one may have a button with the same label.

    Raises:
        StepFailed: there is none, or there are several.
    """

    def another() -> Control:
        found = _button(program, label, beside)
        if found.key == pressed:
            raise NotYet
        return found

    found = _button(program, label, beside)
    if found.key == pressed:
        with contextlib.suppress(StepFailed):
            return until(another, _CLOSES_WITHIN)
    return found


def _button(program: Program, label: str, beside: str | None) -> Control:
    if beside is None:
        return find(program, "button", label, Role.BUTTON)
    buttons = [part for part in _after(program, beside) if part.role == Role.BUTTON]
    names = [button.name for button in buttons]
    if label not in names:
        raise StepFailed(f"no button beside “{beside}” is called “{label}”{nearest(label, names)}")
    return buttons[names.index(label)]


def in_popup(program: Program, label: str) -> Control:
    """Return an item of the menu that has just come up.

    Raises:
        StepFailed: it has no such item.
    """
    return find(program, "item of the menu", label, *_MENUS)


def window(program: Program, title: str) -> Control:
    """Return the window with a title.

    Raises:
        StepFailed: none has it.
    """
    return find(program, "window", title, Role.WINDOW)


def list_below(program: Program, label: str) -> Control:
    """Return the list or tree below a label; what is in it is not told.

    Raises:
        StepFailed: there is no such label, or no list.
    """
    lists = [part for part in _after(program, label) if part.role == Role.SILENT_LIST]
    if not lists:
        raise StepFailed(f"no list is below “{label}”")
    return lists[0]


def menu_items(program: Program, path: Sequence[str]) -> list[Control]:
    """Return a menu, the menus within it, and the item at the end of a path.

    Raises:
        StepFailed: something on the path is not there.
    """
    menu = find(program, "menu", path[0], Role.MENU)
    found = [menu]
    for name in path[1:]:
        items = [item for item in menu.parts(hidden=True) if item.role in _MENUS]
        names = [item.name for item in items]
        if name not in names:
            raise StepFailed(f"no item of “{menu.name}” is called “{name}”{nearest(name, names[1:])}")
        menu = items[names.index(name)]
        found.append(menu)
    return found


def _after(program: Program, label: str) -> list[Control]:
    """Return what stands behind a label, as far as the next one."""

    def look() -> list[Control]:
        labels = []
        for window in program.windows():
            parts = [*window.parts()]
            for at, part in enumerate(parts):
                # A name that is being changed has no label: it is called by what is in its box.
                called = part.role == Role.BOX and not part.name and part.content == label
                if called or (part.name == label and part.role in (*_BOXES, Role.LABEL)):
                    end = next((n for n in range(at + 1, len(parts)) if parts[n].role == Role.LABEL), len(parts))
                    return parts[at if part.role in _BOXES else at + 1 : end]
            labels += [part.name for part in parts if part.role == Role.LABEL and part.name]
        raise NotYet(f"nothing is called “{label}”{nearest(label, labels)}")

    return until(look)
