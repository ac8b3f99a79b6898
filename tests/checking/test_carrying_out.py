"""Carrying out whole pages, and the evidence of it."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import pytest

from mfa_guide.checking.carrying_out import Way, on_machine
from mfa_guide.checking.evidence import collect, evidence_file, read_evidence, write_evidence
from mfa_guide.checking.fingerprint import fingerprint
from mfa_guide.clients import suites
from mfa_guide.gate.on_page import findings
from mfa_guide.kinds.reader import Reader
from mfa_guide.kinds.transcript.kind import TRANSCRIPT
from mfa_guide.policy import NEWEST
from tests.support.guides import carried_out, write_guide
from tests.support.machines import LocalMachine

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_guide.checking.result import Result
    from mfa_guide.guide.page import Page

PAGE = """\
``` transcript
--8<-- "a.txt"
```

``` transcript terminal="second"
--8<-- "b.txt"
```

``` transcript
--8<-- "c.txt"
```

```python
--8<-- "p.py"
```
"""
GOOD = {
    "a": "$ where=first; echo SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDLPE2gI9Zs3ZzqGdM\n"
    "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n",
    "b": "$ echo \"$where\" > seen; cat seen\n\n",
    "c": "$ echo $where\nfirst\n$ echo SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDLPE2gI9Zs3ZzqGdM\n"
    "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n",
    "p_py": "from pathlib import Path\n\nassert Path('seen').exists()\n",
}  # fmt: skip


LINK = "https://firewall.vscentrum.be/R7kVn2pLdWq8TzXb4m{}"


def results(page: Page, *, updates: bool = False, keep_going: bool = False) -> list[Result]:
    home = page.project / "home"
    home.mkdir(exist_ok=True)
    return carried_out(page, LocalMachine(home), updates=updates, keep_going=keep_going)


def test_a_page_is_one_session(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, **GOOD)
    assert [(result.outcome, str(result.client).split()[0]) for result in results(page)] == [
        ("holds", "None"),
        ("holds", "None"),
        ("holds", "None"),
        ("holds", "Python"),
    ]


@pytest.mark.parametrize(
    ("typed", "client"),
    [
        ("$ ssh -V\nOpenSSH_…\n", "OpenSSH"),
        ("$ true\n$ LC_ALL=C ssh-keygen -lf none 2>/dev/null || echo none\nnone\n", "OpenSSH"),
        ("$ echo $(ssh -V 2>&1)\nOpenSSH_…\n", "OpenSSH"),
        ("$ if false; then scp; fi\n", "OpenSSH"),
        ("$ plink -V\nplink: Release …\n…\n", "PuTTY"),
        ("$ echo ssh, scp\nssh, scp\n", None),
        ("$ ls ~/.ssh 2>/dev/null | cat\n", None),
    ],
)
def test_a_transcript_is_carried_out_with_the_client_that_it_runs(
    tmp_path: Path, typed: str, client: str | None
) -> None:
    page = write_guide(tmp_path, PAGE, **{**GOOD, "a": typed, "c": "$ echo\n\n"})
    first, _, third, _ = results(page)
    assert (first.outcome, first.client and first.client.name) == ("holds", client)
    # What came before it has ended.
    assert third.client is None


def test_what_continues_a_command_is_carried_out_with_its_client(tmp_path: Path) -> None:
    page = write_guide(
        tmp_path,
        PAGE.replace("``` transcript\n", "``` transcript waits\n", 1),
        **{**GOOD, "a": "$ ssh -V; cat go; cat\n…\n", "b": "$ echo\n", "c": "go\n"},
    )
    first, second, third, _ = results(page)
    assert [str(result.client).split()[0] for result in (first, second, third)] == ["OpenSSH", "None", "OpenSSH"]


def test_a_transcript_at_another_machine(tmp_path: Path) -> None:
    """It has a terminal of its own there, that stays open, and the reader's own are elsewhere."""
    page = write_guide(
        tmp_path,
        PAGE.replace('terminal="second"', 'machine="server"').replace("```python", '``` transcript machine="server"'),
        **{
            "a": "$ where=home; touch mine\n",
            "b": "$ where=there; touch here; ls\nhere\n",
            "c": "$ echo $where\nhome\n",
        },
        p_py="$ echo $where\nthere\n",
    )
    homes = {name: tmp_path / name for name in ("home", "server")}
    for home in homes.values():
        home.mkdir()
    there = {"server": LocalMachine(homes["server"])}
    found = list(on_machine(page, "", LocalMachine(homes["home"]), Way(timeout=5), elsewhere=there))
    assert [(result.outcome, result.failure) for result in found] == [("holds", None)] * 4
    assert (homes["home"] / "mine").exists()


@pytest.mark.parametrize(
    ("snippet", "text", "place", "line", "says"),
    [
        ("a", "$ echo one\ntwo\n", 0, 2, "expected “two”"),
        ("a", "", 0, 1, "empty"),
        ("b", "$ echo $where\nfirst\n", 1, 2, "missing"),
        ("c", GOOD["c"].replace("SHA256:4", "SHA256:5"), 2, 4, "two different samples"),
        ("p_py", "import none\n", 3, 1, "the example ends with exit status 1"),
        ("p_py", "import time\n\ntime.sleep(9)\n", 3, None, "the example still runs after 5 s"),
    ],
)
def test_after_a_failure_nothing_is_reached(
    tmp_path: Path, snippet: str, text: str, place: int, line: int | None, says: str
) -> None:
    page = write_guide(tmp_path, PAGE, **{**GOOD, snippet: text})
    found = results(page)
    outcomes = ["holds"] * place + ["fails"] + ["not reached"] * (3 - place)
    assert [result.outcome for result in found] == outcomes
    failure = found[place].failure
    assert failure is not None
    assert says in failure.message
    assert failure.line == line
    for later in found[place + 1 :]:
        assert later.failure is not None
        assert later.failure.message == f"not reached: docs/{page.instructions[place].id} does not hold"


def test_a_missing_snippet_is_a_failure(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, **GOOD)
    (tmp_path / "snippets" / "a.txt").unlink()
    failure = results(page)[0].failure
    assert failure is not None
    assert "the snippet cannot be read" in failure.message


def test_a_snippet_that_is_not_text_is_a_failure(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, **GOOD)
    (tmp_path / "snippets" / "a.txt").write_bytes(b"$ \xff")
    failure = results(page)[0].failure
    assert failure is not None
    assert "the snippet cannot be read" in failure.message
    assert findings(page) == []


def test_who_keeps_going_finds_all_that_is_stale(tmp_path: Path) -> None:
    stale = {"a": "$ echo one; echo two; echo three\nwon\ntwo\ntree\n", "b": "$ seq 2\n1\n", "c": "$ echo a\na\n"}
    page = write_guide(tmp_path, PAGE, **stale, p_py="import none\n")
    found = results(page, keep_going=True)
    assert [result.outcome for result in found] == ["fails", "fails", "holds", "fails"]
    assert [[failure.line for failure in result.failures] for result in found] == [[2, 4], [2], [], [1]]
    assert found[0].failures[1].message == "expected “tree”, saw “three”"


def test_what_other_output_cannot_mend_ends_a_page_all_the_same(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, **{**GOOD, "b": "$ false\n"})
    outcomes = [result.outcome for result in results(page, keep_going=True)]
    assert outcomes == ["holds", "fails", "not reached", "not reached"]


def test_update_rewrites_the_snippet(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, **{**GOOD, "c": GOOD["c"].replace("first", "last")})
    found = results(page, updates=True)
    rewrites = [dict(result.done.rewrites) for result in found]
    assert rewrites == [{}, {}, {tmp_path / "snippets" / "c.txt": GOOD["c"]}, {}]
    assert {result.outcome for result in found} == {"holds"}


def test_evidence_says_what_was_carried_out(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, **{**GOOD, "a": "$ ssh -V\nOpenSSH_…\n", "c": "$ false\n"})
    write_evidence(collect(page, results(page), fingerprint(page)), tmp_path)
    file = evidence_file(tmp_path, page.name)
    assert file == tmp_path / "build" / "evidence" / NEWEST / suites.own() / "page.md.json"
    entries = json.loads(file.read_text())["instructions"]
    assert [entry["result"] for entry in entries] == ["holds", "holds", "fails", "not reached"]
    first = entries[0]
    assert first["id"] == "page.md:1"
    assert first["client"] == "OpenSSH"
    assert first["version"][0].isdigit()
    assert first["when"].endswith("Z")
    assert "exit status 1" in entries[2]["message"]
    assert entries[3]["client"] is None
    evidence = read_evidence(tmp_path, page.name)
    assert evidence is not None
    assert evidence.instructions[0].when.tzinfo is not None


@pytest.mark.parametrize("text", [None, "", "{}"])
def test_evidence_that_cannot_be_read_is_none(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        file = evidence_file(tmp_path, "page.md")
        file.parent.mkdir(parents=True)
        file.write_text(text)
    assert read_evidence(tmp_path, "page.md") is None


def test_the_link_that_was_shown_last_is_before_the_reader(tmp_path: Path) -> None:
    page = write_guide(
        tmp_path,
        '``` transcript\n--8<-- "a.txt"\n```\n\n``` transcript terminal="second"\n--8<-- "b.txt"\n```\n\n'
        '``` transcript\n--8<-- "c.txt"\n```\n',
        **{name: f"$ echo {LINK.format(name)}\n{LINK.format(name)}\n" for name in "abc"},
    )
    with contextlib.ExitStack() as stack:
        machine = LocalMachine(tmp_path)
        reader = Reader(machine, None, stack, timeout=5)
        for instruction in page.instructions:
            path = page.snippet(instruction)
            TRANSCRIPT.carry_out(path.read_text(), path, instruction, reader)
            assert reader.link == LINK.format(instruction.snippet[0])
