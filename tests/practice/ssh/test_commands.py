"""The built-in commands: what they print, and what they never reach."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from mfa_guide.practice.ssh.commands import Shell

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(
        account="vsc1",
        host="login",
        home=tmp_path / "homes" / "vsc1",
        agent=None,
        out=lambda text: written.append(text),
        err=lambda text: complained.append(text),
    )


written: list[str] = []
complained: list[str] = []


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


def test_a_file_cannot_grow_for_ever(shell: Shell) -> None:
    for _ in range(2):
        run(shell, "echo " + "x" * 600_000 + " >> f")
    assert "file too large" in complained[-1]


def test_exit_gives_its_status(shell: Shell) -> None:
    assert run(shell, "exit 3; echo never")[:2] == (3, "")
    assert shell.ended
