"""The built-in commands: what they print, and what they never reach."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from mfa_guide.practice.ssh.commands import Commands, Streams
from mfa_guide.practice.ssh.homes import LARGEST_FILE, MOST_BYTES, MOST_FILES, Home
from mfa_guide.practice.ssh.own_files import OwnFiles
from mfa_guide.practice.ssh.shell import MOST_TEXT, Shell

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return make_shell(tmp_path / "homes" / "vsc1", Streams(into(written), into(complained)))


def make_shell(home: Path, streams: Streams) -> Shell:
    return Shell(Commands("vsc1", "login", OwnFiles("vsc1", Home(home))), streams)


written: list[str] = []
complained: list[str] = []


def into(texts: list[str]) -> Callable[[str], Awaitable[None]]:
    async def write(text: str) -> None:
        texts.append(text)

    return write


def run(shell: Shell, line: str) -> tuple[int, str, str]:
    written.clear()
    complained.clear()
    # In a thread of its own: browsers that other tests use keep a loop running in this one.
    with ThreadPoolExecutor() as thread:
        status = thread.submit(asyncio.run, shell.run(line)).result()
    return status, "".join(written), "".join(complained)


@pytest.mark.parametrize(
    ("line", "output"),
    [
        ("whoami", "vsc1\n"),
        ("hostname", "login\n"),
        ("pwd", "/home/vsc1\n"),
        ("echo a  b", "a b\n"),
        ("echo 'a  b'", "a  b\n"),
        ('echo "a  $(whoami) b"', "a  vsc1 b\n"),
        ("echo '$(whoami)'", "$(whoami)\n"),
        (r"echo \$HOME $HOME ~ ~/x a~", "$HOME /home/vsc1 /home/vsc1 /home/vsc1/x a~\n"),
        ("echo $(echo $(echo deep))", "deep\n"),
        ("false; echo $?", "1\n"),
        ("true && echo yes", "yes\n"),
        ("false && echo no; echo after", "after\n"),
        ("false && echo no && echo no", ""),
        ("echo -n x; echo ''", "x\n"),
        ("echo one > f; echo two >> f; cat f", "one\ntwo\n"),
        ("echo one>f;cat ~/f ./f", "one\none\n"),
        ("echo b > b; echo a > a; ls", "a\nb\n"),
        ("", ""),
        ("  ;  ", ""),
    ],
)
def test_what_a_line_prints(shell: Shell, line: str, output: str) -> None:
    assert run(shell, line)[1:] == (output, "")


@pytest.mark.parametrize(
    ("line", "status", "complaint"),
    [
        ("nothing", 127, "nothing: command not found"),
        ("run_line x", 127, "command not found"),
        ("cat missing", 1, "cat: missing: No such file or directory"),
        ("ls missing", 1, "No such file or directory"),
        ("ssh-add -l", 2, "Could not open a connection to your authentication agent."),
        ("exit x", 1, "numeric argument required"),
        ("echo 'a", 2, "no closing '"),
        ("echo $(whoami", 2, "do not match"),
        ("echo a)", 2, "do not match"),
        ("echo >", 2, "no file after >"),
        ("&& echo", 2, "syntax error near &&"),
        ("echo a | cat", 2, "| is not known"),
        ("echo $(" * 12 + "x" + ")" * 12, 2, "too deep"),
    ],
)
def test_what_a_line_complains_of(shell: Shell, line: str, status: int, complaint: str) -> None:
    got, _, err = run(shell, line)
    assert got == status
    assert complaint in err


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../other",
        "..",
        ".",
        "../../x",
        "a/../../b",
        "a//b",
        "~root/x",
        "/home/vsc2/f",
        "a\0b",
        "x" * 101,
    ],
)
def test_nothing_outside_the_home_directory(shell: Shell, tmp_path: Path, name: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    for line in (f"cat '{name}'", f"echo x > '{name}'", f"echo x >> '{name}'", f"ls '{name}'"):
        status, out, err = run(shell, line)
        if line.startswith("ls") and name == ".":
            continue
        assert (bool(status), out) == (True, ""), line
        assert "only files of your own home directory" in err, line
    assert sorted(tmp_path.rglob("*")) == before


def sparse(path: Path, size: int) -> None:
    """Make a file that has that many bytes and takes no room."""
    with path.open("wb") as file:
        file.truncate(size)


def test_a_file_cannot_grow_for_ever(shell: Shell, tmp_path: Path) -> None:
    home = tmp_path / "homes" / "vsc1"
    sparse(home / "f", LARGEST_FILE - 8)
    assert run(shell, "echo 7 chars >> f") == (0, "", "")
    assert run(shell, "echo one more >> f; echo after") == (0, "after\n", "echo: File too large\n")
    assert (home / "f").stat().st_size == LARGEST_FILE


def test_all_files_of_an_account_cannot_either(shell: Shell, tmp_path: Path) -> None:
    home = tmp_path / "homes" / "vsc1"
    for number in range(MOST_BYTES // LARGEST_FILE):
        sparse(home / str(number), LARGEST_FILE)
    assert run(shell, "echo more > f; echo after") == (0, "after\n", "echo: Disk quota exceeded\n")
    (home / "0").unlink()
    assert run(shell, "echo more > f; cat f") == (0, "more\n", "")


def test_there_cannot_be_any_number_of_them(shell: Shell, tmp_path: Path) -> None:
    home = tmp_path / "homes" / "vsc1"
    (home / "folder").mkdir()
    for number in range(MOST_FILES - 2):
        (home / "folder" / str(number)).touch()
    assert run(shell, "echo > last; echo > f") == (1, "", "-bash: f: Disk quota exceeded\n")
    (home / "last").unlink()
    assert run(shell, "echo > f") == (0, "", "")


def test_a_large_file_is_shown_piece_by_piece(shell: Shell, tmp_path: Path) -> None:
    """Not all of it at once, and others have their turn between the pieces; letters stay whole."""
    content = "é" * 500_001
    (tmp_path / "homes" / "vsc1" / "large").write_text(content)
    _, out, _ = run(shell, "cat large")
    assert out == content
    assert max(map(len, written)) < 50_000


def test_a_file_that_is_added_to_itself_comes_to_an_end(shell: Shell) -> None:
    assert run(shell, "echo one > f; cat f >> f; cat f")[1] == "one\none\n"


@pytest.mark.parametrize("line", ["echo $(cat m)", 'echo "$(cat m)"', "echo x > $(cat m)", "echo $(cat s)$(cat s)"])
def test_what_takes_the_place_of_a_command_has_an_end(shell: Shell, tmp_path: Path, line: str) -> None:
    sparse(tmp_path / "homes" / "vsc1" / "m", LARGEST_FILE)
    sparse(tmp_path / "homes" / "vsc1" / "s", MOST_TEXT // 2 + 1)
    assert run(shell, line + "; echo after")[1:] == ("after\n", "-bash: Argument list too long\n")
    assert sum(map(len, written)) < MOST_TEXT


DEEP = "/".join(["deep"] * 1000)


@pytest.mark.parametrize("command", ["cat", "ls", "echo >", "echo >>"])
def test_an_error_of_the_system_is_one_of_the_command(shell: Shell, command: str) -> None:
    """As a name that is too long for it. What follows on the line is carried out."""
    status, out, err = run(shell, f"{command} {DEEP} && echo never; echo $?; echo after")
    assert (status, out) == (0, "1\nafter\n")
    assert err.endswith(": File name too long\n")


def test_a_full_disk_is_an_error_of_the_command(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "homes" / "vsc1" / "full").symlink_to("/dev/full")
    assert run(shell, "echo x > full; echo after") == (0, "after\n", "echo: No space left on device\n")


def test_without_a_home_directory(tmp_path: Path) -> None:
    """It cannot be made where something else has its name, or where the disk is full."""
    (tmp_path / "vsc1").touch()
    shell = make_shell(tmp_path / "vsc1", Streams(into(written), into(complained)))
    assert run(shell, "echo x > f; cat f; echo after") == (
        *(0, "after\n"),
        "-bash: f: Not a directory\ncat: f: No such file or directory\n",
    )


def test_whoever_reads_the_output_has_gone(tmp_path: Path) -> None:
    """That is no error of the command: nobody is left who could be told."""

    async def gone(_text: str) -> None:
        raise BrokenPipeError

    shell = make_shell(tmp_path / "vsc1", Streams(gone, gone))
    with pytest.raises(BrokenPipeError):
        run(shell, "echo x; echo y")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("ls", "a\\x1b[2Jb\n"),
        ("a\x1b[2Jb", "-bash: a\\x1b[2Jb: command not found\n"),
        ("cat a\x1b[2Jb", "cat: a\\x1b[2Jb: only files of your own home directory can be used here\n"),
        ("echo > 'a\rb'", "-bash: a\\rb: only files of your own home directory can be used here\n"),
    ],
)
def test_names_and_messages_are_plain_text(shell: Shell, tmp_path: Path, line: str, shown: str) -> None:
    (tmp_path / "homes" / "vsc1" / "a\x1b[2Jb").touch()
    assert "".join(run(shell, line)[1:]) == shown


def test_exit_gives_its_status(shell: Shell) -> None:
    assert run(shell, "exit 3; echo never")[:2] == (3, "")
    assert shell.ended
