"""What other versions show, on a page without JavaScript: the guide's words, and below them, folded, all others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup, Tag
from pymdownx.superfences import SuperFencesException

from mfa_guide.checking.evidence import collect, write_evidence
from mfa_guide.checking.fingerprint import fingerprint
from mfa_guide.checking.result import Result
from mfa_guide.clients.versions import Client
from mfa_guide.kinds.kind import Done
from mfa_guide.kinds.transcript import by_version
from tests.support.guides import write_guide
from tests.support.html import one
from tests.website.test_fences import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    from mfa_guide.checking.result import Outcome
    from mfa_guide.guide.page import Page

PAGE = '# Page\n\n``` transcript\n--8<-- "a.txt"\n```\n'
TEXT = """\
$ ssh-keygen
Made <a> folder.
Enter passphrase: «sesame»
Done.
"""
VERSIONS = """\
- for: OpenSSH >=10.0
  instead of: "Enter passphrase: «sesame»"
  shows: "Enter passphrase for \\"id\\": «sesame»"
- for: OpenSSH >=10.0,<10.6
  instead of: Done.
  shows: ""
- for: OpenSSH >=10.6
  after: Made <a> folder.
  shows: |
    One more.
    And another.
"""
HEADER = 'page="page.md" snippet="a.txt"'


@pytest.fixture
def page(tmp_path: Path) -> Page:
    """A page with one transcript, of which other versions show other lines."""
    return write_guide(tmp_path, PAGE, a=TEXT, **{"a_versions.yml": VERSIONS})


def check(page: Page, suite: str, version: str, day: int, outcome: Outcome = "holds") -> None:
    """Leave the evidence of a check of the page with a suite."""
    (instruction,) = page.instructions
    snippet = page.snippet(instruction)
    differences = by_version.read_differences(snippet)
    met = [n for n, each in enumerate(differences, 1) if each.requirement.met_by({"OpenSSH": version})]
    when = datetime(2026, 11, day, tzinfo=UTC)
    client = Client("OpenSSH", version)
    result = Result(instruction, outcome, when, client=client, done=Done(met=tuple(met)))
    write_evidence(collect(page, [result], fingerprint(page)), page.project, suite)


def text(tag: Tag) -> str:
    """Return the text of an element as it is read."""
    return " ".join(tag.get_text(" ").split())


def told(page: Page, where: str) -> list[str]:
    """Return what the fold says, to those who told no version (`without`) or one for which it is (`with`)."""
    return [
        text(part)
        for part in render(TEXT.rstrip("\n"), "transcript", HEADER, page.guide).select(f".other [data-{where}]")
    ]


def test_the_terminal_shows_the_guides_words_and_has_all_others(page: Page) -> None:
    shown = render(TEXT.rstrip("\n"), "transcript", HEADER, page.guide)
    others = [line.extract() for line in shown.select(".transcript [hidden]")]
    assert one(shown, ".transcript pre").get_text() == TEXT.replace("«sesame»", "sesame")
    assert [(line["data-with"], line.get_text()) for line in others] == [
        ("OpenSSH >=10.6", "One more.\n"),
        ("OpenSSH >=10.6", "And another.\n"),
        ("OpenSSH >=10.0", 'Enter passphrase for "id": sesame\n'),
    ]
    replaced = [(line["data-without"], line.get_text()) for line in shown.select(".transcript [data-without]")]
    assert replaced == [("OpenSSH >=10.0", "Enter passphrase: sesame\n"), ("OpenSSH <10.6,>=10.0", "Done.\n")]
    assert [button["data-copy"] for button in shown.select(".copy")] == ["ssh-keygen"]


def test_the_fold_tells_what_other_versions_show(page: Page) -> None:
    assert told(page, "without") == [
        'With OpenSSH 10.0 or later , instead of Enter passphrase: sesame you see: Enter passphrase for "id": sesame '
        "Not carried out in this copy of the guide.",
        "With OpenSSH 10.0 or later, before 10.6 , this line is missing: Done. "
        "Not carried out in this copy of the guide.",
        "With OpenSSH 10.6 or later , after Made <a> folder. these lines come: One more. And another. "
        "Not carried out in this copy of the guide.",
    ]
    fold = one(render(TEXT.rstrip("\n"), "transcript", HEADER, page.guide), ".transcript + details.others")
    assert one(fold, "summary").get_text() == "With other versions"
    assert not fold.has_attr("open")


def test_those_who_told_such_a_version_are_told_what_the_guides_shows(page: Page) -> None:
    check(page, "trixie", "10.0p2", 30)
    reference = "With OpenSSH 9.2, with which this page was written ,"
    assert told(page, "with") == [
        f'{reference} you see Enter passphrase: sesame instead of: Enter passphrase for "id": sesame '
        "What stands above now was seen with OpenSSH 10.0 on 30 November 2026.",
        f"{reference} you also see: Done. What stands above now was seen with OpenSSH 10.0 on 30 November 2026.",
        f"{reference} these lines are missing: One more. And another. "
        "What stands above now was not carried out in this copy of the guide.",
    ]
    hidden = render(TEXT.rstrip("\n"), "transcript", HEADER, page.guide).select(".other [data-with]")
    assert all(part.has_attr("hidden") for part in hidden)


def test_the_fold_says_with_which_versions_a_difference_was_seen_and_when(page: Page) -> None:
    check(page, "sid", "10.6p1", 29)
    check(page, "trixie", "10.0p2", 30)
    check(page, "bookworm", "9.2p1", 30)
    seen = [part.rpartition(" Seen")[2] for part in told(page, "without")]
    assert seen == [
        " with OpenSSH 10.0 and 10.6 on 30 November 2026.",
        " with OpenSSH 10.0 on 30 November 2026.",
        " with OpenSSH 10.6 on 29 November 2026.",
    ]


def test_what_failed_or_is_about_another_text_was_not_seen(page: Page) -> None:
    check(page, "trixie", "10.0p2", 30, "fails")
    assert [part for part in told(page, "without") if "Seen" in part] == []
    check(page, "trixie", "10.0p2", 30)
    assert len([part for part in told(page, "without") if "Seen" in part]) == 2
    file = by_version.file_of(page.snippet(page.instructions[0]))
    file.write_text(VERSIONS.replace("One more", "One less"))
    assert [part for part in told(page, "without") if "Seen" in part] == []


@pytest.mark.parametrize("language", ["transcript", "walkthrough"])
def test_a_block_for_some_versions_says_for_which(language: str) -> None:
    source = {"transcript": "$ true", "walkthrough": "window: browser\nsteps:\n  - press: Yes"}[language]
    shown = render(source, language, 'with="OpenSSH <10.3"')
    block = one(shown, "details.only")
    assert (block["data-only"], block.has_attr("open")) == ("OpenSSH <10.3", True)
    not_yours = one(block, "summary span[hidden]").extract()
    assert not_yours.get_text() == ": not with the version that you told"
    assert one(block, "summary").get_text() == "Only with OpenSSH before 10.3"
    assert block.select(f".{language}")
    assert not render(source, language).select("details")


def test_a_block_for_no_version_ends_the_build() -> None:
    with pytest.raises(SuperFencesException, match="`with`: write a client"):
        render("$ true", "transcript", 'with="OpenSSH 9"')


def test_a_page_is_complete_without_javascript(
    small_guide: Callable[..., Path], build: Callable[[Path], CompletedProcess[str]], tmp_path: Path
) -> None:
    fence = PAGE.removeprefix("# Page\n\n")
    folded = fence.replace("\n", "\n    ")
    page = f'{PAGE}\n??? question "More?"\n\n    {folded}\n'
    files = {"docs/index.md": page, "snippets/a.txt": TEXT, "snippets/a.versions.yml": VERSIONS}
    built = build(small_guide(files))
    assert built.returncode == 0, built.stderr
    soup = BeautifulSoup((tmp_path / "html" / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert len(soup.select("details.others")) == 2
    for hidden in soup.select(".md-content [hidden]"):
        hidden.decompose()
    content = one(soup, ".md-content").get_text()
    for words in ("Enter passphrase: sesame", 'Enter passphrase for "id": sesame', "Done.", "One more."):
        assert content.count(words) >= 2, words
