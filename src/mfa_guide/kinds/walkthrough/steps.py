"""Walkthroughs: what a reader does in a window, step by step, with the window's own labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from mfa_guide.base.reading import Unreadable, parse_yaml
from mfa_guide.expecting.failure import Failure

if TYPE_CHECKING:
    from mfa_guide.base.reading import Document, Place

LINK = "link"
"""What `open` says when it means the login link that the terminal shows."""
SAID = ("says", "picture", "real", "own")
"""What a step says to the reader: nothing of it is carried out."""
Program = Literal["putty", "puttygen", "pageant", "notepad", "filezilla", "ssh-askpass"]
PROGRAMS: dict[Program, str] = {
    "putty": "PuTTY",
    "puttygen": "PuTTYgen",
    "pageant": "Pageant",
    "notepad": "Notepad",
    "filezilla": "FileZilla",
    "ssh-askpass": "ssh-askpass",
}
"""The programs that can be walked through, as one types their names: what people call them."""


class Step(BaseModel):
    """One thing to do, or to see, in the window."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verb: ClassVar[str]

    line: int
    """Where the step begins in the snippet, counted from 1."""
    says: str | None = None
    """A further sentence for the reader; nothing is carried out."""
    picture: str | None = Field(default=None, min_length=1)
    """What a picture of the window shows at this step, for those who cannot see it; None when there is none."""
    real: str | None = Field(default=None, min_length=1)
    """What the reader does at the real service in its place; None where that is the same."""


class Open(Step):
    """Open an address, or the login link."""

    verb = "open"
    open: str = Field(min_length=1)


class Private(Step):
    """Open an address, or the login link, in a new private window; what follows is done there."""

    verb = "private"
    private: str = Field(min_length=1)


class Choose(Step):
    """Choose an option of a drop-down."""

    verb = "choose"
    choose: str = Field(min_length=1)
    within: str = Field(alias="in", min_length=1)
    """The accessible label of the drop-down."""


class Press(Step):
    """Press a button or follow a link."""

    verb = "press"
    press: str = Field(min_length=1)


class PressInWindow(Press):
    """Press a button, or go through a menu: `File > Quit`."""

    beside: str | None = Field(default=None, min_length=1)
    """The label of the box beside which the button is, where several are called so."""


class Sign(Step):
    """Press the program's sign beside the clock with the right mouse button, and then an item of its menu."""

    verb = "sign"
    sign: str = Field(min_length=1)


class WindowMenu(Step):
    """Press the sign at the left of the window's title, and then an item of its menu."""

    verb = "window-menu"
    item: str = Field(alias="window-menu", min_length=1)


class Close(Step):
    """Close a window with the cross in its title."""

    verb = "close"
    close: str = Field(min_length=1)
    """The title."""


class Move(Step):
    """Move the mouse over the window until a text is seen."""

    verb = "move"
    move: str = Field(min_length=1)
    """The text."""


class Upload(Step):
    """Choose a file of the reader's machine."""

    verb = "upload"
    upload: str = Field(min_length=1)
    """The file; `~` is the reader's home."""
    into: str = Field(min_length=1)
    """The accessible label of the field that takes it."""


class See(Step):
    """Text that must be visible: all the text of a heading, a paragraph, a list item; `…` and shapes may vary."""

    verb = "see"
    see: str = Field(min_length=1)


class Start(Step):
    """Start a program."""

    verb = "start"
    start: Program


class Select(Step):
    """Select an item of a tree, of a list, or a tab."""

    verb = "select"
    select: str = Field(min_length=1)
    """Its label; in a tree after those above it: `Connection > SSH > Auth`."""
    within: str | None = Field(default=None, alias="in", min_length=1)
    """The label above the list, when the window does not tell what is in it: there, the item's own name picks it."""


class Tick(Step):
    """Tick a box that is not ticked yet."""

    verb = "tick"
    tick: str = Field(min_length=1)


class Untick(Step):
    """Take the tick out of a box."""

    verb = "untick"
    untick: str = Field(min_length=1)


class Ticked(Step):
    """See that a box is ticked."""

    verb = "ticked"
    ticked: str = Field(min_length=1)


class Type(Step):
    """Type into a box that is empty; or without `into` in the window's terminal, and press Enter."""

    verb = "type"
    type: str = Field(min_length=1)
    into: str | None = Field(default=None, min_length=1)
    """The accessible label of the box."""
    over: str | None = Field(default=None, min_length=1)
    """What stands in the box already: the reader drags over it with the mouse, and types in place of it."""
    own: str | None = Field(default=None, min_length=1)
    """What readers have of their own, such as a passphrase: what is typed is only an example of it."""

    @model_validator(mode="after")
    def _over_in_a_box(self) -> Type:
        if self.over is not None and self.into is None:
            raise ValueError("what is typed `over` something is typed `into` a box")
        return self


class Keys(Step):
    """Press keys together, in the window's terminal or wherever the window has its keyboard."""

    verb = "keys"
    keys: Literal["Enter", "Ctrl+A", "Ctrl+C", "Ctrl+V"]


class Clear(Step):
    """Empty a box that has something in it."""

    verb = "clear"
    clear: str = Field(min_length=1)


class Copy(Step):
    """Drag over a text in the window's terminal, which copies it."""

    verb = "copy"
    text: str = Field(alias="copy", min_length=1)


class CopyAll(Step):
    """Drag over all of the text in a box, and press Ctrl+C."""

    verb = "copy-all"
    text: str = Field(alias="copy-all", min_length=1)
    """A line of what it copies; `…` and shapes may vary."""


class DoubleClick(Step):
    """Click twice on a text in the window's terminal, which copies a part of it."""

    verb = "double-click"
    text: str = Field(alias="double-click", min_length=1)
    copies: str = Field(min_length=1)
    """What it copies; `…` and shapes may vary."""


class RightClick(Step):
    """Click with the right mouse button on a text in the window's terminal: on Windows, that pastes."""

    verb = "right-click"
    text: str = Field(alias="right-click", min_length=1)


class Closes(Step):
    """See that a window closes by itself."""

    verb = "closes"
    closes: str = Field(min_length=1)
    """Its title."""


class Proof(BaseModel):
    """Something by which one knows that the steps had an effect: what is kept of it, or is not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    line: int
    """Where it begins in the snippet, counted from 1."""
    file: str | None = Field(default=None, pattern=r"^~/.")
    """The file in which it is kept; `~` is the reader's home."""
    registry: str | None = Field(default=None, pattern=r"^HK\w+\\.")
    """The key of Windows' registry in which it is kept; its values are lines, `HostName=login.hpc.kuleuven.be`."""
    has: str | None = Field(default=None, min_length=1)
    """A whole line that it has."""
    lacks: str | None = Field(default=None, min_length=1)
    """A text that no line of it has."""

    @property
    def place(self) -> str:
        """Where one looks."""
        return self.file or str(self.registry)

    @model_validator(mode="after")
    def _one_of_both(self) -> Proof:
        if (self.file is None) == (self.registry is None):
            raise ValueError("a proof looks into a `file`, or into a key of the `registry`")
        if (self.has is None) == (self.lacks is None):
            raise ValueError("a proof says what is there (`has`), or what is not (`lacks`)")
        return self


BrowserStep = Open | Private | Choose | Press | Upload | Tick | See
WindowStep = (
    Start
    | Select
    | Choose
    | Tick
    | Untick
    | Ticked
    | Type
    | Keys
    | Clear
    | PressInWindow
    | Sign
    | WindowMenu
    | Move
    | See
    | Copy
    | CopyAll
    | DoubleClick
    | RightClick
    | Close
    | Closes
)
AnyStep = BrowserStep | WindowStep

BROWSER = "browser"


class Walkthrough(BaseModel):
    """A whole snippet of this kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    window: Literal["browser"] | Program
    """The browser, or a program, called as one types it to start it."""
    steps: tuple[AnyStep, ...] = Field(min_length=1)
    proves: tuple[Proof, ...] = ()
    """Looked at after the last step."""


def parse_walkthrough(text: str) -> Walkthrough:
    """Read a walkthrough.

    Args:
        text: the content of the snippet, YAML.

    Raises:
        Failure: it is not YAML, or not of the form that a walkthrough has.
    """
    try:
        # BaseLoader leaves every value a text: the button called Yes is not a truth value.
        document = parse_yaml(text, loader=yaml.BaseLoader)
        content = document.content
        if not isinstance(content, dict) or not isinstance(content.get("steps"), list):
            raise Unreadable("a walkthrough has `window:` and a list of `steps:`", 1)
        window = content.get("window")
        if window not in (BROWSER, *PROGRAMS):
            message = f"`window` is one of {', '.join((BROWSER, *PROGRAMS))}, not “{window}”"
            raise Unreadable(message, document.line(("window",)))
        verbs = {step.verb: step for step in get_args(BrowserStep if window == BROWSER else WindowStep)}
        steps = [_step(document, at, said, verbs) for at, said in enumerate(content["steps"])]
        proofs = content.get("proves") or []
        if isinstance(proofs, list):
            proofs = [_with_line(document, ("proves", at), proof) for at, proof in enumerate(proofs)]
        return document.part(Walkthrough, {**content, "steps": steps, "proves": proofs})
    except Unreadable as error:
        raise Failure(error.message, error.line) from error


def _step(document: Document, at: int, said: object, verbs: dict[str, type[Step]]) -> Step:
    place = ("steps", at)
    named = [verb for verb in verbs if isinstance(said, dict) and verb in said]
    if len(named) != 1:
        raise Unreadable(f"a step has exactly one of: {', '.join(verbs)}", document.line(place))
    return document.part(verbs[named[0]], _with_line(document, place, said), place)


def _with_line(document: Document, place: Place, said: object) -> object:
    return {**said, "line": document.line(place)} if isinstance(said, dict) else said
