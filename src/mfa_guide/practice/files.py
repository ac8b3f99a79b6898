"""Files over sftp and scp: those of the account's own home directory, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncssh

if TYPE_CHECKING:
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
