"""`./run notebooks` opens JupyterLab for whoever types it, with notebooks whose pictures it shows."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from nbformat import read
from nbformat.sign import NotebookNotary

from tests.support import PROJECT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("user", "more"), [(0, ["--allow-root"]), (1000, [])])
def test_jupyterlab_gets_trusted_notebooks_and_may_be_opened_by_root(
    tmp_path: Path, user: int, more: list[str]
) -> None:
    # The real task, but for what would be installed and opened.
    task = f"""\
import os, runpy, subprocess, sys
run = subprocess.run
subprocess.run = lambda command, **how: None if "install" in command else run(command, **how)
os.execvp = lambda program, words: sys.exit(print(*words))
os.geteuid = lambda: {user}
import nox.__main__
sys.argv = ["nox", "--session", "notebooks", "--noxfile", {str(PROJECT / "noxfile.py")!r}, "--", "--no-browser"]
nox.__main__.main()
"""
    environment = {**os.environ, "JUPYTER_DATA_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", task], env=environment, capture_output=True, text=True)
    folder = PROJECT / "notebooks"
    words = ["jupyter", "lab", *more, "--notebook-dir", str(folder), "--no-browser"]
    assert done.stdout.splitlines() == [" ".join(words)], done.stderr
    notary = NotebookNotary(data_dir=str(tmp_path))
    notebooks = list(folder.glob("*.ipynb"))
    assert notebooks
    assert [path.name for path in notebooks if not notary.check_signature(read(path, as_version=4))] == []
