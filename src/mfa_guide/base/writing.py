"""Writing a file of somebody's: whole or not at all, whatever happens in between."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_NEW_FILE = 0o666
"""What anybody's umask takes from."""


def write(
    path: Path,
    content: str | bytes,
    *,
    mode: int | None = None,
    over: bool = True,
    folders: bool = False,
    error: type[GuideError] = GuideError,
) -> None:
    """Write a file: who reads it meanwhile, or after an interruption, finds the old one or the new one.

    Args:
        path: the file; see `draft`.
        content: what it then holds; text is written as UTF-8.
        mode: who may do what with it; as it was, or as with any new file of this user, when not given.
        over: whether it may take the place of what is there.
        folders: whether the folders that it is in are made.
        error: what is raised when it cannot be written.

    Raises:
        GuideError: it cannot be written.
        FileExistsError: there is something already, and `over` is false.
    """
    if folders:
        with _told(path, error):
            path.parent.mkdir(parents=True, exist_ok=True)
    with draft(path, mode=mode, over=over, error=error) as put:
        put(content)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read.

    Raises:
        GuideError: it cannot be written.
    """
    write(path, content, mode=0o600)


@contextlib.contextmanager
def draft(
    path: Path, *, mode: int | None = None, over: bool = True, error: type[GuideError] = GuideError
) -> Iterator[Callable[[str | bytes], None]]:
    """Begin a file that is to be written later, so that one knows first whether it can be.

    Args:
        path: the file. Where it is a link to one, that one is written; a pipe or a device is written into.
        mode: who may do what with it; as it was, or as with any new file of this user, when not given.
        over: whether it may take the place of what is there.
        error: what is raised when it cannot be written.

    Yields:
        What takes the whole content, and puts the file in its place; unless it is called, nothing is changed.

    Raises:
        GuideError: it cannot be written.
        FileExistsError: there is something already, and `over` is false.
    """
    if over and (path.is_fifo() or path.is_char_device()):
        new = target = path
    else:
        target = path.resolve() if over else path
        # Hidden: what a killed process leaves behind is no page and no snippet.
        new = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    with _told(path, error):
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if new != target:
            os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _NEW_FILE if mode is None else mode))

    def put(content: str | bytes) -> None:
        with _told(path, error):
            new.write_bytes(content.encode() if isinstance(content, str) else content)
            if new == target:
                return
            if mode is None and target.exists():
                _keep_access(target, new)
            if over:
                new.replace(target)
            else:
                # Unlike a renaming, this never takes the place of what is there.
                os.link(new, target)

    try:
        yield put
    finally:
        if new != target:
            new.unlink(missing_ok=True)


@contextlib.contextmanager
def _told(path: Path, error: type[GuideError]) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise
    except OSError as problem:
        raise error(f"cannot write {path}: {problem.strerror}") from problem


def _keep_access(target: Path, new: Path) -> None:
    """Root may work in a folder of somebody else's, whose file it stays."""
    was, now = target.stat(), new.stat()
    if (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid):
        with contextlib.suppress(PermissionError):
            os.chown(new, was.st_uid, was.st_gid)
    new.chmod(was.st_mode)
