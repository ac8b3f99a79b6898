"""The Windows computer of a reader, in the home of their machine. Runs in that machine."""

from __future__ import annotations

import sys
from pathlib import Path

from mfa_guide.base.errors import CannotRunError, GuideError
from mfa_guide.clients.wine import prefix

PREFIX = ".wine"
"""Where it is kept, in the home."""
_SHARED = ("Desktop", "Documents", "Downloads")
"""The reader's folders that are in the home, too: what is saved there in a window is what the browser uploads."""
_KEYS = ".ssh"
"""Where a reader who has used OpenSSH has the keys, on Windows, too."""


def make(home: Path, release: str) -> None:
    """Make the computer.

    Args:
        home: the reader's home.
        release: the Debian release whose PuTTY is on it.

    Raises:
        CannotRunError: what it is made of is not here, or there is a computer already.
    """
    place = home / PREFIX
    if place.exists():
        raise CannotRunError(f"there is a Windows computer in {home} already: take another machine")
    prefix.copy(place, release)
    for name in _SHARED:
        (home / name).mkdir(exist_ok=True)
        folder = place / "drive_c" / "users" / prefix.USER / name
        folder.rmdir()
        folder.symlink_to(home / name)
    keys = home / _KEYS
    if keys.exists():
        (place / "drive_c" / "users" / prefix.USER / _KEYS).symlink_to(keys)


if __name__ == "__main__":
    try:
        make(Path.home(), sys.argv[1])
    except GuideError as error:
        sys.exit(str(error))
