"""What takes minutes to make is kept in a folder that says what it was made of: else it is made anew."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = Path(sys.prefix) / "wine"
"""Where all is kept that is for Windows."""
_STAMP = "made-of"
"""In the folder: what it is made of, how, and a hash of all that is in it. It is the last that is written."""


def made_of(folder: Path, how: str) -> str:
    """Return of what a folder is made; empty when it is not there, or was made in another way.

    Args:
        folder: the folder.
        how: in which way it has to be made.
    """
    stamp = _read(folder)
    return stamp[0] if stamp[1:2] == [how] else ""


def is_whole(folder: Path) -> bool:
    """Tell whether everything in a folder is as it was made. That reads all of it."""
    return _read(folder)[2:] == [_hash(folder)]


def seconds_since(folder: Path) -> float:
    """Return how many seconds ago a folder was made, or found to be the newest."""
    return time.time() - (folder / _STAMP).stat().st_mtime


def found_newest(folder: Path) -> None:
    """Note that a folder is the newest that can be made."""
    (folder / _STAMP).touch()


def make(folder: Path, how: str, fill: Callable[[Path], str]) -> None:
    """Make a folder anew: what is there is replaced as a whole, and only once all of the new is there.

    Args:
        folder: the folder.
        how: in which way it is made: one line.
        fill: makes what is in it, in an empty folder beside it, and returns of what: one line.
    """
    new, old = (folder.with_name(f"{folder.name}.{word}") for word in ("new", "old"))
    for left in (new, old):
        # Of one who was killed.
        shutil.rmtree(left, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        what = fill(new)
        (new / _STAMP).write_text("\n".join((what, how, _hash(new))), encoding="utf-8")
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _read(folder: Path) -> list[str]:
    try:
        return (folder / _STAMP).read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []


def _hash(folder: Path) -> str:
    """Return a hash of names, links and files in a folder."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            kind, content = b"link", os.fsencode(path.readlink())
        elif path.is_file():
            kind, content = b"file", path.read_bytes()
        else:
            kind, content = b"folder", b""
        if path != folder / _STAMP:
            name = os.fsencode(path.relative_to(folder))
            total.update(b"\0".join((kind, name, str(len(content)).encode(), content)))
    return total.hexdigest()
