"""The accounts' home directories: folders of this computer, and how much may be in them.

However a file grows, somebody asks here first. What is too much is refused in the system's own words, as on a file
system with quotas.
"""

from __future__ import annotations

import contextlib
import errno
import os
import weakref
from typing import TYPE_CHECKING

from mfa_guide.base import descriptors

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_FILE = 100_000_000
"""How many bytes a file may have. Ours."""
MOST_BYTES = 500_000_000
"""How many bytes all files of an account may have together. Ours."""
MOST_FILES = 1_000
"""How many files and folders an account may have. Ours."""
MOST_OPEN = 100
"""How many of them all its sessions may have open at once. Ours."""


class Home:
    """One account's home directory."""

    def __init__(self, folder: Path) -> None:
        """Make the folder, if it is not there.

        Args:
            folder: the folder of this computer that holds the account's files.
        """
        self.folder = folder
        # Nothing is known of what is there: `_look` finds out when the first byte comes.
        self._bytes_left = 0
        self._files_left = 0
        self._open: weakref.WeakSet[object] = weakref.WeakSet()
        # Where it cannot be made, everything that needs it fails by itself, and says why.
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def grow(self, size: int, to: int) -> None:
        """Note that a file grows.

        Args:
            size: how many bytes it has.
            to: how many it is going to have. When these are no more, nothing is asked.

        Raises:
            OSError: that is too much, for the file or the account.
        """
        if to <= size:
            return
        if to > LARGEST_FILE:
            raise _error(errno.EFBIG)
        if to - size > self._bytes_left:
            self._look()
        if to - size > self._bytes_left:
            raise _error(errno.EDQUOT)
        self._bytes_left -= to - size

    def add(self) -> None:
        """Note that a file or a folder comes.

        Raises:
            OSError: there are too many.
        """
        if not self._files_left:
            self._look()
        if self._files_left <= 0:
            raise _error(errno.EDQUOT)
        self._files_left -= 1

    def opens(self) -> None:
        """Note that a file or folder is going to be opened.

        Raises:
            OSError: too many are open.
        """
        if len(self._open) >= MOST_OPEN or descriptors.few_left():
            raise _error(errno.EMFILE)

    def opened(self, what: object) -> None:
        """Note what was opened: it counts for as long as anybody has it."""
        self._open.add(what)

    def _look(self) -> None:
        """Count what is there: what was removed has made room.

        Raises:
            OSError: a folder cannot be read, for its path became too long by renaming: nothing more may come then.
        """
        self._bytes_left = self._files_left = 0
        bytes_, files = 0, 0
        folders = [os.fspath(self.folder)]
        while folders:
            with os.scandir(folders.pop()) as found:
                for entry in found:
                    files += 1
                    bytes_ += entry.stat(follow_symlinks=False).st_size
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
        self._bytes_left, self._files_left = MOST_BYTES - bytes_, MOST_FILES - files


class Homes:
    """The home directories of all accounts."""

    def __init__(self, folder: Path) -> None:
        """Begin.

        Args:
            folder: holds a folder for each account.
        """
        self._folder = folder
        self._homes: dict[str, Home] = {}

    def of(self, account: str) -> Home:
        """Return the home directory of an account: the same for all its sessions."""
        if account not in self._homes:
            self._homes[account] = Home(self._folder / account)
        return self._homes[account]


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))
