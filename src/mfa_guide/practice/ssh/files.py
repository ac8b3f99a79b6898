"""Files over sftp and scp: those of the account's own home directory, and no others."""

from __future__ import annotations

import contextlib
import os
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import asyncssh

from mfa_guide.practice.ssh.private_names import until_sent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from io import FileIO

    from mfa_guide.practice.ssh.homes import Home

LARGEST_READ = 262_144
"""How many bytes are read at once, however many a client asks for. As many as asyncssh copies at once."""
_CREATE = (asyncssh.FXF_CREATE_NEW, asyncssh.FXF_CREATE_TRUNCATE, asyncssh.FXF_OPEN_OR_CREATE)
"""What a client of version 5 or 6 says when a file may be made."""


class Files(asyncssh.SFTPServer):
    """An account's home directory, as the root of everything that a client sees.

    asyncssh keeps paths below it, but would follow a link that leads out: so none can be made. However a file may
    grow or come, the home directory is asked first whether there is room.
    """

    def __init__(self, chan: asyncssh.SSHServerChannel[bytes], home: Home) -> None:
        super().__init__(chan, chroot=bytes(home.folder))
        self._home = home
        self._appending: weakref.WeakSet[object] = weakref.WeakSet()

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
            self._opens(path, creates=bool(pflags & asyncssh.FXF_CREAT))
            return self._opened(super().open(path, pflags, _tame(attrs)), appends=bool(pflags & asyncssh.FXF_APPEND))

    def open56(self, path: bytes, desired_access: int, flags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        self._opens(path, creates=flags & asyncssh.FXF_ACCESS_DISPOSITION in _CREATE)
        appends = desired_access & asyncssh.ACE4_APPEND_DATA or flags & asyncssh.FXF_APPEND_DATA
        return self._opened(super().open56(path, desired_access, flags, _tame(attrs)), appends=bool(appends))

    def _opens(self, path: bytes, *, creates: bool) -> None:
        self._home.opens()
        if creates:
            self._comes(path)

    def _opened(self, file_obj: Any, *, appends: bool) -> Any:
        self._home.opened(file_obj)
        if appends:
            self._appending.add(file_obj)
        return file_obj

    def _comes(self, path: bytes) -> None:
        if not os.path.lexists(self.map_path(path)):
            self._home.add()

    def stat(self, path: bytes) -> Any:
        with self._named(path):
            return super().stat(path)

    def setstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> Any:
        with self._named(path):
            if attrs.size is not None:
                self._home.grow(Path(os.fsdecode(self.map_path(path))).stat().st_size, attrs.size)
            return super().setstat(path, _tame(attrs))

    def lsetstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> Any:
        return super().lsetstat(path, _tame(attrs))

    def fsetstat(self, file_obj: object, attrs: asyncssh.SFTPAttrs) -> Any:
        if attrs.size is not None:
            self._home.grow(_size(file_obj), attrs.size)
        return super().fsetstat(file_obj, _tame(attrs))

    def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> Any:
        with self._named(path):
            self._comes(path)
            return super().mkdir(path, _tame(attrs))

    def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        self._home.opens()
        names = self._names(path)
        self._home.opened(names)
        return names

    async def _names(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        await until_sent(self.channel)
        with self._named(path):
            async for name in super().scandir(path):
                yield name

    def symlink(self, oldpath: bytes, newpath: bytes) -> None:
        raise asyncssh.SFTPPermissionDenied("no links on the practice site")

    def link(self, oldpath: bytes, newpath: bytes) -> None:
        raise asyncssh.SFTPPermissionDenied("no links on the practice site")

    async def read(self, file_obj: object, offset: int, size: int) -> Any:
        # Of all that a client may ask for at once, no more is made than it takes.
        await until_sent(self.channel)
        return super().read(file_obj, offset, min(size, LARGEST_READ))

    def write(self, file_obj: object, offset: int, data: bytes) -> Any:
        size = _size(file_obj)
        # What is opened for appending grows wherever the client says that it writes.
        self._home.grow(size, (size if file_obj in self._appending else offset) + len(data))
        return super().write(file_obj, offset, data)

    def exit(self) -> None:
        # Without an exit status scp takes the copy for failed.
        self.channel.exit(0)


def _size(file_obj: object) -> int:
    return os.fstat(cast("FileIO", file_obj).fileno()).st_size


def _tame(attrs: asyncssh.SFTPAttrs) -> asyncssh.SFTPAttrs:
    """Return attributes as a user may give them, also where the practice site was started by root.

    Raises:
        asyncssh.SFTPPermissionDenied: they give the file to somebody else.
    """
    if (attrs.uid, attrs.gid, attrs.owner, attrs.group) != (None, None, None, None):
        raise asyncssh.SFTPPermissionDenied("files stay with their owner")
    if attrs.permissions is not None:
        attrs.permissions &= 0o777
    return attrs
