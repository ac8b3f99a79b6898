"""Files over sftp and scp: those of the account's own home directory, and no others."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import asyncssh

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


class Files(asyncssh.SFTPServer):
    """An account's home directory, as the root of everything that a client sees.

    asyncssh keeps paths below it, but would follow a link that leads out: so none can be made.
    """

    LARGEST = 100_000_000
    """How many bytes a file may have. Ours."""

    def __init__(self, chan: asyncssh.SSHServerChannel[bytes], homes: Path) -> None:
        home = homes / chan.get_extra_info("username")
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(chan, chroot=bytes(home))

    def map_path(self, path: bytes) -> bytes:
        # With a slash at the end it is a folder or nothing: asyncssh drops it, and `scp file host:missing/` would work.
        return super().map_path(path).rstrip(b"/") + b"/" * path.endswith(b"/")

    @contextlib.contextmanager
    def _named(self, path: bytes) -> Iterator[None]:
        """Let errors of the old scp name a file as the client did, in OpenSSH's words.

        asyncssh puts the name that the file has on this computer behind them. In sftp it leaves all names out.
        """
        try:
            yield
        except OSError as error:
            if self.channel.get_command() is None:
                raise
            raise OSError(error.errno, f"{path.decode(errors='replace')}: {error.strerror}") from None

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        with self._named(path):
            return super().open(path, pflags, attrs)

    def stat(self, path: bytes) -> Any:
        with self._named(path):
            return super().stat(path)

    def setstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> Any:
        with self._named(path):
            return super().setstat(path, attrs)

    def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> Any:
        with self._named(path):
            return super().mkdir(path, attrs)

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        with self._named(path):
            async for name in super().scandir(path):
                yield name

    def symlink(self, oldpath: bytes, newpath: bytes) -> None:
        raise asyncssh.SFTPPermissionDenied("no links on the practice site")

    def link(self, oldpath: bytes, newpath: bytes) -> None:
        raise asyncssh.SFTPPermissionDenied("no links on the practice site")

    def write(self, file_obj: object, offset: int, data: bytes) -> Any:
        if offset + len(data) > self.LARGEST:
            raise asyncssh.SFTPFailure("file too large for the practice site")
        return super().write(file_obj, offset, data)

    def exit(self) -> None:
        # Without an exit status scp takes the copy for failed.
        self.channel.exit(0)
