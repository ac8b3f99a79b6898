"""Diagrams: the drawing and the words say the same."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from mfa_guide.base.errors import GuideError
from mfa_guide.drawing.sequences import Heading, Message, parse, render
from tests.support.html import attribute, one

SOURCE = """
== The key ==
Your terminal -> Login node: offers the key <b>
Login node -> Login node: holds the answer

== The browser ==
Login node -> Your terminal: lets you in
"""


def test_parse_reads_messages_and_headings() -> None:
    assert parse(SOURCE) == [
        Heading("The key"),
        Message("Your terminal", "Login node", "offers the key <b>"),
        Message("Login node", "Login node", "holds the answer"),
        Heading("The browser"),
        Message("Login node", "Your terminal", "lets you in"),
    ]


def test_parse_refuses_anything_else_and_quotes_it() -> None:
    with pytest.raises(GuideError, match="'Reader => Laptop: x'"):
        parse("Reader => Laptop: x")


def test_words_number_the_messages_through_all_headings() -> None:
    words = one(BeautifulSoup(render(parse(SOURCE), "A login"), "html.parser"), ".sequence__words")
    assert [list_.get("start") for list_ in words.select("ol")] == ["1", "3"]
    assert [item.get_text() for item in words.select("li")] == [
        "Your terminal → Login node: offers the key <b>",
        "Login node: holds the answer",
        "Login node → Your terminal: lets you in",
    ]


def test_drawing_has_a_title_and_describes_every_message() -> None:
    drawing = one(BeautifulSoup(render(parse(SOURCE), "A login"), "html.parser"), "svg")
    assert drawing["role"] == "img"
    assert one(drawing, "title").get_text() == "A login"
    for message in parse(SOURCE):
        if isinstance(message, Message):
            assert message.text in one(drawing, "desc").get_text()
    assert [dot.get_text() for dot in drawing.select(".sequence__number")] == ["1", "2", "3"]


def test_drawing_keeps_everything_inside_its_frame() -> None:
    drawing = one(BeautifulSoup(render(parse("A -> B: " + "long words " * 12), "t"), "html.parser"), "svg")
    _, _, width, height = map(float, attribute(drawing, "viewbox").split())
    for element in drawing.select("[x], [y]"):
        assert 0 <= float(str(element.get("x", "0"))) <= width
        assert 0 <= float(str(element.get("y", "0"))) <= height
