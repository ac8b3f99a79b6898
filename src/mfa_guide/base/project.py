"""Finding the project that a command is about."""

from __future__ import annotations

from pathlib import Path

from mfa_guide.base.errors import UsageError


def find_project(start: Path | None = None) -> Path:
    """Return the nearest folder, from `start` upwards, that has a `mkdocs.yml`.

    Args:
        start: where to begin; the current directory when not given.

    Raises:
        UsageError: no folder on the way up has one.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "mkdocs.yml").is_file():
            return folder
    raise UsageError(f"no mkdocs.yml in {here} or above it: change to the folder of the guide first")
