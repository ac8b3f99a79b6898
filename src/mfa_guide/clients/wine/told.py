"""The windows of programs for Windows, as helper.exe tells them; mouse and keyboard reach them through it, too."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mfa_guide.clients.windows.control import Role, middle
from mfa_guide.clients.windows.waiting import GLANCE, Gone, NotYet, StepFailed, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.clients.windows.control import Box, Point
    from mfa_guide.clients.wine.helper import Helper

_ROLES = {
    "window": Role.WINDOW,
    "label": Role.LABEL,
    # What stands on the frame around a group is read before what is in it.
    "group": Role.LABEL,
    "button": Role.BUTTON,
    "check box": Role.CHECK_BOX,
    "radio button": Role.RADIO_BUTTON,
    "box": Role.BOX,
    "password box": Role.BOX,
    "drop-down": Role.DROP_DOWN,
    "list item": Role.ITEM,
    "tree item": Role.ITEM,
    "tab": Role.ITEM,
    "menu": Role.MENU,
    "menu item": Role.MENU_ITEM,
    "window menu": Role.WINDOW_MENU,
    "cross": Role.CROSS,
    "terminal": Role.TERMINAL,
}
_EDGE = 3
"""How far from the edge of a box the mouse is still in it, and not on the text, in pixels."""
_BEGINNING = 6
"""How far from its left a label is clicked, in pixels."""
_MOVES = 200
"""How often the mouse is moved before somebody looks again."""

_Node = dict[str, Any]


@dataclass
class Look:
    """What a program showed at one time."""

    windows: list[_Node]
    at: float
    nodes: dict[str, _Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for window in self.windows:
            self._remember(window, window)

    def _remember(self, node: _Node, window: _Node) -> None:
        node["key"] = f"{window['id']} {node['id']}"
        self.nodes[node["key"]] = node
        for part in node.get("parts", ()):
            self._remember(part, window)


class Eyes:
    """Looks at the windows of a program, again whenever something may have changed.

    Args:
        helper: sees them.
        program: the name of its .exe file, without the ending.
    """

    def __init__(self, helper: Helper, program: str) -> None:
        self._helper = helper
        self._program = program
        self._last = Look([], 0)

    def look(self) -> Look:
        """Look now."""
        told = self._helper.ask("windows", f"{self._program}.exe")["windows"]
        self._last = Look(told, time.monotonic())
        return self._last

    def glance(self) -> Look:
        """Return what was seen just now; look again if nothing was."""
        return self._last if time.monotonic() - self._last.at < GLANCE else self.look()

    def act(self, word: str, *arguments: str | int) -> None:
        """Do something, after which all may look otherwise."""
        self._last.at = 0
        self._helper.ask(word, *arguments)

    def windows(self) -> list[Control]:
        """Return the windows that it shows, the newest first."""
        return [Control(self, window, window) for window in self.look().windows]

    def menu_is_open(self) -> bool:
        """Tell whether a menu has come up: it takes mouse and keyboard until it is closed."""
        return any(window["role"] == "menu" for window in self.glance().windows)

    def window_at(self, point: Point) -> int:
        """Return the window that the mouse would reach at a point."""
        return int(self._helper.ask("at", *point)["window"])


@dataclass(frozen=True, eq=False)
class Control:
    """A window, or a part of one: a label, a box, a button; see `control.Control`."""

    eyes: Eyes
    node: _Node
    """What was told when it was found."""
    window: _Node
    """The window in which it is."""

    @property
    def key(self) -> str:
        return str(self.node["key"])

    @property
    def role(self) -> Role:
        return _ROLES.get(self.node["role"], Role.OTHER)

    @property
    def name(self) -> str:
        return str(self.node["name"])

    @property
    def content(self) -> str:
        now = self._now()
        return str(now.get("content", now["name"]))

    @property
    def box(self) -> Box:
        return _box(self._now()["box"])

    @property
    def above(self) -> str | None:
        under = self.node.get("under")
        return f"{self.window['id']} t{self.node['handle']}/{under}" if under else None

    def has(self, state: str) -> bool:
        return state in self._now()["states"]

    def parts(self, *, hidden: bool = False) -> list[Control]:
        return [*self._parts(self._now(), hidden)]

    def _parts(self, node: _Node, hidden: bool) -> Iterator[Control]:
        yield Control(self.eyes, node, self.window)
        for part in node.get("parts", ()):
            if hidden or "showing" in part["states"]:
                yield from self._parts(part, hidden)
            # An item that is scrolled away is still there for those who scroll.
            elif part["role"] in ("tree item", "list item") and self.role != Role.DROP_DOWN:
                yield Control(self.eyes, part, self.window)

    def act(self) -> None:
        if self.node["id"].startswith("c"):
            self._choose()
        elif self.node["role"] == "tree item":
            self._unfold()
        else:
            self.click()

    def _unfold(self) -> None:
        self._reveal()
        self._click(middle(_box(self._now()["sign"])))

        def look() -> None:
            if not self.has("expanded"):
                raise NotYet(f"“{self.name}” does not unfold")

        until(look)

    def _choose(self) -> None:
        """Open the drop-down whose choice this is, and click on it there."""
        drop_down = next(part for part in self._window().parts() if part.node["id"] == f"w{self.node['handle']}/0")
        drop_down.click()

        def look() -> None:
            self._reveal()
            if not self.has("showing"):
                raise NotYet(f"“{self.name}” does not show")

        until(look)
        self.eyes.act("click", *middle(self.box), "left", 1)

    def write(self, text: str) -> None:
        self.click()
        if not text:
            # The mouse reaches only what shows of a long one.
            for keys in ("Home", "Shift+End", "Delete"):
                self.eyes.act("keys", keys)
        elif self.content:
            left, top, width, height = self.box
            # From behind its end to before its beginning: a double click marks a word only.
            self.drag((left + width - _EDGE, top + height // 2), (left + _EDGE, top + height // 2))
        if text:
            self.eyes.act("type", text)
        hidden = self.node["role"] == "password box"

        def look() -> None:
            if len(self.content) != len(text) if hidden else self.content != text:
                raise NotYet(f"typing “{text}” there leaves “{self.content}” in the box")

        until(look)

    def pick(self) -> None:
        self._reveal()
        left, top, width, height = self.box
        # The end of a long label may be out of view.
        self._click((left + min(width // 2, _BEGINNING), top + height // 2))

    def pick_named(self, name: str) -> None:
        raise StepFailed(f"this list tells what is in it: select “{name}” without `in`")

    def click(self) -> None:
        self._click(middle(self.box))

    def click_right_at(self, point: Point) -> None:
        self._click(point, button="right")

    def double_click_at(self, point: Point) -> None:
        self._click(point, times=2)

    def drag(self, start: Point, end: Point) -> None:
        self.come_to_front()
        if self._is_covered(start) or self._is_covered(end):
            raise Gone("another window has come before it")
        self.eyes.act("drag", *start, *end)

    def wander(self) -> None:
        self.come_to_front()
        self.eyes.act("wander", *self.box, _MOVES)

    def type_line(self, text: str) -> None:
        self.come_to_front()
        self.eyes.act("type", text)
        self.eyes.act("keys", "Enter")

    def press_keys(self, keys: str) -> None:
        self.come_to_front()
        self.eyes.act("keys", keys)

    def _now(self) -> _Node:
        if node := self.eyes.glance().nodes.get(self.key):
            return node
        raise Gone(f"“{self.name}” is not there any more")

    def _window(self) -> Control:
        return Control(self.eyes, self.window, self.window)

    def _reveal(self) -> None:
        self.eyes.act("reveal", self.node["handle"], self.node["item"])

    def come_to_front(self) -> None:
        """Bring its window before the others, and the keyboard into it."""
        # A menu closes when its window is brought to the front.
        if not self.eyes.menu_is_open():
            self.eyes.act("front", self.window["handle"])

    def _is_covered(self, point: Point) -> bool:
        """Tell whether the mouse would reach another window at a point; an open menu is before everything."""
        return not self.eyes.menu_is_open() and self.eyes.window_at(point) != self.window["handle"]

    def _click(self, point: Point, *, button: str = "left", times: int = 1) -> None:
        self.come_to_front()
        if self._is_covered(point):
            raise StepFailed(f"another window covers “{self.name or self.role.name}”")
        self.eyes.act("click", *point, button, times)


def _box(told: list[int]) -> Box:
    left, top, width, height = told
    return left, top, width, height
