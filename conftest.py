"""What holds for every test of the project."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

# Tests start the programs beside this Python, also for somebody who has not activated .venv.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

_Report = TypeVar("_Report", pytest.TestReport, pytest.CollectReport)


def _refuse_skip(report: _Report) -> _Report:
    """In CI everything a test needs is there, so a skipped test hides something."""
    if os.environ.get("CI") and report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"nothing may be skipped in CI: {reason}"
    return report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what nobody can carry out here: tests marked `lab` outside the lab, and `root` for other users."""
    left_out = [
        marker for marker, can in (("lab", "MFA_GUIDE_LAB" in os.environ), ("root", os.getuid() == 0)) if not can
    ]
    for marker in left_out:
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker(marker)])
        items[:] = [item for item in items if not item.get_closest_marker(marker)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that skips itself."""
    return _refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fail a module that skips itself."""
    return _refuse_skip((yield))
