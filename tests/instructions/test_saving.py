"""Examples that the reader saves, and a later transcript runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from guides import write_guide
from machines import LocalMachine

from mfa_guide.instructions.checking import check_page
from mfa_guide.instructions.gate import findings

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """\
``` python save="example.py"
--8<-- "example.py"
```

``` transcript
--8<-- "run.txt"
```
"""
EXAMPLE = "print('hello')\n"
RUN = "$ python example.py\nhello\n"


def test_a_saved_example_is_run_by_the_transcript(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, example_py=EXAMPLE, run=RUN)
    assert findings(page) == []
    machine = LocalMachine(tmp_path)
    results = list(check_page(page, machine, timeout=5))
    assert [result.outcome for result in results] == ["holds", "holds"]
    assert [str(result.client).split()[0] for result in results] == ["Python", "Python"]
    assert (tmp_path / "example.py").read_text() == EXAMPLE


def test_a_change_of_the_example_is_caught_where_it_runs(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, example_py=EXAMPLE.replace("hello", "help"), run=RUN)
    results = list(check_page(page, LocalMachine(tmp_path), timeout=5))
    assert [result.outcome for result in results] == ["holds", "fails"]
    failure = results[1].failure
    assert failure is not None
    assert (failure.line, failure.message) == (2, "expected “hello”, saw “help”")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("$ python example.py", "$ python other.py", "no later transcript runs example.py"),
        ('example.py"\n--8', '../example.py"\n--8', "saved under a name"),
        (' save="example.py"', " save", "saved under a name"),
    ],
)
def test_a_saved_example_that_nobody_runs(tmp_path: Path, old: str, new: str, message: str) -> None:
    page = write_guide(tmp_path, PAGE.replace(old, new, 1), example_py=EXAMPLE, run=RUN.replace(old, new))
    found = findings(page)
    assert {finding.line for finding in found} == {1}
    assert any(message in finding.message for finding in found)
