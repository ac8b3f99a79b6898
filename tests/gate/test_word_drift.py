"""Words in prose that no check stands behind, and facts that are written out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.gate.on_page import findings
from tests.support.guides import write_guide

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """\
---
practice:
  words:
    dir: a command of Windows
    "7 hours": the length of a night
---
`ssh -i key`, `Permission denied (…).`, `{{ facts.login_host }}`, `~/.ssh/other`, `{{ facts.key_file }}.pub`, `dir`.

[other](other.md) has `word`, at www.example.be, for 7 hours.

``` transcript
--8<-- "a.txt"
```

``` file path="~/.ssh/other"
--8<-- "b.txt"
```
"""
SNIPPETS = {
    "a": "$ ssh -i key www.example.be\nPermission denied (publickey).\n$ ls .ssh ~/.ssh/id_rsa_vsc.pub\n",
    "b": "x\n",
    "c": "$ word\n",
}


def found(folder: Path, page: str) -> list[str]:
    write_guide(folder, "# Page\n", **SNIPPETS)
    (folder / "docs" / "other.md").write_text('``` transcript\n--8<-- "c.txt"\n```\n')
    return [str(finding) for finding in findings(write_guide(folder, page))]


def test_what_is_known_passes(tmp_path: Path) -> None:
    assert found(tmp_path, PAGE) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("`ssh -i key`", "`ssh -l key`", 7, "no instruction here shows `ssh -l key`"),
        ("`ssh -i key`", "`ssh -i ke`", 7, "no instruction here shows `ssh -i ke`"),
        ("`ssh -i key`", "`sh -i key`", 7, "no instruction here shows `sh -i key`"),
        ("`Permission denied (…).`", "`Permission refused (…).`", 7, "shows `Permission refused (…).`"),
        ("`~/.ssh/other`", "`~/.ssh/others`", 7, "shows `~/.ssh/others`"),
        ("key_file }}.pub", "key_file }}.ppk", 7, "shows `{{ facts.key_file }}.ppk`"),
        ("    dir: a command of Windows\n", "", 6, "shows `dir`"),
        ("[other](other.md) has", "It has", 9, "shows `word`"),
        ("www.example.be,", "www.example2.be,", 9, "nothing checks “www.example2.be”"),
        ("for 7 hours", "for 9 hours", 9, "nothing checks “9 hours”"),
        ("for 7 hours", "for 7 hours and 16 hours", 9, "write {{ facts.certificate_lifetime }}"),
        ("for 7 hours", "for 7 hours and Half an hour", 9, "write {{ facts.key_delay }} {{ facts.key_delay.unit }}"),
        ("for 7 hours", "for 7 hours and thirty minutes", 9, "“thirty minutes” is a fact"),
        ("for 7 hours", "for 7 hours and 5 minutes", 9, "write {{ facts.link_lifetime }}"),
        ("for 7 hours", "for 7 hours, a 4096 bit key", 9, "write {{ facts.key_bits }} {{ facts.key_bits.unit }}"),
        ("www.example.be,", "login.hpc.kuleuven.be,", 9, "write {{ facts.login_host }}"),
        ("`dir`.", "dir.", 1, "“dir” needs no reason"),
    ],
)
def test_what_drifts_is_named(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert PAGE.count(old) == 1
    messages = found(tmp_path, PAGE.replace(old, new))
    assert any(message.startswith(f"docs/page.md:{line}: ") and says in message for message in messages), messages


@pytest.mark.parametrize("rough", ["ten minutes", "once a day", "a minute", "an hour", "twenty-five days"])
def test_what_is_roughly_said_is_nobodys_fact(tmp_path: Path, rough: str) -> None:
    assert found(tmp_path, PAGE.replace("for 7 hours", f"for 7 hours or {rough}")) == []


def test_a_page_without_instructions_may_use_any_word_but_writes_no_fact_out(tmp_path: Path) -> None:
    page = "`anything` at www.example.org for 20 seconds, or 16 hours.\n"
    assert found(tmp_path, page) == [
        "docs/page.md:1: “16 hours” is a fact of the policy: write {{ facts.certificate_lifetime }} "
        "{{ facts.certificate_lifetime.unit }}"
    ]


@pytest.mark.parametrize("prose", ["At {{ facts.home_qouta }}.", "At `{{facts.home_qouta}}`."])
def test_a_fact_that_there_is_not_is_named(tmp_path: Path, prose: str) -> None:
    (found,) = findings(write_guide(tmp_path, f"# A page\n\n{prose}\n"))
    assert str(found).startswith("docs/page.md:3: ")
    assert "home_qouta" in str(found)


def test_words_of_a_problem_are_looked_for_where_something_is_carried_out_for_it(tmp_path: Path) -> None:
    """Of others the page says that their words were not brought about; a fact is a fact all the same."""
    problem, fold = (
        '\n{{ problem("unreachable") }}\n',
        '\n??? example\n\n    ``` transcript\n    --8<-- "c.txt"\n    ```\n',
    )
    told = found(tmp_path, f"{PAGE}{problem}{fold}")
    assert [message for message in told if "`ssh -4`" in message] != []
    assert found(tmp_path, f"{PAGE}{problem}") == []
    assert found(tmp_path, f'{PAGE}{problem}\n{{{{ problem("timed-out") }}}}\n{fold}') != []
