"""Saving a profile: for its owner alone, and over another file only when that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_guide.base import writing
from mfa_guide.base.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def save(content: bytes, path: Path, *, force: bool) -> None:
    """Save a file of mode 600.

    Args:
        content: what is in it.
        path: where.
        force: whether it takes the place of a file that is there.

    Raises:
        UsageError: there is a file already, or it cannot be saved there.
    """
    try:
        writing.write(path, content, mode=0o600, over=force, error=UsageError)
    except FileExistsError:
        raise UsageError(f"{path} is there already: choose another with --out, or replace it with --force") from None
