"""Tests marked `lab`: chosen in the lab and nowhere else, and what fails there is named."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests import test_python_examples

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one good example and one that fails in its third line."""
    (tmp_path / "snippets" / "python").mkdir(parents=True)
    (tmp_path / "snippets" / "python" / "good.py").write_text("assert True\n")
    (tmp_path / "snippets" / "python" / "bad.py").write_text("one = 1\n\nassert one == 2\n")
    (tmp_path / "tests").mkdir()
    shutil.copy(test_python_examples.__file__, tmp_path / "tests")
    # Here is no practice site, and these examples need none.
    (tmp_path / "tests" / "support").mkdir()
    (tmp_path / "tests" / "support" / "firewall_page.py").write_text("def open_firewall_page(): pass\n")
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(test_python_examples.PROJECT / name, tmp_path)
    return tmp_path


def run(project: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests"]
    clean = {name: value for name, value in os.environ.items() if name != "MFA_GUIDE_LAB"}
    return subprocess.run(command, cwd=project, env=clean | environment, capture_output=True, text=True, check=False)


def test_a_failing_example_is_named_with_its_line_and_values(project: Path) -> None:
    done = run(project, MFA_GUIDE_LAB="1")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 2 passed" in done.stdout
    assert "snippets/python/bad.py:3: AssertionError" in done.stdout
    assert "assert 1 == 2" in done.stdout
    # Newer releases of pytest end the whole run here.
    assert "INTERNALERROR" not in done.stdout


def test_outside_the_lab_they_are_not_chosen(project: Path) -> None:
    done = run(project)
    assert "1 passed, 2 deselected" in done.stdout
