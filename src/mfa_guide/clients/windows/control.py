"""What a hand needs to know of windows, whoever has made them: controls that tell what they are, and take input."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

Box = tuple[int, int, int, int]
"""Left, top, width and height on the screen, in pixels."""
Point = tuple[int, int]
"""How far from the left and from the top of the screen, in pixels."""


class Role(Enum):
    """The kinds of controls."""

    WINDOW = auto()
    LABEL = auto()
    BUTTON = auto()
    CHECK_BOX = auto()
    RADIO_BUTTON = auto()
    BOX = auto()
    """Where one types."""
    DROP_DOWN = auto()
    """Where one chooses, and perhaps types, too."""
    ITEM = auto()
    """Of a list, a table or a tree; a tab."""
    MENU = auto()
    MENU_ITEM = auto()
    WINDOW_MENU = auto()
    """The sign at the left of a window's title."""
    CROSS = auto()
    """The sign at the right of a window's title."""
    SILENT_LIST = auto()
    """A list that does not tell what is in it."""
    TERMINAL = auto()
    OTHER = auto()


def middle(area: Box) -> Point:
    """Return the point in the middle of something."""
    left, top, width, height = area
    return left + width // 2, top + height // 2


class Control(Protocol):
    """A window, or a part of one: a label, a box, a button.

    Everything may raise `Gone`: its window has closed meanwhile.
    """

    @property
    def key(self) -> Hashable:
        """What makes it different from all others."""

    @property
    def role(self) -> Role:
        """What kind of control it is."""

    @property
    def name(self) -> str:
        """Its label, as a reader sees it."""

    @property
    def content(self) -> str:
        """The text that stands in it: what was typed into a box, the words of a label."""

    @property
    def box(self) -> Box:
        """Where it is."""

    @property
    def above(self) -> Hashable | None:
        """The key of the item below which it is in its tree."""

    def has(self, state: str) -> bool:
        """Tell whether it is `showing`, `sensitive`, `checked`, `expandable`, `expanded`."""

    def parts(self, *, hidden: bool = False) -> Sequence[Control]:
        """Return it and everything in it that shows, in order.

        Args:
            hidden: also what does not show, such as the items of a closed menu.
        """

    def act(self) -> None:
        """Do what is done to it: tick a box, choose an option, unfold an item."""

    def write(self, text: str) -> None:
        """Write into it, in place of what is there.

        Raises:
            StepFailed: something else stands there afterwards.
        """

    def pick(self) -> None:
        """Make it the one that is picked in its table, tree or list of tabs."""

    def pick_named(self, name: str) -> None:
        """Pick an item of it that it does not tell, by its name."""

    def click(self) -> None:
        """Click on it with the mouse."""

    def click_right_at(self, point: Point) -> None:
        """Click on a point in it with the right button of the mouse."""

    def double_click_at(self, point: Point) -> None:
        """Click twice on a point in it."""

    def drag(self, start: Point, end: Point) -> None:
        """Move the mouse from one point in it to another with the button held down."""

    def wander(self) -> None:
        """Move the mouse over it for a while, here and there."""

    def type_line(self, text: str) -> None:
        """Type into it, and press Enter."""

    def press_keys(self, keys: str) -> None:
        """Press keys together while it has the keyboard, for instance `Ctrl+C`."""


class Toolkit(Protocol):
    """A desktop with windows of one make."""

    def windows(self, program: str) -> Sequence[Control]:
        """Return the windows that a program shows, the newest first."""

    def start(self, program: str) -> tuple[Control | None, Mapping[str, str]]:
        """Start a program.

        Returns:
            The window that it opens, if it is one that does, and the variables by which programs that are started from
            now on find it.

        Raises:
            StepFailed: there is no such program, or it opens no window.
        """

    def press_sign(self, program: str) -> None:
        """Click with the right mouse button on the sign of a program beside the clock.

        Raises:
            StepFailed: it has none.
        """

    def forget(self) -> None:
        """Let nothing be selected or copied: what was so before must not be taken for what is."""

    def put_back(self, text: str) -> None:
        """Let what was copied before somebody looked be what is pasted, where looking changes that."""

    def copied(self) -> str:
        """Return what has just been selected, and so copied; empty when nothing was."""


@dataclass(frozen=True)
class Program:
    """A program whose windows are meant, called as one types it to start it."""

    toolkit: Toolkit
    name: str

    def windows(self) -> Sequence[Control]:
        """Return the windows that it shows, the newest first."""
        return self.toolkit.windows(self.name)
