"""A full disk is told to everybody, loses nothing, and is over when there is room."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_a_full_disk_and_then_room(tmp_path: Path) -> None:
    namespaces = ["unshare", "--user", "--map-root-user", "--mount", "--"]
    command = [*namespaces, sys.executable, "-m", "tests.support.on_a_full_disk", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
