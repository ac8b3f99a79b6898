"""Notebooks: run by nbmake in the lab; what they print is what they store, and where it is not, the cell is named."""

from __future__ import annotations

import copy
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from mfa_guide.expecting.failure import Failure
from mfa_guide.kinds import open_guide
from mfa_guide.kinds.notebook import check_notebook, compare_outputs, merge_outputs, read_notebook

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_guide.kinds.notebook import Notebook

DATE = "2026-11-24T08:05:00"


def notebook(*cells: tuple[str, str]) -> Notebook:
    """Return a notebook with a heading and cells of code, each with what it stores as its output."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A notebook")])
    for number, (source, text) in enumerate(cells, start=1):
        outputs = [nbformat.v4.new_output("stream", text=text)] if text else []
        made.cells.append(nbformat.v4.new_code_cell(source, execution_count=number, outputs=outputs))
    # Of dictionaries and lists alone, as it stands in a file.
    return copy.deepcopy(dict(made))


def save(project: Path, content: Notebook) -> Path:
    (project / "mkdocs.yml").write_text("plugins: [mfa-guide]\n")
    path = project / "notebooks" / "mine.ipynb"
    path.parent.mkdir()
    path.write_text(nbformat.writes(nbformat.from_dict(content)), encoding="utf-8")
    return path


def change(content: Notebook, cell: int, old: str, new: str) -> Notebook:
    """Return a notebook with other words in the output of a cell, counted from 1."""
    changed = copy.deepcopy(content)
    output: Any = changed["cells"][cell - 1]["outputs"][0]
    assert old in output["text"]
    output["text"] = output["text"].replace(old, new)
    return changed


STORED = notebook(("a()", f"at {DATE}\n"), ("b()", "one\nport …\n"))


@pytest.mark.parametrize(
    ("cell", "old", "new"),
    [(2, DATE, "2027-01-01T00:00:00"), (3, "…", "22")],
)
def test_what_varies_may_differ(cell: int, old: str, new: str) -> None:
    compare_outputs(STORED, change(STORED, cell, old, new))


@pytest.mark.parametrize(
    ("cell", "old", "new", "says"),
    [
        (2, "at", "on", f"line 1 of its output: expected “at {DATE}”, saw “on {DATE}”"),
        (3, "one\n", "", "line 1 of its output: expected “one”, saw “port …”"),
        (3, "port …\n", "", "line 2 of its output: this line is missing: the output ends before it"),
        (3, "port …\n", "port …\nmore\n", "line 2 of its output: the output goes on after this line: more"),
    ],
)
def test_a_stale_output_is_found_at_its_cell(cell: int, old: str, new: str, says: str) -> None:
    with pytest.raises(Failure) as caught:
        compare_outputs(STORED, change(STORED, cell, old, new))
    assert (caught.value.line, caught.value.message) == (cell, f"In [{cell - 1}]: {says}")


def test_a_picture_is_compared_too() -> None:
    stored, run = (notebook(("draw()", "")) for _ in range(2))
    for content, name in ((stored, "key"), (run, "link")):
        data = {"text/html": f"<svg><text>{name}</text></svg>", "text/plain": "a picture"}
        content["cells"][1]["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
    with pytest.raises(Failure, match="line 2 of its output: expected “<text>key</text>”, saw “<text>link</text>”"):
        compare_outputs(stored, run)


def test_an_update_keeps_what_still_holds() -> None:
    run = change(change(STORED, 2, DATE, "2027-01-01T00:00:00"), 3, "one\nport …", "two\nport 22")
    merged = merge_outputs(STORED, run)
    assert merged["cells"][1] == STORED["cells"][1]
    assert merged["cells"][2]["outputs"][0]["text"] == ["two\n", "port …\n"]


def test_a_stale_notebook_fails_at_its_cell_and_can_be_updated(tmp_path: Path) -> None:
    path = save(tmp_path, notebook(("import os; print(os.getcwd())", "/home/reader\n"), ("print(2 + 2)", "5\n")))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), "notebooks"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert "notebooks/mine.ipynb: cell 3: In [2]: line 1 of its output: expected “5”, saw “4”\n" in done.stdout
    assert "Traceback" not in done.stdout
    assert check_notebook(open_guide(tmp_path), path, update=True)
    assert read_notebook(tmp_path, path)["cells"][2]["outputs"][0]["text"] == ["4\n"]


def test_a_cell_that_ends_with_an_error_is_named(tmp_path: Path) -> None:
    path = save(tmp_path, notebook(("print(1)", "1\n"), ("1 / 0", ""), ("print(2)", "2\n")))
    with pytest.raises(Failure) as caught:
        check_notebook(open_guide(tmp_path), path)
    assert (caught.value.line, caught.value.message) == (3, "In [2]: ends with an error")
    assert caught.value.detail.startswith("ZeroDivisionError: division by zero")
