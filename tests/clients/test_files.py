"""Files that the reader saves, and that what follows uses."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from mfa_guide.gate.on_page import findings
from tests.support.guides import carried_out, write_guide
from tests.support.machines import LocalMachine

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """\
``` file path="~/example.py"
--8<-- "example.py"
```

``` transcript
--8<-- "run.txt"
```
"""
EXAMPLE = "print('hello')\n"
RUN = "$ python example.py\nhello\n"


def test_a_saved_file_is_used_by_the_transcript(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, example_py=EXAMPLE, run=RUN)
    assert findings(page) == []
    results = carried_out(page, LocalMachine(tmp_path))
    assert [result.outcome for result in results] == ["holds", "holds"]
    assert [result.client and result.client.name for result in results] == [None, "Python"]
    assert (tmp_path / "example.py").read_text() == EXAMPLE


def test_a_change_of_the_file_is_caught_where_it_is_used(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, example_py=EXAMPLE.replace("hello", "help"), run=RUN)
    results = carried_out(page, LocalMachine(tmp_path))
    assert [result.outcome for result in results] == ["holds", "fails"]
    failure = results[1].failure
    assert failure is not None
    assert (failure.line, failure.message) == (2, "expected “hello”, saw “help”")


@pytest.mark.parametrize(
    ("before", "options", "content", "mode"),
    [
        (None, "", "new\n", 0o644),
        (None, ' mode="600"', "new\n", 0o600),
        (None, " append", "new\n", 0o644),
        ("old\n", ' append mode="400"', "old\nnew\n", 0o400),
    ],
)
def test_it_has_the_content_and_the_mode_that_the_page_tells(
    tmp_path: Path, before: str | None, options: str, content: str, mode: int
) -> None:
    page = write_guide(tmp_path, '``` file path="~/.ssh/config"' + options + '\n--8<-- "a.txt"\n```\n', a="new\n")
    assert findings(page) == []
    config = tmp_path / ".ssh" / "config"
    config.parent.mkdir()
    if before:
        config.write_text(before)
    (result,) = carried_out(page, LocalMachine(tmp_path))
    assert result.outcome == "holds", result.failure
    assert config.read_text() == content
    assert stat.S_IMODE(config.stat().st_mode) == mode


@pytest.mark.parametrize("before", ["old\n", ""])
def test_a_file_that_is_there_is_never_replaced(tmp_path: Path, before: str) -> None:
    (tmp_path / "example.py").write_text(before)
    page = write_guide(tmp_path, PAGE, example_py=EXAMPLE, run=RUN)
    failure = carried_out(page, LocalMachine(tmp_path))[0].failure
    assert failure is not None
    assert failure.message.startswith("~/example.py exists already: a reader adds to it (`append`)")
    assert (tmp_path / "example.py").read_text() == before


def test_a_folder_that_the_reader_never_made_is_a_failure(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE.replace("~/", "~/folder/"), example_py=EXAMPLE, run=RUN)
    failure = carried_out(page, LocalMachine(tmp_path))[0].failure
    assert failure is not None
    assert failure.message.startswith("~/folder/example.py cannot be saved: ")
    assert "folder/example.py" in failure.message.removeprefix("~/folder/example.py")


@pytest.mark.parametrize("path", ["/etc/passwd", "example.py", "~/../x", "~/a/../../x", "~/", "~/.", "~/a/..", "~/$x"])
def test_a_file_outside_the_home_is_refused(tmp_path: Path, path: str) -> None:
    page = write_guide(tmp_path, PAGE.replace("~/example.py", path), example_py=EXAMPLE, run=RUN)
    message = f'a file says where it is in the reader\'s home: path="~/.ssh/config", not “{path}”'
    assert message in [finding.message for finding in findings(page)]
    failure = carried_out(page, LocalMachine(tmp_path))[0].failure
    assert failure is not None
    assert failure.message == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('py"\n--8', 'py" mode="666"\n--8', "the mode of a file is one of 400, 600, 644, 700, 755, not “666”"),
        ('py"\n--8', 'py" append="yes"\n--8', "`append` stands alone"),
        (' path="~/example.py"', "", "a file says where it is"),
        ("$ python example.py", "$ python other.py", "no later transcript uses example.py"),
        ("$ python example.py", "$ python my_example.py", "no later transcript uses example.py"),
    ],
)
def test_what_a_file_lacks_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    page = write_guide(tmp_path, PAGE.replace(old, new), example_py=EXAMPLE, run=RUN.replace(old, new))
    found = findings(page)
    assert {finding.line for finding in found} == {1}
    assert any(message in finding.message for finding in found)
