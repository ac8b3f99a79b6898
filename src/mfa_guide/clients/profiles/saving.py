"""Saving a profile: whole or not at all, for its owner alone, and over another file only when that is wanted."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from mfa_guide.base.errors import UsageError


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
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".mfa-guide-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            if force:
                Path(name).replace(path)
            else:
                # Unlike a renaming, this never takes the place of what is there.
                os.link(name, path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
    except FileExistsError:
        raise UsageError(f"{path} is there already: choose another with --out, or replace it with --force") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be saved ({error.strerror}): choose another with --out") from None
