"""Reading pages."""

from pathlib import Path

import pytest

from mfa_guide.base.errors import GuideError
from mfa_guide.guide.page import Instruction
from mfa_guide.kinds import open_guide
from mfa_guide.policy import NEWEST
from mfa_guide.problems import catalogue
from tests.support.guides import write_guide

PAGE = """\
---
title: A page
practice:
  from: abroad
  machine: new
---
# A page

``` transcript
--8<-- "a.txt"
```

!!! note "In an admonition"
    Some words.

    ``` transcript terminal="second" waits
    --8<-- "b.txt"
    ```

    ??? tip
        ```python
        --8<-- "c.py"
        ```

=== "Linux"

    1. In a list in a tab

        ``` walkthrough
        --8<-- "d.yml"
        ```

=== "macOS"
	``` transcript
    --8<-- "e.txt"
    ```

Prose again.

``` unchecked why="it needs Windows" review="2027-06-01"
!!! this is text
    --8<-- of the fence
```
> ``` transcript
> --8<-- "f.txt"
> ```
"""


SECOND = (("terminal", "second"), ("waits", None))


def test_finds_instructions_in_order_at_their_lines(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE)
    assert page.instructions == (
        Instruction("page.md", 9, "transcript", "a.txt", label="Linux"),
        Instruction("page.md", 16, "transcript", "b.txt", SECOND, label="Linux"),
        Instruction("page.md", 21, "python", "c.py", label="Linux"),
        Instruction("page.md", 29, "walkthrough", "d.yml", label="Linux"),
        Instruction("page.md", 44, "transcript", "f.txt", label="Linux"),
        Instruction("page.md", 9, "transcript", "a.txt", label="macOS"),
        Instruction("page.md", 16, "transcript", "b.txt", SECOND, label="macOS"),
        Instruction("page.md", 21, "python", "c.py", label="macOS"),
        Instruction("page.md", 34, "transcript", "e.txt", label="macOS"),
        Instruction("page.md", 44, "transcript", "f.txt", label="macOS"),
    )
    assert page.instructions[0].id == "page.md:9[Linux]"
    lines = PAGE.splitlines()
    assert all("```" in lines[instruction.line - 1] for instruction in page.instructions)


def test_reads_where_the_page_is_carried_out(tmp_path: Path) -> None:
    practice = write_guide(tmp_path, PAGE).practice
    assert (practice.place, practice.machine) == ("abroad", "new")
    practice = write_guide(tmp_path, "# No front matter\n").practice
    assert (practice.place, practice.machine) == ("home", "ready")


@pytest.mark.parametrize(
    ("front_matter", "says"),
    [
        ("practice:\n  from: mars\n", "docs/page.md:3: `practice.from`"),
        ("practice:\n  form: home\n", "docs/page.md:3: `practice.form` is not known here: did you mean `from`?"),
        ("practice:\n  labels:\n    macOS: later\n", "docs/page.md:4: `practice.labels.macOS`: "),
        (
            "practice:\n  labels:\n    macOS: 'not checked: x; review 2027-13-01'\n",
            "docs/page.md:4: `practice.labels.macOS.review`: ",
        ),
        ("practice:\n  leaves:\n    ssh: ' '\n", "docs/page.md:4: `practice.leaves.ssh`: "),
        ("practice:\n  after: a.md\n  machine: new\n", "docs/page.md:2: `practice`: "),
        ("practice: [\n", "docs/page.md:2: this is not YAML"),
        ("just words\n", "docs/page.md:2: the front matter is of the form"),
    ],
)
def test_says_what_is_wrong_with_the_front_matter(tmp_path: Path, front_matter: str, says: str) -> None:
    with pytest.raises(GuideError) as error:
        write_guide(tmp_path, f"---\n{front_matter}---\n")
    assert str(error.value).startswith(says)


def test_a_page_that_is_not_text_is_one_line(tmp_path: Path) -> None:
    path = write_guide(tmp_path, PAGE).path
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(GuideError, match=r"^docs/page.md:1: this is not UTF-8"):
        open_guide(tmp_path).page_at(path)


def test_an_unclosed_fence_and_indented_code_are_blocks(tmp_path: Path) -> None:
    blocks = write_guide(tmp_path, "!!! note\n    words\n\n        code\n\n```\ntext\n").blocks
    assert [(block.kind, block.line, block.closed) for block in blocks] == [("indented", 4, True), ("fence", 6, False)]


ID = next(entry.id for _, entry in catalogue.entries(NEWEST))


@pytest.mark.parametrize(
    "macro", [f'{{{{ problem("{ID}") }}}}', f"{{{{problem('{ID}')}}}}", f'{{{{- problem( "{ID}" ) -}}}}']
)
def test_a_problem_is_found_however_it_is_written(tmp_path: Path, macro: str) -> None:
    assert write_guide(tmp_path, f"# Page\n\n{macro}\n").problems == ((3, ID),)
