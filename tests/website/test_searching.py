"""The search of the built website, in a real browser: what readers type leads to the page that answers it."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel, ConfigDict, Field

from mfa_guide.base.reading import read_yaml
from mfa_guide.problems import catalogue
from mfa_guide.website.searching import words
from tests.support import GUIDES
from tests.support.built import served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from subprocess import CompletedProcess

    from playwright.sync_api import Browser, Page, Route

    from tests.support.built import Guide

BOX = ".md-search__input"
FIRST = ".md-search-result__item:first-child"
DOCUMENTS = "**/search/documents.json"


class Search(BaseModel):
    """What somebody types, and what the first result has to be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    typed: str
    to: str | tuple[str, ...]
    of_2024: str | tuple[str, ...] | None = Field(None, alias="2024")

    def right(self, edition: str) -> set[str]:
        """Return the addresses that are right in an edition."""
        to = self.of_2024 if edition == "2024" and self.of_2024 is not None else self.to
        return {to} if isinstance(to, str) else set(to)


SEARCHES = read_yaml(Path(__file__).with_name("searches.yml"), "searches.yml", list[Search])

# Types each into the box, one after the other, and returns the addresses of what then comes first: those that are seen
# without opening anything, the page's before those of its sections.
TYPE = """async ([box, first, texts]) => {
    const input = document.querySelector(box);
    const meta = document.querySelector(".md-search-result__meta");
    const base = new URL(JSON.parse(document.getElementById("__config").textContent).base, location).href;
    const says = async (text, done) => {
        input.value = text;
        input.dispatchEvent(new KeyboardEvent("keyup"));
        while (!done(meta.textContent)) await new Promise((resolve) => setTimeout(resolve, 2));
    };
    let nothing;
    await says("", (said) => (nothing = said));
    const found = [];
    for (const text of texts) {
        await says("", (said) => said === nothing);
        await says(text, (said) => said !== nothing);
        const links = [...(document.querySelector(first)?.querySelectorAll(":scope > a") ?? [])];
        found.push(links.map(({ href }) => href.slice(base.length).replace(/[?][^#]*/, "")));
    }
    return found;
}"""


todays = pytest.mark.parametrize("edition", [0], indirect=True, ids=[GUIDES[0].edition.name])
"""What is the same in each edition is tried in today's."""


@pytest.fixture(params=[0, 1], ids=[each.edition.name for each in GUIDES])
def edition(request: pytest.FixtureRequest) -> int:
    """Which of the editions, today's first."""
    number: int = request.param
    return number


@pytest.fixture
def built(edition: int, guide: Guide, older: Guide) -> Guide:
    """The edition, built."""
    return (guide, older)[edition]


@pytest.fixture
def page(built: Guide, browser: Browser) -> Iterator[Page]:
    """A page of it whose search is open."""
    with served(built.html) as address:
        context = browser.new_context(base_url=address)
        page = context.new_page()
        page.goto("fix/copying/")
        page.locator(BOX).click()
        yield page
        context.close()


def not_led(page: Page, right: dict[str, set[str]]) -> list[tuple[str, set[str], list[str]]]:
    """Return what leads elsewhere of the things to type, each with where it should lead, and where it does."""
    found = page.evaluate(TYPE, [BOX, FIRST, list(right)])
    return [
        (typed, to, links)
        for (typed, to), links in zip(right.items(), found, strict=True)
        # Where a page is right, the first result is about it, whichever of its sections that shows.
        if not to & {link for link in links if "#" in link or link == links[0]}
    ]


def test_what_readers_type_leads_to_the_right_page(page: Page, edition: int) -> None:
    name = GUIDES[edition].edition.name
    assert len(SEARCHES) > 25
    assert not_led(page, {search.typed: search.right(name) for search in SEARCHES}) == []


def test_what_a_page_or_an_entry_says_it_answers_leads_there(page: Page, edition: int) -> None:
    right = defaultdict(set)
    for read in GUIDES[edition].pages():
        for asked in read.front_matter.asked:
            right[asked.casefold()].add(address_of(read.name))
    # People say the same when different things go wrong.
    for chapter, entry in catalogue.entries(GUIDES[edition].policy.version):
        for called in entry.called:
            right[called.casefold()].add(f"{address_of(chapter.page)}#{entry.id}")
    assert len(right) > 100
    assert not_led(page, right) == []


def address_of(name: str) -> str:
    """Return the address of a page, relative to the guide's, from its file."""
    return f"{name.removesuffix('.md')}/".removesuffix("index/")


def test_each_page_for_readers_says_what_it_answers(edition: int) -> None:
    of_catalogue = {chapter.page for chapter in catalogue.load(GUIDES[edition].policy.version)}
    silent = [
        read.name
        for read in GUIDES[edition].pages()
        if not (read.front_matter.asked or read.name.startswith("contribute/") or read.name in of_catalogue)
    ]
    assert silent == []


@todays
def test_the_question_that_was_found_is_shown_and_no_other(page: Page) -> None:
    page.locator(BOX).press_sequentially("abroad")
    questions = page.locator(f"{FIRST} .md-tag")
    questions.first.wait_for()
    assert questions.count() > 1
    assert [each.inner_text() for each in questions.all() if each.is_visible()] == ["abroad"]


@todays
def test_a_word_that_is_not_there_is_named_as_it_was_typed(page: Page) -> None:
    page.locator(BOX).press_sequentially("the wachtwoord of FileZilla unheardof")
    missing = page.locator(f"{FIRST} > a del")
    missing.filter(has_text="unheardof").wait_for()
    assert missing.all_inner_texts() == ["unheardof"]


@todays
def test_nothing_is_loaded_before_somebody_types(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload(wait_until="networkidle")
    assert any(url.endswith("/search/search_index.json") for url in asked)
    of_search = [url for url in asked if "/search" in url]
    sizes = [len(page.request.get(url).body()) for url in of_search]
    assert sum(sizes) < 12_000, dict(zip(of_search, sizes, strict=True))
    page.locator(BOX).click()
    assert not any(url.endswith("documents.json") for url in asked)
    with page.expect_request(DOCUMENTS):
        page.locator(BOX).press_sequentially("a")


@todays
def test_documents_that_did_not_come_are_asked_for_again(page: Page) -> None:
    def fail(route: Route) -> None:
        route.abort()

    page.context.route(DOCUMENTS, fail)
    with page.expect_event("requestfailed"):
        page.locator(BOX).press_sequentially("a")
    page.context.unroute(DOCUMENTS)
    page.locator(BOX).press_sequentially("broad")
    page.locator(FIRST).wait_for()


def documents(html: Path) -> list[dict[str, object]]:
    """Return what the search of a website has."""
    found: list[dict[str, object]] = json.loads((html / "search" / "documents.json").read_text(encoding="utf-8"))
    return found


def test_what_is_loaded_when_somebody_types_is_small(built: Guide) -> None:
    file = built.html / "search" / "documents.json"
    assert len(gzip.compress(file.read_bytes())) < 200_000


def test_what_a_terminal_shows_is_not_searched(
    small_guide: Callable[..., Path], build: Callable[[Path], CompletedProcess[str]], tmp_path: Path
) -> None:
    page = '# Hello\n\nBefore.\n\n``` transcript\n--8<-- "hello.txt"\n```\n\nAfter.\n'
    files = {"docs/index.md": page, "snippets/hello.txt": "$ echo hello\nhello\n"}
    built = build(small_guide(files))
    assert built.returncode == 0, built.stderr
    (only,) = documents(tmp_path / "html")
    assert "Before" in str(only["text"])
    assert "After" in str(only["text"])
    assert "echo" not in str(only["text"])
    assert "data-search" not in (tmp_path / "html" / "index.html").read_text(encoding="utf-8")


def test_a_guide_without_a_search_is_built(
    elsewhere: Path, build: Callable[[Path], CompletedProcess[str]], tmp_path: Path
) -> None:
    built = build(elsewhere)
    assert built.returncode == 0, built.stderr
    assert not (tmp_path / "html" / "search").exists()


def test_each_group_of_words_leads_somewhere(guide: Guide) -> None:
    said = json.dumps(documents(guide.html), ensure_ascii=False).lower()
    assert [group for group in words().same if not any(word in said for word in group)] == []


def test_a_word_that_says_little_stands_for_no_other() -> None:
    assert {word for group in words().same for word in group} & set(words().little) == set()


def test_an_entry_of_the_catalogue_has_what_people_call_it(guide: Guide) -> None:
    by_address = {each["location"]: str(each.get("tags")) for each in documents(guide.html)}
    assert "FileZilla hangs" in by_address["fix/filezilla/#filezilla-timeout"]
