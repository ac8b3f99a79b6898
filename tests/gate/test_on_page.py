"""The gate: one page for each way to escape the check, and the same page without it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from mfa_guide.gate import orphans
from mfa_guide.gate.on_page import FOLD, findings
from mfa_guide.kinds import open_guide
from tests.support import GUIDES
from tests.support.guides import write_guide

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_guide.guide.guide import Guide

GOOD = """\
# A page

``` transcript waits
--8<-- "a.txt"
```

``` walkthrough
--8<-- "w.yml"
```

``` transcript
--8<-- "b.txt"
```

```python
--8<-- "p.py"
```

``` sequence title="A and B"
Reader -> Laptop: types ssh
```

``` unchecked why="it needs Windows" review="2020-01-01"
dir
```

See [this page](page.md#a-page), [the web](https://example.org/x.md) and `echo`.
"""
SNIPPETS = {
    "a": "$ cat  # echo\n",
    "b": "words\n$ true\n",
    "w_yml": "window: browser\nsteps:\n  - open: link\n",
    "p_py": "print()\n",
}


def test_a_good_page_passes(tmp_path: Path) -> None:
    page = write_guide(tmp_path, GOOD, **SNIPPETS)
    assert findings(page) == []
    assert orphans.findings(open_guide(tmp_path)) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("# A page", "    ssh login", 1, "indented code"),
        ("# A page", "```bash\nssh login\n```", 1, "not `bash`"),
        ("# A page", "```\nssh login\n```", 1, "not `plain`"),
        ("# A page", "~~~ console\nssh login\n~~~", 1, "not `console`"),
        ("# A page", "``` {.python}\nssh login\n```", 1, "not `{.python}`"),
        ("# A page", "<pre>ssh login</pre>", 1, "<pre>"),
        ("# A page", "words\nwords <PRE class='x'>ssh login</PRE>", 2, "<pre>"),
        ("# A page", "!!! note\n    words\n\n        ssh login", 4, "indented code"),
        ("# A page", "- item\n\n        ssh login", 3, "indented code"),
        ("# A page", "It says this,\nand then:\n\nMore words.", 2, "the colon announces"),
        ("# A page", "It says:\n\n# A page", 1, "the colon announces"),
        ("# A page", "- one:\n- another", 1, "the colon announces"),
        ("# A page", "??? note\n    It says:\n\nWords", 2, "the colon announces"),
        ("`echo`.\n", "`echo`:\n", 27, "the colon announces"),
        ("# A page", "??? note\n\n    ## Words", 3, "a heading that is folded"),
        ("# A page", '--8<-- "a.txt"', 1, "stands only in a fence"),
        ("# A page", "-8<- 'a.txt'", 1, "stands only in a fence"),
        ("# A page", '<div markdown>\n``` transcript\n--8<-- "a.txt"\n```\n</div>', 1, "leave an empty line"),
        ('--8<-- "a.txt"', '--8<-- "a.txt:1:3"', 3, "exactly one line"),
        ('--8<-- "a.txt"', '--8<-- "a.txt:section"', 3, "exactly one line"),
        ('--8<-- "a.txt"', '--8<-- "a.txt"\n$ ls', 3, "exactly one line"),
        ('--8<-- "a.txt"', '--8<-- "a.txt"\n--8<-- "b.txt"', 3, "exactly one line"),
        ('--8<-- "a.txt"', "$ ls", 3, "exactly one line"),
        ('--8<-- "p.py"', "print()", 15, "exactly one line"),
        ('--8<-- "a.txt"', '--8<-- "missing.txt"', 3, "snippets/missing.txt does not exist"),
        ('--8<-- "a.txt"', '--8<-- "../docs/page.md"', 3, "lies outside snippets/"),
        ("transcript waits", "transcript wait", 3, "no option `wait`"),
        ("transcript waits", 'transcript waits="yes"', 3, "stands alone"),
        ("transcript waits", "transcript waits terminal", 3, "needs a name"),
        ("transcript waits", 'transcript waits terminal="x', 3, "left open"),
        ("transcript waits", 'transcript machine="nowhere"', 3, "there is one terminal"),
        ("transcript waits", 'transcript machine="server" terminal="third"', 3, "there is one terminal"),
        ("``` walkthrough", "``` walkthrough waits", 7, "`walkthrough` has no option `waits`"),
        ("```python", "```python title='x'", 15, "`python` has no option `title`"),
        ("transcript waits", "transcript", 11, "begins with output, but no command waits"),
        ("transcript waits", 'transcript terminal="second" waits', 3, "no later transcript"),
        ('why="it needs Windows" ', "", 23, "says why"),
        ('why="it needs Windows" ', 'why=" " ', 23, "says why"),
        ('review="2020-01-01"', "", 23, "when to look at it again"),
        ('review="2020-01-01"', 'review="2020-13-01"', 23, "when to look at it again"),
        ("Windows\" review", "Windows\" checked review", 23, "no option `checked`"),
        ("dir\n```", 'dir\n--8<-- "a.txt"\n```', 25, "stands only in a fence"),
        ("(page.md#a-page)", "(pages.md#a-page)", 27, "pages.md, which does not exist; the nearest is “page.md”"),
        ("(page.md#a-page)", "(pages.md)", 27, "pages.md, which does not exist"),
        ("(page.md#a-page)", "(page.md#a-pages)", 27, "#a-pages, which is not in page.md; the nearest is “a-page”"),
        ("(page.md#a-page)", "(#a-pages)", 27, "#a-pages, which is not on this page; the nearest is “a-page”"),
        ("(page.md#a-page)", "(a.png)", 27, "a.png, which does not exist"),
        ("# A page", "![a](a.png)\n\n# A page", 1, "a.png, which does not exist"),
        ("`echo`.\n", '`echo`.\n\n``` unchecked why="x" review="2027-01-01"\n', 29, "never closed"),
    ],
)  # fmt: skip
def test_whatever_escapes_the_check_is_named(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert GOOD.count(old) == 1
    found = findings(write_guide(tmp_path, GOOD.replace(old, new), **SNIPPETS))
    assert [(finding.file, finding.line) for finding in found if says in finding.message] == [("docs/page.md", line)]
    assert str(found[0]).startswith(f"docs/page.md:{found[0].line}: ")


def test_what_is_carried_out_for_a_problem_is_folded(tmp_path: Path) -> None:
    problem, fence = '# A page\n\n{{ problem("timed-out") }}', '``` transcript\n--8<-- "b.txt"\n```'

    def unfolded(text: str) -> list[int]:
        page = write_guide(tmp_path, text, **SNIPPETS)
        return [finding.line for finding in findings(page) if "is folded" in finding.message]

    folded = f"{FOLD}\n\n{textwrap.indent(fence, ' ' * 4)}"
    assert unfolded(f"{fence}\n\n{problem}\n\n{folded}") == []
    assert unfolded(f"{problem}\n\n{folded}\n\n{fence}") == [11]
    assert unfolded(f"{problem}\n\n{folded.replace('???', '???+')}") == [7]


@pytest.mark.parametrize(
    "announced",
    [
        '``` sequence title="A and B"\nA -> B: c\n```',
        "| a |\n| --- |\n| b |",
        "- one",
        "![a](a.png)",
        '=== "Linux"\n\n    words',
        "{{ a() }}",
    ],
)
def test_what_a_colon_announces(tmp_path: Path, announced: str) -> None:
    page = write_guide(tmp_path, GOOD.replace("# A page", f"It says:\n\n{announced}"), **SNIPPETS)
    assert [finding for finding in findings(page) if "colon" in finding.message] == []


@pytest.mark.parametrize(
    ("snippets", "line", "says"),
    [
        ({"a": "$ cat\n…\n"}, 3, "snippets/a.txt:2: `…` alone stands for anything"),
        ({"b": "…\n$ true\n"}, None, ""),
        ({"b": "…\n\n…\n"}, 11, "snippets/b.txt:1: `…` alone stands for anything"),
        ({"b": "words\n$ true\n\n …\n"}, 11, "snippets/b.txt:4: `…` alone stands for anything"),
    ],
)
def test_a_transcript_compares_something(tmp_path: Path, snippets: dict[str, str], line: int | None, says: str) -> None:
    found = findings(write_guide(tmp_path, GOOD, **{**SNIPPETS, **snippets}))
    assert [finding.line for finding in found if says in finding.message] == ([line] if line else [])
    assert bool(found) == bool(line)


LOGIN = "$ ssh {}\nPlease open https://firewall.vscentrum.be/a1B2c3D4e5F6g7H8 to complete logon.\n"


@pytest.mark.parametrize("again", [True, False])
def test_each_login_has_a_link_of_its_own(tmp_path: Path, again: bool) -> None:
    """The rest of the first login may show its link again."""
    after = '``` transcript waits\n--8<-- "d.txt"\n```\n\n``` transcript\n--8<-- "b.txt"\n```\n'
    other = LOGIN.format("other")
    page = write_guide(
        tmp_path,
        f"{GOOD}\n{after}",
        **SNIPPETS | {"a": LOGIN.format("login"), "b": f"{other.splitlines()[1]}\n$ echo\n"},
        d=other if again else other.replace("a1B2", "b1B2"),
    )
    assert [str(finding) for finding in findings(page)] == [
        "docs/page.md:29: snippets/d.txt:2: this link is that of snippets/a.txt:2 already: "
        "each login has one of its own"
    ] * again


def test_a_page_has_a_description_as_the_others_have(tmp_path: Path) -> None:
    page = write_guide(tmp_path, GOOD, **SNIPPETS)
    (tmp_path / "docs" / "bad.md").write_text("---\npractice: 1\n---\n")
    assert findings(page) == []
    other = tmp_path / "docs" / "other.md"
    other.write_text("---\ndescription: Another page.\n---\n# Other\n")
    guide = open_guide(tmp_path)
    assert [str(finding) for finding in findings(guide.page("page.md"))] == [
        "docs/page.md:1: front matter: write `description`, one sentence for those who choose between pages"
    ]
    assert findings(guide.page("other.md")) == []


def test_a_question_is_answered_by_one_page(tmp_path: Path) -> None:
    described = "---\ndescription: A page.\nasked: [{}]\n---\n# Page\n"
    write_guide(tmp_path, described.format("Abroad, which key"), **SNIPPETS)
    (tmp_path / "docs" / "other.md").write_text(described.format("abroad"))
    assert [str(finding) for finding in findings(open_guide(tmp_path).page("page.md"))] == [
        "docs/page.md:3: front matter: docs/other.md answers “Abroad”, too: leave it to one page"
    ]


LABELLED = '=== "{0}"\n\n    Words.\n\n=== "{1}"\n\n    Words.\n\nBetween.\n\n=== "{2}"\n\n    Words.\n'


@pytest.mark.parametrize(
    ("labels", "near"),
    [
        (("Linux", "macOS", "Linx"), [("Linux", "Linx"), ("Linx", "Linux")]),
        (("Linux", "macOS", "MacOS"), [("macOS", "MacOS"), ("MacOS", "macOS")]),
        (("Linux", "macOS", "Linux"), []),
        # Those of one group are alternatives, and a number makes another thing.
        (("Linux", "Linx", "Windows"), []),
        (("PuTTY 0.78", "macOS", "PuTTY 0.83"), []),
    ],
)
def test_a_label_that_is_nearly_another_is_named(
    tmp_path: Path, labels: tuple[str, ...], near: list[tuple[str, str]]
) -> None:
    page = write_guide(tmp_path, LABELLED.format(*labels))
    lines = [1, 5, 11]
    assert [str(finding) for finding in findings(page)] == [
        f"docs/page.md:{lines[labels.index(one)]}: the label “{one}” is nearly “{other}”, "
        "which other tabs have: write it as they do"
        for one, other in near
    ]


def test_a_label_is_compared_with_those_of_other_pages(tmp_path: Path) -> None:
    write_guide(tmp_path, '=== "Linx"\n\n    Words.\n')
    for name in ("one", "two"):
        (tmp_path / "docs" / f"{name}.md").write_text('=== "Linux"\n\n    Words.\n')
    guide = open_guide(tmp_path)
    assert [finding.line for finding in findings(guide.page("page.md"))] == [1]
    # Who is right is what most have.
    assert findings(guide.page("one.md")) == []


def test_a_snippet_that_no_page_shows_is_named(tmp_path: Path) -> None:
    write_guide(tmp_path, GOOD, **SNIPPETS, unused="$ true\n")
    assert [str(finding) for finding in orphans.findings(open_guide(tmp_path))] == [
        "snippets/unused.txt:1: no page shows this snippet: show it or delete it"
    ]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.edition.name)
def test_nothing_of_the_guide_is_out_of_reach(guide: Guide) -> None:
    assert orphans.findings(guide) == []
