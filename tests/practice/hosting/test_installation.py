"""The folder of a practice site."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from mfa_guide.practice.hosting.installation import open_installation
from tests.support import POLICY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("mask", [0o000, 0o022])
def test_only_its_owner_reads_it(tmp_path: Path, mask: int) -> None:
    """Also in a folder that is there already, with files that are open to others; what is not ours stays as it is."""
    tmp_path.chmod(0o777)
    before = os.umask(mask)
    try:
        installation = open_installation(tmp_path, POLICY)
        for folder in (installation.homes, installation.participants):
            folder.mkdir()
            (folder / "vsc98765").touch()
        for path in tmp_path.rglob("*"):
            path.chmod(0o777 if path.is_dir() else 0o666)
        (tmp_path / "host_list.txt").touch(0o644)
        (tmp_path / "host_list.txt").chmod(0o644)
        open_installation(tmp_path, POLICY)
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.iterdir()}
    assert modes.pop("host_list.txt") == 0o044
    assert len(modes) > 8
    assert set(modes.values()) == {0}
    assert (installation.participants / "vsc98765").stat().st_mode & 0o077 == 0
