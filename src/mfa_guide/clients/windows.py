"""The windows of the reader's machine: does the steps of walkthroughs in real programs, by their accessible labels.

Runs in that machine, with Debian's Python, and is spoken to in lines of JSON. It first makes the desktop and tells how
programs find it: `{"variables": {…}}`. A request is a step of a walkthrough with the program,
`{"window": "putty", "press": "Open"}`; with `"picture": true`, a picture of the window is made, too. The answer is
`{"seen": "…"}` with the text that `see` or `copy` found, `{}` for other steps, `picture` in it (PNG in base64), and
`variables` that programs started from now on must know; or `{"failed": "…", "shows": "…"}` with what the windows show.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from gi.repository import GLib

from mfa_guide.base.errors import CannotRunError
from mfa_guide.clients import camera, desktop, hands
from mfa_guide.clients.accessible import Control, Role, windows
from mfa_guide.expecting.nearest import UNDER, nearest
from mfa_guide.expecting.shapes import browser_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mfa_guide.clients.accessible import Box

_T = TypeVar("_T")
Request = dict[str, str]

TIMEOUT = 10.0
"""How long a step waits for the control that it needs, in seconds."""
SEES_WITHIN = 30.0
"""How long it may take until something is to be seen, in seconds: FileZilla gives up a login after 20."""
_STARTS_WITHIN = 30.0
"""How long a program may take to open its window, in seconds."""
_MENU_IS_DEAF = 0.6
"""How long a person takes at least from a menu to an item of it, in seconds: to GTK, half a second is one click."""
_GLANCE = 0.05
_BUTTONS = (Role.PUSH_BUTTON, Role.TOGGLE_BUTTON)
_BOXES = (Role.TEXT, Role.PASSWORD_TEXT, Role.SPIN_BUTTON, Role.COMBO_BOX)
_ITEMS = (Role.TABLE_CELL, Role.TREE_ITEM, Role.LIST_ITEM, Role.PAGE_TAB)
_MENUS = (Role.MENU, Role.MENU_ITEM, Role.CHECK_MENU_ITEM)
_TERMINAL = Role.DRAWING_AREA


class StepFailed(Exception):
    """The windows have not what the step needs; the message says what they have instead."""


class _NotYet(Exception):
    """What a step needs is not there; the message says what is there instead."""


def main() -> None:
    """Make the desktop, and answer requests from standard input until it ends."""
    try:
        with desktop.running() as variables:
            # The registry of the accessibility bus starts for the first one who asks.
            windows("")
            met: set[str] = set()
            _say(variables=variables)
            for request in sys.stdin:
                step: Request = json.loads(request)
                hand = _Hand(step.pop("window"), met, picture=bool(step.pop("picture", None)))
                try:
                    hand.meet()
                    _say(**_STEPS[next(iter(step))](hand, step))
                except (StepFailed, camera.NotDrawn, subprocess.SubprocessError) as error:
                    _say(failed=str(error), shows="\n".join(hand.lines()))
                except GLib.Error as error:
                    # A window has gone between the look and the act.
                    _say(failed=f"the window closes ({error.message})", shows="\n".join(hand.lines()))
    except FileNotFoundError as error:
        sys.exit(f"{error.filename} is not installed")
    except CannotRunError as error:
        sys.exit(str(error))


def _say(**answer: object) -> None:
    print(json.dumps(answer), flush=True)


class _Hand:
    """Does the steps.

    Args:
        program: the program whose windows are meant.
        met: the titles that windows had when a step began; this one's are added.
        picture: whether a picture is wanted.
    """

    def __init__(self, program: str, met: set[str], *, picture: bool) -> None:
        self._program = program
        self._met = met
        self._picture = picture

    def meet(self) -> None:
        """Take note of the windows that are there before the step."""
        self._met |= _await(lambda: set(self._titles()))

    # -- steps ---------------------------------------------------------------------------------------------------------

    def _start(self, step: Request) -> dict[str, object]:
        if step["start"] == "pageant":
            return _start_pageant()
        before = {window.node for window in windows(self._program)}
        if shutil.which(step["start"]) is None:
            raise StepFailed(f"no program is called {step['start']}")
        # It is nobody's child here, and ends with its last window, or with the screen.
        fork = ["setsid", "--fork", step["start"]]
        subprocess.run(fork, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=_STARTS_WITHIN)

        def opened() -> Control:
            new = [window for window in windows(self._program) if window.node not in before]
            if not new:
                raise _NotYet(f"{step['start']} opens no window")
            return new[0]

        return self._seen(_await(opened, _STARTS_WITHIN))

    def _select(self, step: Request) -> dict[str, object]:
        if "in" in step:
            around = self._list(step["in"])
            return self._done(around, lambda: hands.pick(around.box, step["select"]))
        path = step["select"].split(UNDER)
        item = self._find("item", path[0], _ITEMS) if len(path) == 1 else self._in_tree(path)
        return self._done(item, item.pick)

    def _choose(self, step: Request) -> dict[str, object]:
        after = self._after(step["in"])
        choices = [part for part in after if part.role == Role.RADIO_BUTTON]
        box = next((part for part in after if part.role == Role.COMBO_BOX), None)
        if not choices and box:
            choices = [part for part in box.parts(hidden=True) if part.role in (Role.MENU_ITEM, Role.LIST_ITEM)]
        names = [choice.name for choice in choices]
        if step["choose"] not in names:
            raise StepFailed(f"“{step['in']}” has no option “{step['choose']}”{nearest(step['choose'], names)}")
        choice = choices[names.index(step["choose"])]
        return self._done(box or choice, choice.act)

    def _tick(self, step: Request) -> dict[str, object]:
        return self._set(step["tick"], True)

    def _untick(self, step: Request) -> dict[str, object]:
        return self._set(step["untick"], False)

    def _set(self, label: str, wanted: bool) -> dict[str, object]:
        box = self._find("check box", label, (Role.CHECK_BOX,))
        if box.has("checked") == wanted:
            raise StepFailed(f"“{label}” is {'ticked' if wanted else 'not ticked'} already")
        return self._done(box, box.act)

    def _ticked(self, step: Request) -> dict[str, object]:
        box = self._find("check box", step["ticked"], (Role.CHECK_BOX,))
        if not box.has("checked"):
            raise StepFailed(f"“{step['ticked']}” is not ticked")
        return self._seen(box)

    def _type(self, step: Request) -> dict[str, object]:
        if "into" in step:
            box = self._box(step["into"])
            return self._done(box, lambda: box.write(step["type"]))
        hands.type_text(self._terminal().box, step["type"])
        return {}

    def _keys(self, step: Request) -> dict[str, object]:
        hands.press_keys(self._keyboard().box, step["keys"])
        return {}

    def _clear(self, step: Request) -> dict[str, object]:
        box = self._box(step["clear"])
        if not box.content:
            raise StepFailed(f"“{step['clear']}” is empty already")
        return self._done(box, lambda: box.write(""))

    def _press(self, step: Request) -> dict[str, object]:
        *menus, label = step["press"].split(UNDER)
        if not menus:
            button = self._find("button", label, _BUTTONS)
            # It may be gone afterwards.
            seen = self._seen(button)
            self._click(button)
            return seen
        menu = self._find("menu", menus[0], (Role.MENU,))
        path = [menu]
        for name in (*menus[1:], label):
            items = [item for item in menu.parts(hidden=True) if item.role in _MENUS]
            names = [item.name for item in items]
            if name not in names:
                raise StepFailed(f"no item of “{menu.name}” is called “{name}”{nearest(name, names[1:])}")
            menu = items[names.index(name)]
            path.append(menu)
        self._click(path[0])
        for item in path[1:]:
            # A click that comes too soon after the one that opened the menu belongs to that one.
            time.sleep(_MENU_IS_DEAF)
            self._click(item)
        return {}

    def _see(self, step: Request) -> dict[str, object]:
        pattern = re.compile(browser_pattern(step["see"]))

        def look() -> tuple[str, Callable[[], Box]]:
            lines = []
            for line, place in _lines(windows(self._program)):
                if pattern.match(line):
                    return " ".join(line.split()), place
                lines.append(line)
            raise _NotYet(f"no window shows “{step['see']}”{nearest(step['see'], lines)}")

        text, place = _await(look, SEES_WITHIN)
        if self._picture:
            # A terminal was read by selecting all of it.
            hands.forget()
        return {"seen": text, **self._taken(place)}

    def _copy(self, step: Request) -> dict[str, object]:
        terminal = self._terminal()

        def look() -> tuple[str, Box]:
            text, row, column = _in_terminal(terminal, step["copy"])
            copied = hands.select(terminal.box, (row, column), (row, column + len(text) - 1))
            if copied != text:
                raise _NotYet(f"dragging over “{text}” copies “{copied}”")
            return copied, hands.place(terminal.box, row, column, len(text))

        copied, place = _await(look)
        return {"seen": copied, **self._taken(lambda: place)}

    def _double_click(self, step: Request) -> dict[str, object]:
        terminal = self._terminal()

        def look() -> str:
            text, row, column = _in_terminal(terminal, step["double-click"])
            copied = hands.double_click(terminal.box, (row, column + len(text) // 2))
            if not re.match(browser_pattern(step["copies"]), copied):
                raise _NotYet(f"a double click on “{text}” copies “{copied}”")
            return copied

        return {"seen": _await(look), **self._seen(terminal)}

    def _closes(self, step: Request) -> dict[str, object]:
        title = step["closes"]
        # It may be gone by now; but it was there.
        if title not in self._met:
            raise StepFailed(f"no window was called “{title}”{nearest(title, sorted(self._met))}")

        def gone() -> None:
            if title in self._titles():
                raise _NotYet(f"the window “{title}” is still open")

        _await(gone, SEES_WITHIN)
        return {}

    # -- what they need ------------------------------------------------------------------------------------------------

    def _titles(self) -> list[str]:
        return [window.name for window in windows(self._program)]

    def _find(
        self, what: str, label: str, roles: Sequence[Any], suits: Callable[[Control], bool] = lambda _: True
    ) -> Control:
        """Return the one control with this label; the newest window that has it counts."""

        def look() -> Control:
            labels = []
            for window in windows(self._program):
                controls = [part for part in window.parts() if part.role in roles and suits(part)]
                found = [control for control in controls if control.name == label]
                if len(found) > 1:
                    raise StepFailed(f"more than one {what} is called “{label}”")
                if found:
                    return found[0]
                labels += [control.name for control in controls if control.name]
            raise _NotYet(f"no {what} is called “{label}”{nearest(label, labels)}")

        return _await(look)

    def _in_tree(self, path: list[str]) -> Control:
        """Return an item of a tree, with everything above it unfolded."""
        for depth in range(1, len(path) + 1):

            def look(wanted: str = UNDER.join(path[:depth])) -> Control:
                if item := self._tree().get(wanted):
                    return item
                raise _NotYet(f"no item is at “{wanted}”")

            try:
                item = _await(look)
            except StepFailed as error:
                raise StepFailed(f"{error}{nearest(UNDER.join(path), self._unfolded())}") from None
            if depth < len(path) and not item.has("expanded"):
                item.act()
        return item

    def _tree(self) -> dict[str, Control]:
        """Return the items of trees that are not folded away, each by its path."""
        found: dict[str, Control] = {}
        for window in windows(self._program):
            paths: dict[object, str] = {}
            for part in window.parts():
                if part.role in _ITEMS:
                    above = [paths[parent.node] for parent in part.related("node_child_of") if parent.node in paths]
                    paths[part.node] = UNDER.join([*above, part.name])
                    found.setdefault(paths[part.node], part)
        return found

    def _unfolded(self) -> list[str]:
        """Unfold all trees, and return the paths of their items."""
        while folded := [item for item in self._tree().values() if item.has("expandable") and not item.has("expanded")]:
            for item in folded:
                item.act()
        return [*self._tree()]

    def _after(self, label: str) -> list[Control]:
        """Return what stands behind a label, as far as the next one."""

        def look() -> list[Control]:
            labels = []
            for window in windows(self._program):
                parts = [*window.parts()]
                for at, part in enumerate(parts):
                    # A name that is being changed has no label: it is called by what is in its box.
                    called = part.role == Role.TEXT and not part.name and part.content == label
                    if called or (part.name == label and part.role in (*_BOXES, Role.LABEL)):
                        end = next((n for n in range(at + 1, len(parts)) if parts[n].role == Role.LABEL), len(parts))
                        return parts[at if part.role in _BOXES else at + 1 : end]
                labels += [part.name for part in parts if part.role == Role.LABEL and part.name]
            raise _NotYet(f"nothing is called “{label}”{nearest(label, labels)}")

        return _await(look)

    def _box(self, label: str) -> Control:
        boxes = [part for part in self._after(label) if part.role in _BOXES]
        if not boxes:
            raise StepFailed(f"nobody can type into “{label}”")
        return boxes[0]

    def _list(self, label: str) -> Control:
        """Return the list or tree below a label; what is in it is not told."""
        lists = [part for part in self._after(label) if part.role == Role.SCROLL_PANE]
        if not lists:
            raise StepFailed(f"no list is below “{label}”")
        return lists[0]

    def _click(self, control: Control) -> None:
        """Click on something with the mouse.

        Asked over the bus to open a dialogue, a program may not answer there until the dialogue is closed.
        """
        boxes = [control.box]

        def look() -> None:
            # A window that has just opened may still move, and the mouse would miss.
            time.sleep(_GLANCE)
            boxes.append(control.box)
            if boxes[-1] != boxes[-2] or not control.has("showing") or not control.has("sensitive"):
                raise _NotYet(f"“{control.name}” cannot be pressed")

        _await(look)
        hands.click(boxes[-1])

    def _keyboard(self) -> Control:
        """Return where keys go: the terminal, or else the window in front."""

        def look() -> Control:
            shown = windows(self._program)
            if not shown:
                raise _NotYet(f"{self._program} has no window")
            parts = (part for window in shown for part in window.parts())
            return next((part for part in parts if part.role == _TERMINAL), shown[0])

        return _await(look)

    def _terminal(self) -> Control:
        def look() -> Control:
            for window in windows(self._program):
                for part in window.parts():
                    if part.role == _TERMINAL:
                        return part
            raise _NotYet(f"no window of {self._program} has a terminal")

        return _await(look)

    def lines(self) -> list[str]:
        """Return all that the windows show."""
        with contextlib.suppress(GLib.Error):
            return [line for line, _ in _lines(windows(self._program))]
        return []

    def _done(self, control: Control, act: Callable[[], None]) -> dict[str, object]:
        before = camera.look(control.box) if self._picture else None
        act()
        return self._seen(control, before)

    def _seen(self, control: Control, before: bytes | None = None) -> dict[str, object]:
        return self._taken(lambda: control.box, before)

    def _taken(self, place: Callable[[], Box], before: bytes | None = None) -> dict[str, object]:
        """Return the picture, if one is wanted: of the window in front, with something in it outlined."""
        if not self._picture:
            return {}
        return {"picture": camera.take(lambda: windows(self._program)[0].box, place, before)}


_STEPS: dict[str, Callable[[_Hand, Request], dict[str, object]]] = {
    "start": _Hand._start,
    "select": _Hand._select,
    "choose": _Hand._choose,
    "tick": _Hand._tick,
    "untick": _Hand._untick,
    "ticked": _Hand._ticked,
    "type": _Hand._type,
    "keys": _Hand._keys,
    "clear": _Hand._clear,
    "press": _Hand._press,
    "see": _Hand._see,
    "copy": _Hand._copy,
    "double-click": _Hand._double_click,
    "closes": _Hand._closes,
}


def _start_pageant() -> dict[str, object]:
    """Start Pageant, and let other programs find it, as they do on Windows without being told."""
    # It goes on in the background, with what it says of errors.
    said = subprocess.run(
        ["pageant", "-X"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
        timeout=_STARTS_WITHIN,
    ).stdout
    variables = dict(re.findall(r"(SSH_\w+)=(\S+?);", said))
    os.environ |= variables
    return {"variables": variables}


def _await(look: Callable[[], _T], within: float | None = None) -> _T:
    """Look until it is there; `TIMEOUT` seconds at most when `within` does not say.

    Raises:
        StepFailed: it is still not there.
    """
    deadline = time.monotonic() + (TIMEOUT if within is None else within)
    while True:
        try:
            return look()
        except _NotYet as error:
            reason = str(error)
        except GLib.Error:
            # A window has gone while somebody looked at it.
            reason = "the window closes"
        if time.monotonic() > deadline:
            raise StepFailed(reason)
        time.sleep(_GLANCE)


def _lines(shown: Sequence[Control]) -> Iterator[tuple[str, Callable[[], Box]]]:
    """Yield every line of text in windows, with what tells where it is."""
    for window in shown:
        for part in window.parts():
            if part.role != _TERMINAL:
                yield from ((line, partial(_box, part)) for line in part.content.splitlines() if line.strip())
            # Of terminals the mouse reaches only the one in front.
            elif window == shown[0]:
                for row, line in _screen(part):
                    if line.strip():
                        yield line, partial(hands.place, part.box, row, 0, len(line))


def _box(control: Control) -> Box:
    return control.box


def _screen(terminal: Control) -> Iterator[tuple[int, str]]:
    """Yield the lines of a terminal, which are not told: they are selected, and so copied; each with its row."""
    row = 0
    for line in hands.select(terminal.box, (0, 0), (hands.ROWS - 1, hands.COLUMNS - 1)).splitlines():
        yield row, line
        # What was wrapped is copied as one line.
        row += max(1, -(-len(line) // hands.COLUMNS))


def _in_terminal(terminal: Control, text: str) -> tuple[str, int, int]:
    """Return a text as it stands in a terminal, with its row and column."""
    pattern = re.compile(browser_pattern(text).removeprefix(r"^\s*").removesuffix(r"\s*$"))
    lines = [*_screen(terminal)]
    for row, line in lines:
        if match := pattern.search(line):
            return match[0], row, match.start()
    raise _NotYet(f"the terminal does not show “{text}”{nearest(text, [line for _, line in lines])}")
