"""helper.exe answers every request with one line, also one that it does not understand."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.child import Child
from mfa_guide.clients.windows.waiting import StepFailed
from mfa_guide.clients.wine import ours
from mfa_guide.clients.wine.helper import Helper
from mfa_guide.clients.wine.told import Eyes
from tests.support.windows import do

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.kinds.walkthrough.walker import WineDesktop

pytestmark = [pytest.mark.windows, pytest.mark.xdist_group("windows")]


@contextlib.contextmanager
def running(desktop: WineDesktop) -> Iterator[Helper]:
    process = Child(desktop.argv(["wine", str(ours.helper())]), "helper.exe")
    assert process.line(60) == "{}\n"
    yield Helper(process)
    assert process.end() == 0


@pytest.fixture(scope="module")
def helper(desktop: WineDesktop) -> Iterator[Helper]:
    with running(desktop) as helper:
        yield helper


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (["dance"], "no request is called dance"),
        (["clipboard", "now"], "not so many arguments: clipboard"),
        (["keys", "Ctrl+Hyper"], "no key is called Hyper"),
        (["keys", "A+C"], "no key is called C"),
        (["keys", "Ctrl"], "no key is pressed"),
        (["front", "12345678"], "the window does not come to the front"),
        (["start", "putty2", ""], "no program is called putty2"),
        (["wander", 0, 0, 0, 5, 1], "there is no room to move the mouse in"),
        (["copy", "a" * 70_000], "not UTF-8, or too long"),
        (["a"] * 9, "no request is called a"),
    ],
)
def test_what_cannot_be_done_is_told_and_ends_nothing(helper: Helper, request_: list[str | int], says: str) -> None:
    word, *arguments = request_
    with pytest.raises(StepFailed, match=says):
        helper.ask(str(word), *arguments)
    assert helper.ask("windows", "nobody.exe") == {"windows": []}


def test_every_character_of_a_text_arrives(helper: Helper) -> None:
    text = 'tab\there, back\\slash, "quotes", new\nline, ü, …, 😀'
    helper.ask("copy", text)
    assert helper.ask("clipboard")["text"] == text
    helper.ask("copy", "")
    assert helper.ask("clipboard")["text"] == ""


def test_keys_arrive_with_those_that_are_held_although_the_mouse_moves(helper: Helper, desktop: WineDesktop) -> None:
    """What the screen tells of a move releases Shift and Ctrl. It was once told in the middle of a stroke."""
    capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    do(desktop, "- start: notepad", window="notepad")
    helper.ask("type", "to be replaced")
    window = Eyes(helper, "notepad").windows()[0]
    with running(desktop) as other, ThreadPoolExecutor() as pool:
        moving = pool.submit(other.ask, "wander", *window.box, 250)
        for keys in ("Ctrl+A", "Delete"):
            helper.ask("keys", keys)
        helper.ask("type", capitals)
        assert not moving.done()
        moving.result()
    contents = "\n".join(part.content for part in window.parts())
    assert capitals in contents, contents
    do(desktop, "- press: File > Exit", "- press: 'No'", window="notepad")
