"""The catalogue of problems: every message is one that a program has shown, on its page and under its heading."""

from __future__ import annotations

import posixpath
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import GuideError
from mfa_guide.guide.page import SNIPPETS, links_in
from mfa_guide.kinds import open_guides
from mfa_guide.policy import versions
from mfa_guide.policy.naming import filled
from mfa_guide.problems import finding
from mfa_guide.problems.catalogue import (
    ANY,
    NOT_MET,
    OTHER_WORDS,
    SHORTEST,
    Chapter,
    Entry,
    Message,
    advice,
    chosen,
    entries,
    find,
    load,
    markdown,
    parse,
)
from tests.support import GUIDE, PROJECT

if TYPE_CHECKING:
    from mfa_guide.guide.page import Page

TODAY = GUIDE.edition.name
GUIDES = {guide.edition.name: guide for guide in open_guides(PROJECT)}
IN_EDITIONS = [
    pytest.param(edition, chapter, entry, id=f"{edition}: {entry.id}")
    for edition in GUIDES
    for chapter, entry in entries(edition)
]
MESSAGES = [
    pytest.param(edition, chapter, entry, message, id=f"{edition}: {entry.id}: {message.text}")
    for edition in GUIDES
    for chapter, entry in entries(edition)
    for message in entry.messages
    if message.carried_out
]


def shown_below(page: Page, id: str) -> str:
    """Return all that is carried out below an entry's heading, and before the next one's."""
    begin = next(line for line, other in page.problems if other == id)
    end = next((line for line, _ in page.problems if line > begin), 10**9)
    below = [instruction for instruction in page.instructions if begin < instruction.line < end]
    return "\n".join(page.snippet(instruction).read_text(encoding="utf-8") for instruction in below)


def is_shown(text: str, said: str) -> bool:
    """Whether one line of a text has what a message says."""
    parts = [re.escape(part) for part in said.split(ANY)]
    return re.search(".+?".join(parts), text) is not None


def counts_in(text: str, message: Message) -> bool:
    """Whether a text has a message, and beside it what it asks for, and not what makes something else of it."""
    beside, alone = ([is_shown(text, each) for each in said] for said in (message.beside, message.alone))
    return is_shown(text, message.text) and (not beside or any(beside)) and not any(alone)


@cache
def snippets() -> dict[str, str]:
    """Return the text of every snippet, by its path below snippets/."""
    folder = GUIDE.project / SNIPPETS
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def test_there_are_enough() -> None:
    for edition in GUIDES:
        assert (
            len({message for _, entry in entries(edition) for message in entry.messages if message.carried_out}) >= 30
        )


def test_every_policy_has_its_edition() -> None:
    assert sorted(GUIDES) == versions()


@pytest.mark.parametrize(
    ("edition", "chapter"),
    [
        pytest.param(edition, chapter, id=f"{edition}: {chapter.page}")
        for edition in GUIDES
        for chapter in load(edition)
    ],
)
def test_a_page_shows_its_chapter(edition: str, chapter: Chapter) -> None:
    assert [id for _, id in GUIDES[edition].page(chapter.page).problems] == [entry.id for entry in chapter.entries]


@pytest.mark.parametrize(("edition", "chapter", "entry", "message"), MESSAGES)
def test_a_message_is_one_that_a_program_has_shown(
    edition: str, chapter: Chapter, entry: Entry, message: Message
) -> None:
    text = shown_below(GUIDES[edition].page(chapter.page), entry.id)
    assert is_shown(text, message.text), f"src/mfa_guide/problems: {entry.id}: docs/{chapter.page} does not show it"
    for word in re.findall(r"\w\w+", message.text):
        changed = message.text.replace(word, f"{word}x", 1)
        assert not is_shown(text, changed), changed


ELSEWHERE = [
    pytest.param(entry, message, id=f"{entry.id}: {message.text}")
    for _, entry in entries(TODAY)
    for message in entry.messages
    if not message.carried_out
]


@pytest.mark.parametrize(("entry", "message"), ELSEWHERE)
def test_of_a_message_of_another_system_it_is_known_whether_it_is_carried_out(entry: Entry, message: Message) -> None:
    if message.shown:
        shown = snippets()[message.shown]
        assert is_shown(shown, message.text), f"{entry.id}: snippets/{message.shown} does not show it any more"
    else:
        showing = [name for name, text in snippets().items() if counts_in(text, message)]
        assert not showing, f"{entry.id}: say that it is carried out, with `shown:` and one of these"


CARRIED_OUT = [
    pytest.param(edition, chapter, entry, id=f"{edition}: {entry.id}")
    for edition in GUIDES
    for chapter, entry in entries(edition)
    if any(message.carried_out for message in entry.messages)
]


@pytest.mark.parametrize(("edition", "chapter", "entry"), CARRIED_OUT)
def test_after_the_message_the_cure_is_carried_out(edition: str, chapter: Chapter, entry: Entry) -> None:
    """Something is done below the heading after the message was first seen; all of it is checked with the page."""
    text = shown_below(GUIDES[edition].page(chapter.page), entry.id)
    own = [re.escape(message.text.split(ANY)[-1] or message.text.split(ANY)[-2]) for message in entry.messages]
    first = min((m.end() for message in own if (m := re.search(message, text))), default=0)
    assert re.search(r"^\$ |^  - (press|open|see): ", text[first:], re.MULTILINE)


@pytest.mark.parametrize(("edition", "chapter", "entry"), IN_EDITIONS)
def test_the_facts_that_an_entry_names_exist(edition: str, chapter: Chapter, entry: Entry) -> None:
    assert "{{" not in filled(markdown(entry), GUIDES[edition].policy), chapter.page


@pytest.mark.parametrize(("edition", "chapter", "entry"), IN_EDITIONS)
def test_an_entry_leads_to_pages_of_its_edition(edition: str, chapter: Chapter, entry: Entry) -> None:
    pages = [posixpath.normpath(f"fix/{link.target.partition('#')[0]}") for link in links_in(markdown(entry))]
    lost = [page for page in pages if page.endswith(".md") and not GUIDES[edition].has_page(page)]
    assert lost == [], chapter.page


@pytest.mark.parametrize("entry", [pytest.param(e, id=e.id) for _, e in entries(TODAY) if e.editions == (TODAY,)])
def test_what_only_one_edition_has_differs_from_the_others(entry: Entry) -> None:
    """An entry that says the same as that of another edition is one entry for both."""
    for other in versions():
        if other != TODAY and entry.id in [each.id for _, each in entries(other)]:
            assert markdown(find(entry.id, other)) != markdown(entry)


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
        ("do: D", "client: Putty, do: D", "there is no client Putty: choose of Terminal, PuTTY, "),
        ("id: a", "id: a, editions: ['1999']", "there is no edition 1999: choose of 2024, 2026"),
    ],
)
def test_a_file_that_is_wrong_is_named_in_one_line(before: str, after: str, says: str) -> None:
    assert parse("x", ENTRY).entries[0].heading == "`This went wrong`"
    with pytest.raises(GuideError) as error:
        parse("x", ENTRY.replace(before, after))
    assert str(error.value).startswith("problems/x.yml")
    assert says in str(error.value)


TWO = """\
title: T
entries:
  - {id: a, editions: ["2024"], messages: [This went wrong], means: Then, cures: [{do: D}]}
  - {id: b, messages: [This went worse], means: Always, cures: [{do: D}]}
  - {id: a, editions: ["2026"], messages: [This went wrong], means: Today, cures: [{do: D}]}
"""


def test_an_edition_has_its_own_entries_and_those_of_all() -> None:
    meanings = {e: [entry.means for entry in chosen([parse("x", TWO)], e)[0].entries] for e in versions()}
    assert meanings == {"2024": ["Then", "Always"], "2026": ["Always", "Today"]}


def test_two_entries_of_an_edition_with_one_id_are_named() -> None:
    for text in (TWO.replace(', editions: ["2026"]', ""), TWO.replace('["2026"]', '["2024", "2026"]')):
        with pytest.raises(GuideError, match="two entries of the catalogue have the id a in the edition 2024"):
            chosen([parse("x", text)], "2024")


def test_a_fact_that_does_not_exist_is_named() -> None:
    with pytest.raises(GuideError, match="no fact 'login_hots'"):
        filled("Use {{ facts.login_hots }}.", GUIDE.policy)


def test_only_what_was_not_carried_out_is_said_to_be_so() -> None:
    elsewhere = "{text: This went wrong, of: A}, {text: This went worse, of: B, shown: b.txt}"
    sourced = "{text: This went worst, source: the manual}"
    shown = markdown(parse("x", ENTRY.replace("wrong]", f"well, {elsewhere}, {sourced}]")).entries[0])
    cure, _, folded = shown.partition(f'\n\n??? words "{OTHER_WORDS}"\n\n')
    assert cure == "## `This went well` { #a }\n\nM\n\nD"
    assert folded.splitlines() == [
        "    - `This went wrong`{ .message } <span data-search-exclude>(A; not carried out)</span>",
        "    - `This went worse`{ .message } <span data-search-exclude>(B)</span>",
        "    - `This went worst`{ .message }"
        " <span data-search-exclude>(not carried out; the words are from the manual)</span>",
    ]


def test_what_stands_in_a_heading_and_was_not_carried_out_is_said_to_be_so() -> None:
    shown = markdown(parse("x", ENTRY.replace("[This went wrong]", "[{text: This went wrong, of: A}]")).entries[0])
    assert shown.startswith(f'## `This went wrong` {{ #a }}\n\nM\n\nD\n\n??? words "{NOT_MET}"\n')
    assert shown.endswith("    - `This went wrong`{ .message } <span data-search-exclude>(A; not carried out)</span>\n")


CURES = """[
    {when: Always., do: Wait.},
    {client: PuTTY, do: Press OK.},
    {client: Terminal, when: Here., do: Type it.},
    {client: Terminal, when: There., do: "Look.\\nType it."},
]"""


def test_cures_that_differ_from_client_to_client_are_tabs_on_the_page_and_a_list_elsewhere() -> None:
    entry = parse("x", ENTRY.replace("[{do: D}]", CURES)).entries[0]
    assert markdown(entry).partition("\n\nM\n\n")[2] == (
        "- **Always.**\n    Wait.\n\n"
        '=== "PuTTY"\n\n    Press OK.\n\n'
        '=== "Terminal"\n\n    - **Here.**\n        Type it.\n    - **There.**\n        Look.\n        Type it.\n'
    )
    assert advice(entry) == (
        "M\n\n- **Always.**\n    Wait.\n- **PuTTY.**\n    Press OK.\n"
        "- **Terminal: Here.**\n    Type it.\n- **Terminal: There.**\n    Look.\n    Type it."
    )


@pytest.mark.parametrize("edition", GUIDES)
def test_a_chapter_is_called_as_its_page_is(edition: str) -> None:
    """Its title is a heading of the list of all messages: it must not be that of another page."""
    told = {chapter.page: chapter.title for chapter in load(edition)}
    assert told == {name: GUIDES[edition].page(name).title for name in told}


def test_what_is_known_of_an_entry_is_what_stands_in_its_messages() -> None:
    (known,) = finding.index([(load(TODAY)[0], parse("x", ENTRY.replace("wrong", "… wrong")).entries[0])])["entries"]
    assert known["messages"] == [
        {
            "text": "This went … wrong",
            "parts": ["thiswent", "wrong"],
            "any_before": False,
            "any_after": False,
            "beside": [],
            "alone": [],
        }
    ]
    assert (known["hints"], known["called"], known["words"]) == ([], [], [["thi", "went", "wrong"]])
