"""A new kind of instruction is one class, a line in KINDS and a way to show it: everything else takes it from there."""

from __future__ import annotations

import subprocess
from html import escape
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from markdown import Markdown

from mfa_guide.checking.fingerprint import fingerprint
from mfa_guide.clients import versions
from mfa_guide.expecting.failure import Failure
from mfa_guide.gate.on_page import findings
from mfa_guide.kinds import KINDS, changes
from mfa_guide.kinds.kind import Done, Flag, Instructed, Options
from mfa_guide.mutants import making
from mfa_guide.website import fences
from tests.support.guides import carried_out, write_guide
from tests.support.html import one
from tests.support.machines import LocalMachine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mfa_guide.clients.versions import Client
    from mfa_guide.guide.guide import Guide
    from mfa_guide.guide.page import Instruction
    from mfa_guide.kinds.kind import Change
    from mfa_guide.kinds.reader import Reader


class FoldersOptions(Options):
    """Whether hidden ones count."""

    hidden: Flag = False


class Folders(Instructed[FoldersOptions]):
    """A list of folders that the reader has, one on a line."""

    name = "folders"
    options = FoldersOptions

    def client(self, text: str, instruction: Instruction, reader: Reader) -> Client | None:
        return reader.client(versions.openssh)

    def carry_out(self, text: str, path: Path, instruction: Instruction, reader: Reader) -> Done:
        command = "find . -mindepth 1 -maxdepth 1 -type d" + (
            "" if self.read(instruction.options).hidden else " ! -name '.*'"
        )
        done = subprocess.run(
            reader.machine.argv(["sh", "-c", command]), capture_output=True, text=True, timeout=60, check=True
        )
        there = sorted(line.removeprefix("./") for line in done.stdout.splitlines())
        if there == text.splitlines():
            return Done()
        return Done([Failure(f"there are {', '.join(there) or 'none'}", 1)], {path: "\n".join(there) + "\n"})

    def changes(self, text: str, path: Path) -> Iterator[Change]:
        return changes.of_text(text)

    def option_changes(self, line: str) -> Iterator[tuple[str, str]]:
        if " hidden" in line:
            yield "`hidden` dropped", line.replace(" hidden", "")


def show(guide: Guide, source: str, options: dict[str, str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in source.splitlines())}</ul>"


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "folders", Folders())
    monkeypatch.setitem(fences.SHOWN, "folders", show)


PAGE = '# A page\n\n``` folders hidden\n--8<-- "a.txt"\n```\n'


def test_the_gate_knows_it_and_its_options(tmp_path: Path) -> None:
    assert findings(write_guide(tmp_path, PAGE, a="data\n")) == []
    (found,) = findings(write_guide(tmp_path, PAGE.replace("hidden", 'hidden="yes"'), a="data\n"))
    assert str(found) == "docs/page.md:3: `hidden` stands alone, without a value"
    (found,) = findings(write_guide(tmp_path, PAGE.replace("hidden", "deep"), a="data\n"))
    assert str(found) == "docs/page.md:3: `folders` has no option `deep`"


def test_it_is_carried_out_and_updated(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, a=".cache\ndata\n")
    home = tmp_path / "home"
    for folder in (home / "data", home / ".cache"):
        folder.mkdir(parents=True)
    (result,) = carried_out(page, LocalMachine(home))
    assert (result.outcome, result.failures) == ("holds", ())
    (home / "data").rename(home / "other")
    (result,) = carried_out(page, LocalMachine(home))
    assert (result.outcome, str(result.failure)) == ("fails", "there are .cache, other")
    (result,) = carried_out(page, LocalMachine(home), updates=True)
    assert (result.outcome, dict(result.done.rewrites)) == (
        "holds",
        {tmp_path / "snippets" / "a.txt": ".cache\nother\n"},
    )


def test_it_has_mutants(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, a=".cache\n")
    assert [(mutant.file, mutant.change) for mutant in making.of_guide(page.guide, [page])] == [
        ("snippets/a.txt", "“cache” becomes “cachx”"),
        ("snippets/a.txt", "dropped"),
        ("docs/page.md", "`hidden` dropped"),
        ("docs/page.md", "dropped"),
    ]


def test_its_options_and_text_are_in_the_fingerprint(tmp_path: Path) -> None:
    known = {
        fingerprint(write_guide(tmp_path, page, a=text))
        for page in (PAGE, PAGE.replace(" hidden", ""))
        for text in ("data\n", "other\n")
    }
    assert len(known) == 4


def test_it_is_shown(tmp_path: Path) -> None:
    guide = write_guide(tmp_path, PAGE, a="data\n").guide
    markdown = Markdown(
        extensions=["pymdownx.superfences"],
        extension_configs={"pymdownx.superfences": {"custom_fences": fences.custom_fences(guide)}},
    )
    html = BeautifulSoup(markdown.convert("``` folders hidden\ndata\n```"), "html.parser")
    assert one(html, "li").get_text() == "data"
