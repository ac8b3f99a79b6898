"""The corpus: each message that somebody met is answered as the corpus says, and a file that is wrong is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import GuideError
from tests.support import corpus, corpus_report
from tests.support.corpus import Verdict

if TYPE_CHECKING:
    from pathlib import Path

EMPTY = "The agent has no identities."


def written(folder: Path, *cases: str) -> Path:
    """Return a file with cases, each what comes after its id; the ids are a, b, c …"""
    file = folder / "some.yml"
    file.write_text("".join(f"- {{id: {name}, {case}}}\n" for name, case in zip("abc", cases, strict=False)))
    return file


def judged(folder: Path, case: str) -> list[corpus.Judged]:
    """Return how each edition that is asked answers a case."""
    return corpus.judge(corpus.read([written(folder, f"from: here, {case}")]))


@pytest.mark.parametrize(("name", "cases"), corpus.whole().items(), ids=list(corpus.whole()))
def test_what_people_met_is_answered(name: str, cases: list[corpus.Case]) -> None:
    assert [str(each) for each in corpus.judge({name: cases}) if not each.holds] == []


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("paste: x, right: []", "`from`: this is missing"),
        ("paste: x, from: here", "`right`: this is missing"),
        ("paste: '', from: here, right: []", "`paste`: this is empty"),
        ("paste: x, from: here, right: [], nver: []", "`nver` is not known here: did you mean `never`?"),
        ("paste: x, from: here, right: [agent-full]", "a: the catalogue has no entry agent-full"),
        ("paste: x, from: here, right: [], never: [agent-full]", "a: the catalogue has no entry agent-full"),
        ("paste: x, from: here, right: [], edition: '1999'", "a: no edition 1999: choose of 2024, 2026"),
        ("paste: x, from: here, right: [name-gone], edition: '2024'", "a: none of its entries is in the edition 2024"),
        ("paste: x, from: here, right: [], says: ['(']", "this is no regular expression"),
        ("paste: x, from: here, right: [], known: false", "`known: false` and its `reason` go together"),
        ("paste: x, from: here, right: [], reason: rare", "`known: false` and its `reason` go together"),
        ("paste: x, from: here, right: [], paste: y", "`paste` is there twice"),
        ("paste: x, from: here, right: []}\n- {id: a, paste: y, from: here, right: []", "the id a is there 2 times"),
    ],
)
def test_a_file_that_is_wrong_is_refused(tmp_path: Path, case: str, said: str) -> None:
    with pytest.raises(GuideError) as error:
        corpus.read([written(tmp_path, case)])
    assert said in str(error.value)
    assert "some.yml" in str(error.value)


def test_an_id_is_there_once_in_all_files(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    file, other = (
        written(folder, f"paste: '{EMPTY}', from: here, right: []") for folder in (tmp_path, tmp_path / "other")
    )
    other = other.rename(tmp_path / "other.yml")
    with pytest.raises(GuideError, match="the id a is there 2 times"):
        corpus.read([file, other])


@pytest.mark.parametrize(
    ("case", "verdict", "holds"),
    [
        (f"paste: '{EMPTY}', right: [agent-empty]", Verdict.RIGHT, True),
        (f"paste: '{EMPTY}', right: [no-agent, agent-empty], says: [ssh-keygen, ssh-add]", Verdict.RIGHT, True),
        (f"paste: '{EMPTY}', right: [agent-empty], says: [ssh-keygen]", Verdict.MUTE, False),
        (f"paste: '{EMPTY}', right: [no-agent]", Verdict.WRONG, False),
        (f"paste: '{EMPTY}', right: []", Verdict.WRONG, False),
        (f"paste: '{EMPTY}', right: [agent-empty], never: [agent-empty]", Verdict.WRONG, False),
        ("paste: My cat sat on the keyboard and slept there, right: []", Verdict.WANTED, True),
        ("paste: My cat sat on the keyboard and slept there, right: [agent-empty]", Verdict.HONEST, False),
        ("paste: '-----BEGIN OPENSSH PRIVATE KEY-----', right: []", Verdict.WRONG, False),
        # What is not known yet: nothing wrong is said, and what has become right is kept so.
        ("paste: A cat sat there, right: [agent-empty], known: false, reason: rare", Verdict.HONEST, True),
        (f"paste: '{EMPTY}', right: [agent-empty], known: false, reason: rare", Verdict.RIGHT, False),
        (f"paste: '{EMPTY}', right: [no-agent], known: false, reason: rare", Verdict.WRONG, False),
    ],
)
def test_what_an_answer_is_worth(tmp_path: Path, case: str, verdict: Verdict, holds: bool) -> None:
    each = judged(tmp_path, case)
    assert [one.edition for one in each] == ["2024", "2026"]
    assert {(one.verdict, one.holds) for one in each} == {(verdict, holds)}


def test_only_editions_that_have_the_entry_are_asked(tmp_path: Path) -> None:
    paste = "'ssh: Could not resolve hostname nx.hpc.kuleuven.be: Name or service not known'"
    assert [each.edition for each in judged(tmp_path, f"paste: {paste}, right: [name-gone]")] == ["2026"]
    assert [each.edition for each in judged(tmp_path, f"paste: {paste}, right: [], edition: '2024'")] == ["2024"]


def test_the_report_counts_and_names_what_is_not_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = (f"paste: '{EMPTY}', from: here, edition: '2026', right: [{id}]" for id in ("agent-empty", "no-agent"))
    file = written(tmp_path, good, bad, bad)
    assert corpus_report.main([str(file)]) == 1
    said = capsys.readouterr().out.splitlines()
    counts = ["3", "1", "33%", "0", "0%", "0", "0%", "0", "0%", "2", "67%"]
    assert [line.split() for line in said[1:3]] == [["some.yml", *counts], ["in", "all", *counts]]
    assert said[4:] == [f"some.yml: {id} (2026): wrong: got agent-empty, wanted no-agent" for id in "bc"]
    assert corpus_report.main([str(written(tmp_path, good))]) == 0
    assert corpus_report.main([str(tmp_path / "none.yml")]) == 2
    assert "none.yml cannot be read" in capsys.readouterr().err
