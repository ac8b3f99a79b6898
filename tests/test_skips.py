"""A test that is skipped passes by, except in CI, where it fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"
SKIPS_ITSELF = """
import unittest

@unittest.skip("the moon is wrong")
def test_one():
    pass

def test_two():
    pass
"""
SKIPS_ITS_MODULE = 'import pytest\npytest.importorskip("no_such_module")\n'


@pytest.mark.parametrize(("ci", "expected"), [("", "1 passed, 2 skipped"), ("true", "1 failed, 1 passed, 1 error")])
def test_a_skip_fails_in_ci(tmp_path: Path, ci: str, expected: str) -> None:
    shutil.copy(CONFTEST, tmp_path)
    (tmp_path / "test_function.py").write_text(SKIPS_ITSELF)
    (tmp_path / "test_module.py").write_text(SKIPS_ITS_MODULE)
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-rA", "--continue-on-collection-errors", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")} | {"CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert expected in result.stdout
    assert "the moon is wrong" in result.stdout
    assert result.returncode == bool(ci)
