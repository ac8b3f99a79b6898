"""The notebooks, run by nbmake in the lab; what they print then is what their stored outputs show.

`mfa-guide practice shell -- python -m pytest -m lab`. nbmake alone would be content with any output.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mfa_guide.instructions.matching import match_text

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def printed(cell: Any) -> list[str]:
    """Return the lines below a cell, as a reader sees them."""
    text = "".join(o.get("text") or o.get("data", {}).get("text/plain", "") for o in cell.get("outputs", []))
    return text.splitlines()


def differences(stored: Any, run: Any) -> list[str]:
    """Return where the stored outputs of a notebook are not what a run printed; `…` and shapes may vary."""
    found = []
    bound: Any = {}
    for number, (before, after) in enumerate(zip(stored.cells, run.cells, strict=True), start=1):
        expected, seen = printed(before), printed(after)
        for line in range(max(len(expected), len(seen))):
            want, got = ("\n".join(lines[line : line + 1]) for lines in (expected, seen))
            matched = match_text(want, got, bound)
            if matched is None:
                found.append(f"cell {number}, output line {line + 1}: stored “{want}”, now “{got}”")
                break
            bound = matched
    return found


@pytest.mark.lab
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    shutil.copyfile(path, copy)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--nbmake", "--overwrite", str(copy)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    stored, run = (nbformat.read(file, as_version=4) for file in (path, copy))
    assert not differences(stored, run), f"{path.name} is stale"


def test_a_stale_output_is_found_at_its_cell() -> None:
    stored, run = (nbformat.read(NOTEBOOKS[0], as_version=4) for _ in range(2))
    assert differences(stored, run) == []
    number, cell = next((n, c) for n, c in enumerate(stored.cells, start=1) if "Please open" in "".join(printed(c)))
    cell.outputs[0].text = cell.outputs[0].text.replace("Please open", "Please use")
    assert [line.split(":")[0] for line in differences(stored, run)] == [f"cell {number}, output line 2"]
