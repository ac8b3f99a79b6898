"""The hand that does the steps of a walkthrough in the windows of a program."""

from __future__ import annotations

import contextlib
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mfa_guide.clients.windows import camera, labels, shown, terminal, trees, waiting
from mfa_guide.clients.windows.control import Role
from mfa_guide.clients.windows.waiting import NotYet, StepFailed, until
from mfa_guide.expecting.nearest import UNDER, nearest
from mfa_guide.expecting.shapes import browser_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from mfa_guide.clients.windows.control import Box, Control, Program

Request = dict[str, str]
"""A step: its verb with what that is about, and its other words."""
Answer = dict[str, object]
"""What a step has found, a picture, and variables that programs started from now on must know."""

_EDGE = 4
"""How far from the edge of a box the mouse is in it, in pixels."""
_MENU_IS_DEAF = 0.6
"""How long a person takes at least from a menu to an item of it, in seconds: to GTK, half a second is one click."""


@dataclass
class Memory:
    """What is known of earlier steps."""

    met: set[str] = field(default_factory=set)
    """The titles that windows had when a step began."""
    pressed: Hashable | None = None
    """The button that was pressed last, when nothing else was done since."""


class Hand:
    """Does the steps.

    Args:
        program: the program whose windows are meant.
        memory: what is known of earlier steps; this one is added.
        picture: whether a picture is wanted.
    """

    def __init__(self, program: Program, memory: Memory, *, picture: bool) -> None:
        self._program = program
        self._memory = memory
        self._picture = picture
        self._pressed: Hashable | None = None

    def do(self, step: Request) -> Answer:
        """Do a step.

        Raises:
            StepFailed: the windows have not what it needs.
            NotDrawn: they do not show what they tell: there is no picture of that.
            SubprocessError: a program that it needs did not do its part.
        Gone: a window has closed between the look and the act.
        """
        # Take note of the windows that are there before it.
        self._memory.met |= until(lambda: set(shown.titles(self._program)))
        self._pressed, self._memory.pressed = self._memory.pressed, None
        return _STEPS[next(iter(step))](self, step)

    def _start(self, step: Request) -> Answer:
        window, variables = self._program.toolkit.start(step["start"])
        told: Answer = {"variables": {**variables}} if variables else {}
        return told if window is None else {**told, **self._seen(window)}

    def _select(self, step: Request) -> Answer:
        if "in" in step:
            around = labels.list_below(self._program, step["in"])
            return self._done(around, lambda: around.pick_named(step["select"]))
        path = step["select"].split(UNDER)
        if len(path) == 1:
            item = labels.find(self._program, "item", path[0], Role.ITEM)
        else:
            item = trees.item(self._program, path)
        return self._done(item, item.pick)

    def _choose(self, step: Request) -> Answer:
        option, shows = labels.option(self._program, step["in"], step["choose"])
        return self._done(shows, option.act)

    def _tick(self, step: Request) -> Answer:
        return self._set(step["tick"], True)

    def _untick(self, step: Request) -> Answer:
        return self._set(step["untick"], False)

    def _set(self, label: str, wanted: bool) -> Answer:
        box = self._check_box(label)
        if box.has("checked") == wanted:
            raise StepFailed(f"“{label}” is {'ticked' if wanted else 'not ticked'} already")
        return self._done(box, box.act)

    def _ticked(self, step: Request) -> Answer:
        box = self._check_box(step["ticked"])
        if not box.has("checked"):
            raise StepFailed(f"“{step['ticked']}” is not ticked")
        return self._seen(box)

    def _check_box(self, label: str) -> Control:
        return labels.find(self._program, "check box", label, Role.CHECK_BOX)

    def _type(self, step: Request) -> Answer:
        if "into" in step:
            box = self._box_with(step["into"], step.get("over", ""))
            return self._done(box, lambda: box.write(step["type"]))
        terminal.of(self._program).type_line(step["type"])
        return {}

    def _box_with(self, label: str, text: str) -> Control:
        """Return a box in which a text stands already, or nothing: what a reader types there would come beside it."""
        box = labels.box(self._program, label)

        def look() -> None:
            there = box.content
            if not re.match(browser_pattern(text), there) if text else there:
                wanted = f"not “{text}”" if text else "which nothing is typed over"
                raise NotYet(f"in “{label}” stands “{there}”, {wanted}")

        until(look)
        return box

    def _keys(self, step: Request) -> Answer:
        self._takes_keys().press_keys(step["keys"])
        return {}

    def _takes_keys(self) -> Control:
        """Return where keys go: the terminal, or else the window in front."""

        def look() -> Control:
            there = self._program.windows()
            if not there:
                raise NotYet(f"{self._program.name} has no window")
            parts = (part for window in there for part in window.parts())
            return next((part for part in parts if part.role == Role.TERMINAL), there[0])

        return until(look)

    def _clear(self, step: Request) -> Answer:
        box = labels.box(self._program, step["clear"])
        if not box.content:
            raise StepFailed(f"“{step['clear']}” is empty already")
        return self._done(box, lambda: box.write(""))

    def _press(self, step: Request) -> Answer:
        path = step["press"].split(UNDER)
        if len(path) == 1:
            button = labels.button(self._program, path[0], step.get("beside"), self._pressed)
            # It may be gone afterwards.
            seen = self._seen(button)
            _click(button)
            self._memory.pressed = button.key
            return seen
        menu, *items = labels.menu_items(self._program, path)
        _click(menu)
        for item in items:
            # A click that comes too soon after the one that opened the menu belongs to that one.
            time.sleep(_MENU_IS_DEAF)
            _click(item)
        return {}

    def _sign(self, step: Request) -> Answer:
        self._program.toolkit.press_sign(self._program.name)
        return self._in_popup(step["sign"])

    def _window_menu(self, step: Request) -> Answer:
        _click(self._of_window(Role.WINDOW_MENU, self._program.windows()))
        return self._in_popup(step["window-menu"])

    def _close(self, step: Request) -> Answer:
        _click(self._of_window(Role.CROSS, [labels.window(self._program, step["close"])]))
        return {}

    def _of_window(self, role: Role, there: Sequence[Control]) -> Control:
        """Return the sign of this role in the title of the first of these windows that has it."""
        signs = [part for window in there for part in window.parts() if part.role == role]
        if not signs:
            raise StepFailed("no window has such a sign in its title")
        return signs[0]

    def _in_popup(self, path: str) -> Answer:
        """Go through a menu that has just come up."""
        seen: Answer = {}
        for label in path.split(UNDER):
            time.sleep(_MENU_IS_DEAF)
            try:
                item = labels.in_popup(self._program, label)
            except StepFailed:
                # It would be open for ever.
                self._takes_keys().press_keys("Esc")
                raise
            seen = self._seen(item)
            _click(item)
        return seen

    def _move(self, step: Request) -> Answer:
        def look() -> Callable[[], Box]:
            with contextlib.suppress(NotYet):
                return self._find_text(step["move"])[1]
            self._takes_keys().wander()
            return self._find_text(step["move"])[1]

        return self._taken(until(look, waiting.MOVES_WITHIN))

    def _see(self, step: Request) -> Answer:
        text, place = until(lambda: self._find_text(step["see"]), waiting.SEES_WITHIN)
        if self._picture:
            # A terminal was read by selecting all of it.
            self._program.toolkit.forget()
        return {"seen": text, **self._taken(place)}

    def _find_text(self, expected: str) -> tuple[str, Callable[[], Box]]:
        """Return a line of text that a window shows, and what tells where it is.

        Raises:
            NotYet: none shows it.
        """
        pattern = re.compile(browser_pattern(expected))
        lines = []
        for line, place in shown.lines(self._program):
            if pattern.match(line):
                return " ".join(line.split()), place
            lines.append(line)
        raise NotYet(f"no window shows “{expected}”{nearest(expected, lines)}")

    def _right_click(self, step: Request) -> Answer:
        terminal.click_right(self._program, step["right-click"])
        return {}

    def _copy(self, step: Request) -> Answer:
        copied, place = terminal.copy(self._program, step["copy"])
        return {"seen": copied, **self._taken(lambda: place)}

    def _copy_all(self, step: Request) -> Answer:
        expected = step["copy-all"]
        pattern = re.compile(browser_pattern(expected))

        def look() -> tuple[str, Control]:
            boxes = [part for window in self._program.windows() for part in window.parts() if part.role == Role.BOX]
            for box in boxes:
                if any(map(pattern.match, box.content.splitlines())):
                    return self._copied_from(box, pattern), box
            lines = [line for box in boxes for line in box.content.splitlines()]
            raise NotYet(f"no box shows “{expected}”{nearest(expected, lines)}")

        line, box = until(look, waiting.SEES_WITHIN)
        return {"seen": line, **self._seen(box)}

    def _copied_from(self, box: Control, pattern: re.Pattern[str]) -> str:
        """Copy all that stands in a box, and return the line of it that is looked for."""
        left, top, width, height = box.box
        self._program.toolkit.forget()
        box.drag((left + _EDGE, top + _EDGE), (left + width - _EDGE, top + height - _EDGE))
        box.press_keys("Ctrl+C")
        copied = self._program.toolkit.copied()
        for line in copied.splitlines():
            if pattern.match(line):
                return line
        raise NotYet(f"dragging over all of the box copies “{copied}”")

    def _double_click(self, step: Request) -> Answer:
        copied = terminal.double_click(self._program, step["double-click"], step["copies"])
        return {"seen": copied, **self._seen(terminal.of(self._program))}

    def _closes(self, step: Request) -> Answer:
        title = step["closes"]
        # It may be gone by now; but it was there.
        if title not in self._memory.met:
            raise StepFailed(f"no window was called “{title}”{nearest(title, sorted(self._memory.met))}")

        def gone() -> None:
            if title in shown.titles(self._program):
                raise NotYet(f"the window “{title}” is still open")

        until(gone, waiting.SEES_WITHIN)
        return {}

    def _done(self, control: Control, act: Callable[[], None]) -> Answer:
        before = camera.look(control.box) if self._picture else None
        act()
        return self._seen(control, before)

    def _seen(self, control: Control, before: bytes | None = None) -> Answer:
        return self._taken(lambda: control.box, before)

    def _taken(self, place: Callable[[], Box], before: bytes | None = None) -> Answer:
        """Return the picture, if one is wanted: of the window in front, with something in it outlined."""
        if not self._picture:
            return {}
        return {"picture": camera.take(lambda: self._program.windows()[0].box, place, before)}


_STEPS: dict[str, Callable[[Hand, Request], Answer]] = {
    "start": Hand._start,
    "select": Hand._select,
    "choose": Hand._choose,
    "tick": Hand._tick,
    "untick": Hand._untick,
    "ticked": Hand._ticked,
    "type": Hand._type,
    "keys": Hand._keys,
    "clear": Hand._clear,
    "press": Hand._press,
    "sign": Hand._sign,
    "window-menu": Hand._window_menu,
    "close": Hand._close,
    "move": Hand._move,
    "see": Hand._see,
    "copy": Hand._copy,
    "copy-all": Hand._copy_all,
    "double-click": Hand._double_click,
    "right-click": Hand._right_click,
    "closes": Hand._closes,
}


def _click(control: Control) -> None:
    """Click on something with the mouse.

    Asked over the bus to open a dialogue, a program may not answer there until the dialogue is closed.
    """
    boxes = [control.box]

    def look() -> None:
        # A window that has just opened may still move, and the mouse would miss.
        time.sleep(waiting.GLANCE)
        boxes.append(control.box)
        if boxes[-1] != boxes[-2] or not control.has("showing") or not control.has("sensitive"):
            raise NotYet(f"“{control.name}” cannot be pressed")

    until(look)
    control.click()
