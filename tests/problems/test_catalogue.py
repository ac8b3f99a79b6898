"""The catalogue of problems: every message is one that a program has shown, on its page and under its heading."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import GuideError
from mfa_guide.guide.page import SNIPPETS
from mfa_guide.policy.naming import filled
from mfa_guide.problems import finding
from mfa_guide.problems.catalogue import (
    ANY,
    SHORTEST,
    Chapter,
    Entry,
    Message,
    entries,
    load,
    markdown,
    parse,
)
from tests.support import GUIDE, POLICY

if TYPE_CHECKING:
    from mfa_guide.guide.page import Page

PAGES = {chapter.page: GUIDE.page(chapter.page) for chapter in load()}
MESSAGES = [
    pytest.param(chapter, entry, message, id=f"{entry.id}: {message.text}")
    for chapter, entry in entries()
    for message in entry.messages
    if not message.of
]


def shown_below(page: Page, id: str) -> str:
    """Return all that is carried out below an entry's heading, and before the next one's."""
    begin = next(line for line, other in page.problems if other == id)
    end = next((line for line, _ in page.problems if line > begin), 10**9)
    below = [instruction for instruction in page.instructions if begin < instruction.line < end]
    return "\n".join(page.snippet(instruction).read_text(encoding="utf-8") for instruction in below)


def is_shown(text: str, message: Message) -> bool:
    """Whether one line of a text has a message."""
    parts = [re.escape(part) for part in message.text.split(ANY)]
    return re.search(".+?".join(parts), text) is not None


def test_there_are_enough() -> None:
    assert len({message for _, entry in entries() for message in entry.messages if not message.of}) >= 30


@pytest.mark.parametrize("chapter", load(), ids=lambda chapter: chapter.page)
def test_a_page_shows_its_chapter(chapter: Chapter) -> None:
    assert [id for _, id in PAGES[chapter.page].problems] == [entry.id for entry in chapter.entries]


@pytest.mark.parametrize(("chapter", "entry", "message"), MESSAGES)
def test_a_message_is_one_that_a_program_has_shown(chapter: Chapter, entry: Entry, message: Message) -> None:
    text = shown_below(PAGES[chapter.page], entry.id)
    assert is_shown(text, message), f"src/mfa_guide/problems: {entry.id}: docs/{chapter.page} does not show it"
    for word in re.findall(r"\w\w+", message.text):
        changed = Message(text=message.text.replace(word, f"{word}x", 1))
        assert not is_shown(text, changed), changed


ELSEWHERE = [
    pytest.param(entry, message, id=f"{entry.id}: {message.text}")
    for _, entry in entries()
    for message in entry.messages
    if message.of
]


@pytest.mark.parametrize(("entry", "message"), ELSEWHERE)
def test_of_a_message_of_another_system_it_is_known_whether_it_is_carried_out(entry: Entry, message: Message) -> None:
    folder = GUIDE.project / SNIPPETS
    files = [path for path in folder.rglob("*") if path.is_file()]
    showing = {
        path.relative_to(folder).as_posix() for path in files if is_shown(path.read_text(encoding="utf-8"), message)
    }
    if message.shown:
        assert message.shown in showing, f"{entry.id}: snippets/{message.shown} does not show it any more"
    else:
        assert not showing, f"{entry.id}: say that it is carried out, with `shown:` and one of these"


@pytest.mark.parametrize(("chapter", "entry"), [pytest.param(*each, id=each[1].id) for each in entries()])
def test_after_the_message_the_cure_is_carried_out(chapter: Chapter, entry: Entry) -> None:
    """Something is done below the heading after the message was first seen; all of it is checked with the page."""
    text = shown_below(PAGES[chapter.page], entry.id)
    own = [re.escape(message.text.split(ANY)[-1] or message.text.split(ANY)[-2]) for message in entry.messages]
    first = min((m.end() for message in own if (m := re.search(message, text))), default=0)
    assert re.search(r"^\$ |^  - (press|open|see): ", text[first:], re.MULTILINE)


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry.id) for _, entry in entries()])
def test_the_facts_that_an_entry_names_exist(entry: Entry) -> None:
    assert "{{" not in filled(markdown(entry), POLICY)


ENTRY = "title: T\nentries:\n  - {id: a, messages: [This went wrong], means: M, cures: [{do: D}]}\n"


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("title: T", "title: [", "this is not YAML"),
        ("means: M", "moans: M", "3: `means`: this is missing"),
        ("id: a", "id: A b", "3: `id`: string should match"),
        ("This went wrong", "Wrong …", f"a message has at least {SHORTEST} characters"),
        ("messages: [This went wrong], ", "", "what has no message has a title"),
        ("[{do: D}]", "[]", "3: `cures`: "),
        ("[This went wrong]", "[{text: This went wrong, shown: a.txt}]", "says `of` what it is"),
    ],
)
def test_a_file_that_is_wrong_is_named_in_one_line(before: str, after: str, says: str) -> None:
    assert parse("x", ENTRY).entries[0].heading == "`This went wrong`"
    with pytest.raises(GuideError) as error:
        parse("x", ENTRY.replace(before, after))
    assert str(error.value).startswith("problems/x.yml")
    assert says in str(error.value)


def test_a_fact_that_does_not_exist_is_named() -> None:
    with pytest.raises(GuideError, match="no fact 'login_hots'"):
        filled("Use {{ facts.login_hots }}.", POLICY)


def test_only_what_was_not_carried_out_is_said_to_be_so() -> None:
    elsewhere = "[{text: This went wrong, of: A}, {text: This went worse, of: B, shown: b.txt}]"
    shown = markdown(parse("x", ENTRY.replace("[This went wrong]", elsewhere)).entries[0])
    assert "A says `This went wrong`{ .message }; this was not carried out.\n" in shown
    assert "B says `This went worse`{ .message }.\n" in shown


def test_what_is_known_of_an_entry_is_what_stands_in_its_messages() -> None:
    (known,) = finding.index(iter([(load()[0], parse("x", ENTRY.replace("wrong", "… wrong")).entries[0])]))
    assert known["messages"] == [{"text": "This went … wrong", "parts": ["thiswent", "wrong"]}]
    assert (known["hints"], known["words"]) == ([], [["this", "went", "wrong"]])
