"""The files that a line of the small shell can name: those of the account's home directory, and no others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mfa_guide.practice.ssh.grammar import ShellError

if TYPE_CHECKING:
    from io import FileIO
    from pathlib import Path

    from mfa_guide.practice.ssh.homes import Home


class OwnFiles:
    """The files of an account, as it calls them."""

    def __init__(self, account: str, home: Home) -> None:
        """Begin.

        Args:
            account: whose they are.
            home: where they are.
        """
        self.folder = f"/home/{account}"
        """What the account calls its home directory."""
        self.home = home

    def path(self, name: str) -> Path:
        """Return where a file is on this computer.

        Raises:
            ShellError: it is none that can be named.
        """
        plain = name.removeprefix(f"{self.folder}/").removeprefix("./")
        parts = plain.split("/")
        if not all(re.fullmatch(r"[A-Za-z0-9_.,+=@ -]{1,100}", part) and part not in (".", "..") for part in parts):
            raise ShellError(f"{name}: only files of your own home directory can be used here")
        return self.home.folder / plain

    def open_to_read(self, path: Path) -> FileIO:
        """Open a file, which counts for as long as anybody has it.

        Raises:
            OSError: it cannot be opened.
        """
        self.home.opens()
        return self._opened(path.open("rb", buffering=0))

    def open_to_write(self, name: str, *, append: bool) -> FileIO:
        """Open or make a file, which counts for as long as anybody has it.

        Raises:
            ShellError: it is none that can be named.
            OSError: it cannot be opened.
        """
        path = self.path(name)
        self.home.opens()
        if not path.exists():
            self.home.add()
        # Without a buffer: what could not be written is known at once, and nothing is left for the end.
        return self._opened(path.open("ab" if append else "wb", buffering=0))

    def _opened(self, file: FileIO) -> FileIO:
        self.home.opened(file)
        return file
