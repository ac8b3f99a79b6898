"""helper.exe answers every request with one line, also one that it does not understand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.child import Child
from mfa_guide.clients.windows.waiting import StepFailed
from mfa_guide.clients.wine import ours
from mfa_guide.clients.wine.helper import Helper

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.kinds.walkthrough.walker import WineDesktop

pytestmark = [pytest.mark.windows, pytest.mark.xdist_group("windows")]


@pytest.fixture(scope="module")
def helper(desktop: WineDesktop) -> Iterator[Helper]:
    process = Child(desktop.argv(["wine", str(ours.helper())]), "helper.exe")
    assert process.line(60) == "{}\n"
    yield Helper(process)
    assert process.end() == 0


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
