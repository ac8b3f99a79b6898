"""Files over sftp and scp: however a client makes one grow, there is an end to it, and it is told in words."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncssh
import pytest

from mfa_guide.practice.ssh.files import LARGEST_READ
from mfa_guide.practice.ssh.homes import LARGEST_FILE, MOST_BYTES, MOST_FILES, MOST_OPEN
from tests.support.connecting import ACCOUNT, connect, run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.support.loopback_site import LoopbackSite

    Do = Callable[[asyncssh.SFTPClient], Awaitable[object]]


@pytest.fixture
def home(site: LoopbackSite) -> Path:
    """The account's home directory, with nothing in it."""
    home = site.folder / "state" / "homes" / ACCOUNT
    home.mkdir(parents=True, exist_ok=True)
    for path in home.iterdir():
        path.unlink() if path.is_file() else path.rmdir()
    return home


def do(site: LoopbackSite, what: Do, version: int = 3) -> None:
    async def session() -> None:
        async with connect(site) as connection, connection.start_sftp_client(sftp_version=version) as client:
            await what(client)
            # Whatever was refused, the session goes on.
            await client.listdir(".")

    run(session())


def refused(site: LoopbackSite, what: Do, reason: str, version: int = 3) -> None:
    with pytest.raises(asyncssh.SFTPError, match=reason):
        do(site, what, version)


async def write_at_the_end(client: asyncssh.SFTPClient, mode: str, offset: int, size: int, name: str = "file") -> None:
    async with client.open(name, mode + "b") as file:
        await file.write(b"x" * size, offset)


@pytest.mark.parametrize("version", [3, 6])
@pytest.mark.parametrize("too_large", [LARGEST_FILE + 1, 10_000_000_000, 2**62])
def test_no_file_is_made_larger(site: LoopbackSite, home: Path, too_large: int, version: int) -> None:
    (home / "file").write_bytes(b"x")
    refused(site, lambda client: client.truncate("file", too_large), "File too large", version)
    refused(site, lambda client: client.setstat("file", asyncssh.SFTPAttrs(size=too_large)), "File too large", version)

    async def of_an_open_one(client: asyncssh.SFTPClient) -> None:
        async with client.open("file", "r+b") as file:
            await file.truncate(too_large)

    refused(site, of_an_open_one, "File too large", version)
    refused(site, lambda client: write_at_the_end(client, "r+", too_large - 1, 1), "File too large", version)
    assert (home / "file").stat().st_size == 1


@pytest.mark.parametrize("version", [3, 6])
def test_what_is_appended_counts_at_the_end(site: LoopbackSite, home: Path, version: int) -> None:
    """Wherever the client says that it writes."""
    with (home / "file").open("wb") as file:
        file.truncate(LARGEST_FILE - 1)
    do(site, lambda client: write_at_the_end(client, "a", 0, 1), version)
    refused(site, lambda client: write_at_the_end(client, "a", 0, 1), "File too large", version)
    assert (home / "file").stat().st_size == LARGEST_FILE


def test_a_file_of_the_largest_size_arrives(site: LoopbackSite, home: Path) -> None:
    do(site, lambda client: write_at_the_end(client, "w", LARGEST_FILE - 1, 1))
    assert (home / "file").stat().st_size == LARGEST_FILE


def test_a_file_that_is_copied_onto_its_own_end(site: LoopbackSite, home: Path) -> None:
    (home / "file").write_bytes(b"x" * LARGEST_READ)

    async def copy(client: asyncssh.SFTPClient) -> None:
        async with client.open("file", "rb") as there, client.open("file", "ab") as here:
            await client.remote_copy(there, here, 0, 0, 0)

    refused(site, copy, "File too large")


def test_all_files_of_an_account_together(site: LoopbackSite, home: Path) -> None:
    async def fill(client: asyncssh.SFTPClient) -> None:
        for number in range(MOST_BYTES // LARGEST_FILE):
            await write_at_the_end(client, "w", 0, 0, name=str(number))
            await client.truncate(str(number), LARGEST_FILE)

    do(site, fill)
    refused(site, lambda client: write_at_the_end(client, "w", 0, 1), "Disk quota exceeded")
    refused(site, lambda client: client.truncate("file", 1), "Disk quota exceeded")
    do(site, lambda client: client.remove("0"))
    do(site, lambda client: write_at_the_end(client, "w", 0, 1))


def test_the_number_of_files_and_folders(site: LoopbackSite, home: Path) -> None:
    async def fill(client: asyncssh.SFTPClient) -> None:
        await asyncio.gather(*(client.mkdir(str(number)) for number in range(MOST_FILES)))

    do(site, fill)
    refused(site, lambda client: write_at_the_end(client, "w", 0, 1), "Disk quota exceeded")
    refused(site, lambda client: write_at_the_end(client, "w", 0, 1), "Disk quota exceeded", version=6)
    refused(site, lambda client: client.mkdir("folder"), "Disk quota exceeded")
    do(site, lambda client: client.rename("0", "other"))


def test_files_and_folders_that_are_open(site: LoopbackSite, home: Path) -> None:
    """Their number is the account's, over all its sessions, and whoever has closed one can open another."""
    (home / "file").write_bytes(b"x")

    async def open_them(client: asyncssh.SFTPClient) -> None:
        files = [await client.open("file") for _ in range(MOST_OPEN)]
        async with connect(site) as connection, connection.start_sftp_client() as other:
            with pytest.raises(asyncssh.SFTPError, match="Too many open files"):
                await other.open("file")
            with pytest.raises(asyncssh.SFTPError, match="Too many open files"):
                await other.listdir(".")
            shown = await connection.run("cat file")
            assert (shown.exit_status, shown.stderr) == (1, "cat: Too many open files\n")
            await files[0].close()
            assert await other.listdir(".")

    do(site, open_them)
    # With the session they are closed.
    do(site, open_them)


def test_folders_that_are_opened_and_never_read(site: LoopbackSite, home: Path) -> None:
    async def open_them(client: asyncssh.SFTPClient) -> None:
        handler = client._handler
        for _ in range(MOST_OPEN):
            await handler.opendir(b".")
        with pytest.raises(asyncssh.SFTPError, match="Too many open files"):
            await handler.opendir(b".")

    async def session() -> None:
        async with connect(site) as connection, connection.start_sftp_client() as client:
            await open_them(client)

    run(session())
    do(site, lambda client: client.listdir("."))


def test_files_stay_with_their_owner(site: LoopbackSite, home: Path) -> None:
    """Also where root has started the practice site; and nothing that is put there runs as somebody else."""
    (home / "file").touch()
    refused(site, lambda client: client.chown("file", 65534, 65534), "files stay with their owner")
    do(site, lambda client: client.chmod("file", 0o4755))
    do(site, lambda client: client.mkdir("folder", asyncssh.SFTPAttrs(permissions=0o7755)))
    assert {(home / name).stat().st_mode & 0o7777 for name in ("file", "folder")} == {0o755}


def test_an_answer_is_as_long_as_the_client_takes(site: LoopbackSite, home: Path) -> None:
    """A client may ask for gigabytes in one request: it gets the beginning, and asks for more."""
    with (home / "file").open("wb") as file:
        file.truncate(LARGEST_FILE)

    async def read(client: asyncssh.SFTPClient) -> None:
        async with client.open("file", "rb") as file:
            data, _ = await client._handler.read(file.handle, 0, 2**32 - 1)
            assert len(data) == LARGEST_READ

    do(site, read)


def test_a_tree_that_is_deeper_than_paths_are_long(site: LoopbackSite, home: Path) -> None:
    """By renaming, one may become so: its files cannot be counted any more, and nothing comes beside them."""

    async def dig(client: asyncssh.SFTPClient) -> None:
        for name in ("a", "b"):
            for depth in range(11):
                await client.mkdir("/".join([name * 200] * (depth + 1)))
        await client.rename("b" * 200, "/".join(["a" * 200] * 11 + ["b"]))
        with pytest.raises(asyncssh.SFTPError, match=r"File name too long"):
            for number in range(MOST_FILES):
                await client.mkdir(str(number))
        await client.rename("/".join(["a" * 200] * 11 + ["b"]), "b" * 200)
        for name in ("a", "b"):
            for depth in range(11, 0, -1):
                await client.rmdir("/".join([name * 200] * depth))
        await asyncio.gather(*(client.rmdir(name) for name in await client.listdir(".") if name.isdigit()))

    do(site, dig)
