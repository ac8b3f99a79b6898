"""All pages with the clients of several releases."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from mfa_guide.base.errors import CannotRunError
from mfa_guide.checking import matrix
from mfa_guide.checking.evidence import read_evidence
from mfa_guide.clients import fetching, suites
from tests.support.guides import write_guide

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["bullseye", "sid"]
PAGE = '``` transcript\n--8<-- "a.txt"\n```\n'
ONLY_SID = '\n``` transcript with="OpenSSH >=10.3"\n--8<-- "b.txt"\n```\n'


@pytest.fixture(autouse=True)
def _no_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was fetched is taken for the newest."""
    monkeypatch.setattr(fetching, "fetch", lambda _release, _folder: False)


def said(suite: str) -> str:
    """Return what `ssh -V` of a suite says."""
    ssh = suites.named(suite).program("ssh")
    return subprocess.run([ssh, "-V"], capture_output=True, text=True, check=True).stderr.rstrip("\n")


def differences(folder: Path, *entries: tuple[str, str]) -> None:
    listed = [{"for": requirement, "instead of": said("sid"), "shows": shows} for requirement, shows in entries]
    (folder / "snippets" / "a.versions.yml").write_text(yaml.safe_dump(listed, width=1000))


def test_each_page_holds_with_each_suite_and_leaves_evidence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = write_guide(tmp_path, PAGE + ONLY_SID, a=f"$ ssh -V\n{said('sid')}\n", b="$ true\n")
    differences(tmp_path, ("OpenSSH <=8.4", said("bullseye")))
    assert matrix.run(tmp_path, NAMES, []) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith("bullseye: OpenSSH 8.4p1, PuTTY 0.74")
    assert sorted(shown[2:]) == ["2 of 2 hold, 0 not met", "✓ bullseye  docs/page.md", "✓ sid  docs/page.md"]
    kept = {name: read_evidence(tmp_path, page.name, name) for name in NAMES}
    assert {
        name: [(each.result, each.met) for each in evidence.instructions] for name, evidence in kept.items() if evidence
    } == {"bullseye": [("holds", (1,)), ("not for this version", ())], "sid": [("holds", ()), ("holds", ())]}


def test_what_does_not_hold_is_told_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_guide(tmp_path, PAGE, a=f"$ ssh -V\n{said('sid')}\n")
    assert matrix.run(tmp_path, NAMES, []) == 1
    shown = capsys.readouterr().out
    assert "✗ bullseye  docs/page.md" in shown
    assert "✓ sid  docs/page.md" in shown
    assert "docs/page.md:1 (snippets/a.txt:2): expected “OpenSSH_10" in shown
    assert "1 of 2 hold, 0 not met" in shown


def test_what_no_suite_has_met_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table has a suite for it, but what was fetched is older: nothing has shown that it is right."""
    write_guide(tmp_path, PAGE + ONLY_SID, a=f"$ ssh -V\n{said('sid')}\n", b="$ true\n")
    differences(tmp_path, ("OpenSSH <=8.4", said("bullseye")), ("OpenSSH >=9,<10.3", "never seen"))
    assert matrix.run(tmp_path, ["bullseye"], []) == 0, "those that could not be met are not missed"
    capsys.readouterr()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(suites.VERSIONS, "bullseye", {"OpenSSH": "10.0"})
        assert matrix.run(tmp_path, ["bullseye"], []) == 1
    assert "snippets/a.versions.yml:4: no suite has met this difference" in capsys.readouterr().out


def test_a_sample_is_drawn_by_what_is_in_the_guide(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_guide(tmp_path, PAGE, a="$ true\n")
    for number in range(3):
        (tmp_path / "docs" / f"other-{number}.md").write_text(PAGE)
    drawn = set()
    for text in ("$ true\n", "$ true\n", "$ true; true\n", "$ true; true; true\n", "$ :\n", "$ : 1\n"):
        (tmp_path / "snippets" / "a.txt").write_text(text)
        assert matrix.run(tmp_path, ["bullseye"], [], 1) == 0
        (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("✓"))
        drawn.add((text, line))
    assert len(drawn) == 5, "the same guide has the same sample"
    assert len({line for _, line in drawn}) > 1, "another guide has another one"


def test_a_suite_that_is_here_is_used_where_no_mirror_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_release: str, _folder: Path) -> bool:
        raise CannotRunError("no mirror answers")

    monkeypatch.setattr(fetching, "fetch", fails)
    write_guide(tmp_path, PAGE, a="$ true\n")
    assert matrix.run(tmp_path, ["bullseye"], []) == 0
    assert "bullseye: not looked whether there are newer ones (no mirror answers), OpenSSH 8.4p1" in (
        capsys.readouterr().out
    )
    monkeypatch.setattr(fetching, "FETCHED", tmp_path / "nothing")
    with pytest.raises(CannotRunError, match="no mirror answers"):
        matrix.run(tmp_path, ["bullseye"], [])
