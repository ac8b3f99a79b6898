"""What other versions show: differences from a snippet, which are needed, met, and about what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from mfa_guide.clients import suites, versions
from mfa_guide.clients.versions import Client
from mfa_guide.expecting.failure import Failure
from mfa_guide.gate.on_page import findings
from mfa_guide.kinds.transcript import by_version
from tests.support.guides import carried_out, write_guide
from tests.support.machines import LocalMachine

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_guide.checking.result import Result
    from mfa_guide.guide.page import Page

ONE = """\
``` transcript
--8<-- "a.txt"
```
"""
SNIPPET = "$ cat said\nfirst line\nsecond line\n"
OLD, NEW = {"OpenSSH": "9.2p1"}, {"OpenSSH": "10.6p1"}


def guide(folder: Path, differences: str, snippet: str = SNIPPET, page: str = ONE) -> Page:
    """Write a guide with one snippet, and what other versions show of it."""
    page_ = write_guide(folder, page, a=snippet)
    (folder / "snippets" / "a.versions.yml").write_text(differences)
    return page_


def shown(folder: Path, differences: str, known: dict[str, str], snippet: str = SNIPPET) -> str:
    page = guide(folder, differences, snippet)
    path = page.snippet_file("a.txt")
    return by_version.variant(path, snippet, known).text


def entry(for_: str = "OpenSSH >=10.0", **rest: str) -> dict[str, str]:
    return {"for": for_, **{name.replace("_", " "): text for name, text in rest.items()}}


def listed(*entries: dict[str, str]) -> str:
    return yaml.safe_dump([*entries], sort_keys=False)


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        (entry(instead_of="second line", shows="another"), "$ cat said\nfirst line\nanother\n"),
        (entry(instead_of="first line", shows=""), "$ cat said\nsecond line\n"),
        (entry(instead_of="first line\nsecond line", shows="one"), "$ cat said\none\n"),
        (entry(instead_of="first line", shows="one\ntwo"), "$ cat said\none\ntwo\nsecond line\n"),
        (entry(after="first line", shows="between"), "$ cat said\nfirst line\nbetween\nsecond line\n"),
        (entry(after="$ cat said", shows="before"), "$ cat said\nbefore\nfirst line\nsecond line\n"),
    ],
)
def test_lines_are_replaced_taken_away_and_added(tmp_path: Path, difference: dict[str, str], expected: str) -> None:
    assert shown(tmp_path, listed(difference), NEW) == expected
    assert shown(tmp_path, listed(difference), OLD) == SNIPPET


def test_every_occurrence_is_meant_also_right_behind_another(tmp_path: Path) -> None:
    snippet = "$ cat said\nagain\nagain\nother\nagain\n"
    difference = listed(entry(instead_of="again", shows="anew"))
    assert shown(tmp_path, difference, NEW, snippet) == "$ cat said\nanew\nanew\nother\nanew\n"


@pytest.mark.parametrize(
    ("differences", "line", "message"),
    [
        ("- for: OpenSSH >=10.0\n  instead of: third line\n  shows: x\n", 1, "the snippet has no line “third line”"),
        (
            listed(
                entry(instead_of="first line", shows="x"), entry("OpenSSH >=10.6", instead_of="first line", shows="y")
            ),
            4,
            "another difference, for the same version, is about “first line”, too",
        ),
        (listed(entry(instead_of="$ cat said", shows="$ cat seen")), 1, "the reader types the same with every version"),
        (listed(entry(after="second line", shows="$ true")), 1, "the reader types the same with every version"),
        (listed(entry(instead_of="second line", shows="Yes? «no»")), 1, "the reader types the same with every version"),
        (listed(entry("Telnet >=1", instead_of="first line", shows="x")), 1, "`for`: write a client"),
        (listed(entry(shows="x")), 1, "it has either `instead of` or `after`"),
        (listed(entry(instead_of="first line", after="first line", shows="x")), 1, "it has either"),
        (listed(entry(after="first line", shows="")), 1, "it has either"),
        ("- for: OpenSSH >=10.0\n  instead of: first line\n", 1, "`shows`: this is missing"),
        (
            "- for: OpenSSH >=10.0\n  instead: first line\n  shows: x\n",
            2,
            "`instead` is not known here: did you mean `instead of`",
        ),
        ("nothing", 1, "this is a list of"),
        ("[", 1, "this is not YAML"),
        ("\x07", 1, "the character U+0007"),
        ("", 1, "this is a list of"),
    ],
)
def test_what_is_wrong_with_a_list_is_told_with_its_place(
    tmp_path: Path, differences: str, line: int, message: str
) -> None:
    page = guide(tmp_path, differences)
    with pytest.raises(Failure) as raised:
        by_version.variant(page.snippet_file("a.txt"), SNIPPET, NEW)
    assert message in raised.value.message
    assert (raised.value.line, raised.value.file) == (line, tmp_path / "snippets" / "a.versions.yml")
    (found,) = findings(page)
    assert str(found).startswith(f"docs/page.md:1: snippets/a.versions.yml:{line}: ")
    assert message in str(found)


def test_two_versions_may_have_each_its_own(tmp_path: Path) -> None:
    differences = listed(
        entry("OpenSSH >=10.0,<10.3", instead_of="first line", shows="ten"),
        entry("OpenSSH >=10.3", instead_of="first line", shows="ten three"),
    )
    assert "\nten\n" in shown(tmp_path, differences, {"OpenSSH": "10.0p2"})
    assert "\nten three\n" in shown(tmp_path, differences, NEW)


def test_the_gate_wants_a_suite_for_each_and_transcripts_only(tmp_path: Path) -> None:
    page = guide(tmp_path, listed(entry("OpenSSH >=20", instead_of="first line", shows="x")))
    assert [str(finding) for finding in findings(page)] == [
        "docs/page.md:1: snippets/a.versions.yml:1: no suite has OpenSSH 20 or later: it is never met"
    ]
    page = write_guide(tmp_path, '``` python\n--8<-- "a.txt"\n```\n', a="print()\n")
    assert "only a transcript has other wordings for other versions" in str(findings(page)[0])


# -- carried out -------------------------------------------------------------------------------------------------------


@pytest.fixture
def openssh(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The version that the machine's OpenSSH tells: the last one of the list."""
    told = ["10.6p1"]
    monkeypatch.setitem(versions.LINUX.clients, "OpenSSH", lambda _machine: Client("OpenSSH", told[-1]))
    monkeypatch.setattr(versions, "openssh", lambda _machine: Client("OpenSSH", told[-1]))
    return told


def carry_out(page: Page, said: str, *, update: bool = False, beside: bool = False) -> list[Result]:
    home = page.project / "home"
    home.mkdir(exist_ok=True)
    (home / "said").write_text(said)
    # The names of the programs that take the places of others do not matter here: they are this machine's.
    suite = suites.Suite("sid") if beside else None
    results = carried_out(page, LocalMachine(home), updates=update, suite=suite)
    for path, text in (pair for result in results for pair in result.done.rewrites.items() if update):
        path.write_text(text)
    return results


def test_a_difference_that_is_seen_is_met(tmp_path: Path, openssh: list[str]) -> None:
    differences = listed(
        entry("OpenSSH <9", instead_of="first line", shows="x"), entry(instead_of="second line", shows="another")
    )
    page = guide(tmp_path, differences)
    (result,) = carry_out(page, "first line\nanother\n")
    assert (result.outcome, result.done.met) == ("holds", (2,))
    openssh.append("9.2p1")
    (result,) = carry_out(page, "first line\nsecond line\n")
    assert (result.outcome, result.done.met) == ("holds", ())


def test_a_difference_that_is_not_seen_fails_at_its_own_line(tmp_path: Path, openssh: list[str]) -> None:
    page = guide(tmp_path, "# comment\n" + listed(entry(instead_of="second line", shows="another")))
    (result,) = carry_out(page, "first line\nsecond line\n")
    assert result.failure
    assert (result.failure.line, result.failure.file) == (2, tmp_path / "snippets" / "a.versions.yml")
    assert result.failure.message == "expected “another”, saw “second line”"


def test_below_a_difference_the_lines_are_those_of_the_snippet(tmp_path: Path, openssh: list[str]) -> None:
    page = guide(tmp_path, listed(entry(instead_of="first line", shows="one\ntwo\nthree")))
    (result,) = carry_out(page, "one\ntwo\nthree\nfourth\n")
    assert result.failure
    assert (result.failure.line, result.failure.file) == (3, None)


def test_a_difference_that_is_not_needed_fails(tmp_path: Path, openssh: list[str]) -> None:
    page = guide(tmp_path, listed(entry(instead_of="first line", shows="first …")), snippet="$ cat said\nfirst line\n")
    (result,) = carry_out(page, "first line\n")
    assert result.failure
    assert result.failure.message == (
        "this difference is not needed: what the snippet shows holds with OpenSSH 10.6p1, too"
    )
    assert result.failure.file == tmp_path / "snippets" / "a.versions.yml"


# -- --update ----------------------------------------------------------------------------------------------------------


def beside(page: Page) -> list[dict[str, str]]:
    found: list[dict[str, str]] = yaml.safe_load((page.project / "snippets" / "a.versions.yml").read_text())
    return found


def test_update_writes_what_a_version_shows_beside_the_snippet(tmp_path: Path, openssh: list[str]) -> None:
    page = write_guide(tmp_path, ONE, a="$ cat said\nfirst\nsecond\nthird\nfourth\n")
    carry_out(page, "first\n2\nthird\nmore\nfourth\n", update=True, beside=True)
    assert page.snippet_file("a.txt").read_text() == "$ cat said\nfirst\nsecond\nthird\nfourth\n"
    assert beside(page) == [
        {"for": "OpenSSH >=10.6", "instead of": "second", "shows": "2"},
        {"for": "OpenSSH >=10.6", "after": "third", "shows": "more"},
    ]
    (result,) = carry_out(page, "first\n2\nthird\nmore\nfourth\n")
    assert (result.outcome, result.done.met) == ("holds", (1, 2))


def test_update_joins_what_versions_have_in_common(tmp_path: Path, openssh: list[str]) -> None:
    page = write_guide(tmp_path, ONE, a=SNIPPET)
    carry_out(page, "1\nsecond line\n", update=True, beside=True)
    openssh.append("10.0p2")
    carry_out(page, "1\n2\n", update=True, beside=True)
    openssh.append("8.4p1")
    carry_out(page, "0\nsecond line\n", update=True, beside=True)
    assert beside(page) == [
        {"for": "OpenSSH >=10.0", "instead of": "first line", "shows": "1"},
        {"for": "OpenSSH >=10.0", "instead of": "second line", "shows": "2"},
        {"for": "OpenSSH <=8.4", "instead of": "first line", "shows": "0"},
    ]
    openssh.append("10.6p1")
    carry_out(page, "1\nsecond line\n", update=True, beside=True)
    assert beside(page)[1] == {"for": "OpenSSH <10.6,>=10.0", "instead of": "second line", "shows": "2"}
    for version, said in (("8.4", "0\nsecond line\n"), ("10.0", "1\n2\n"), ("10.6", "1\nsecond line\n")):
        openssh.append(version)
        (result,) = carry_out(page, said)
        assert result.outcome == "holds", version


def test_update_ends_an_earlier_versions_words_where_a_later_one_has_its_own(
    tmp_path: Path, openssh: list[str]
) -> None:
    page = write_guide(tmp_path, ONE, a=SNIPPET)
    carry_out(page, "six\nsecond line\n", update=True, beside=True)
    openssh.append("10.0p2")
    carry_out(page, "ten\nsecond line\n", update=True, beside=True)
    assert [each["for"] for each in beside(page)] == ["OpenSSH >=10.6", "OpenSSH <10.6,>=10.0"]


# -- fences and pages for some versions --------------------------------------------------------------------------------

TWO = ONE.replace("transcript", 'transcript with="OpenSSH <10.3"') + ONE.replace('"a.txt"', '"b.txt"')


def test_a_fence_for_other_versions_is_not_carried_out_and_does_not_hold(tmp_path: Path, openssh: list[str]) -> None:
    page = write_guide(tmp_path, TWO, a="$ cat said\nx\n", b="$ cat said\ny\n")
    assert findings(page) == []
    first, second = carry_out(page, "y\n")
    assert (first.outcome, second.outcome) == ("not for this version", "holds")
    openssh.append("10.0p2")
    first, second = carry_out(page, "y\n")
    assert (first.outcome, second.outcome) == ("fails", "not reached")


def test_a_page_for_other_versions_is_not_carried_out(tmp_path: Path, openssh: list[str]) -> None:
    front = '---\npractice:\n  with:\n    "OpenSSH <10.3": "it is about those"\n---\n'
    page = write_guide(tmp_path, front + ONE, a="$ cat said\nx\n")
    assert [result.outcome for result in carry_out(page, "y\n")] == ["not for this version"]
    openssh.append("10.0p2")
    assert [result.outcome for result in carry_out(page, "y\n")] == ["fails"]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("OpenSSH >=20", "no suite has OpenSSH 20 or later: it is never carried out"),
        ("OpenSSH ten", "`with`: write a client"),
        ("", "`with`: write a client"),
    ],
)
def test_a_fence_that_no_suite_reaches_is_a_finding(tmp_path: Path, option: str, message: str) -> None:
    page = write_guide(tmp_path, ONE.replace("transcript", f'transcript with="{option}"'), a="$ true\n")
    assert [finding.message for finding in findings(page) if message in finding.message]


def test_what_waits_goes_on_with_every_version(tmp_path: Path) -> None:
    page = write_guide(
        tmp_path,
        ONE.replace("transcript", "transcript waits")
        + ONE.replace("a.txt", "b.txt").replace("transcript", 'transcript with="OpenSSH >=10.0"'),
        a="$ cat\n",
        b="x\n$ true\n",
    )
    assert any("`waits`, but no later transcript" in finding.message for finding in findings(page))
