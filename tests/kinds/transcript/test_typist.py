"""Carrying out transcripts in a real terminal."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import CannotRunError
from mfa_guide.expecting.failure import Failure
from mfa_guide.kinds.transcript.reading import parse_transcript
from mfa_guide.kinds.transcript.terminal import Terminal
from mfa_guide.kinds.transcript.typist import Typist, types_the_same, would_hold
from tests.support.machines import LocalMachine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mfa_guide.expecting.matching import Bindings

SAMPLE = "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDLPE2gI9Zs3ZzqGdM"
REAL = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"
REMOTE = r"""#!/bin/sh
stty raw -echo
printf 'Welcome\r\n$ '
while true; do
    line=
    while c=$(dd bs=1 count=1 2>/dev/null); [ -n "$c" ] || exit; [ "$c" != "$(printf '\r')" ]; do
        line="$line$c"; printf %s "$c"
    done
    printf '\r\n'
    case $line in exit) break ;; *) printf 'did %s\r\n$ ' "$line" ;; esac
done
stty sane
echo Bye
"""
MUTE = REMOTE.replace('; printf %s "$c"', "")
ASK = """#!/bin/sh
printf 'Name? '; read name
stty -echo; printf 'Secret: '; read secret; stty echo; echo
echo "$name $secret"
"""
LEAK = """#!/bin/sh
stty -echo; printf 'Secret: '; read secret; stty echo; echo "$secret"
"""
HIDE = """#!/bin/sh
printf 'Name? '; read name; printf '\\033[A\\033[2KName?\\n'
"""
WAIT = """#!/bin/sh
echo 'Please wait'
until [ -e go ]; do [ -t 0 ] || exit; sleep 0.05; done
echo 'Go on'
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name, text in {"remote": REMOTE, "mute": MUTE, "ask": ASK, "leak": LEAK, "hide": HIDE, "wait": WAIT}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    return tmp_path


@pytest.fixture
def terminal(home: Path) -> Iterator[Terminal]:
    terminal = Terminal(LocalMachine(home))
    yield terminal
    terminal.close()


@pytest.mark.parametrize(
    ("other", "same", "holds"),
    [
        ("$ ./ask\nName? «Ann»\nSecret: «hidden»\nAnn hidden\n$ echo b\n…\n", True, True),
        ("$ ./ask\nName? «Ann»\nSecret: «hidden»\nAnn hiddex\n$ echo b\nb\n", True, False),
        ("$ ./ask\nNamx? «Ann»\nSecret: «hidden»\nAnn hidden\n$ echo b\nb\n", True, False),
        ("$ ./ask\nName? «Ann»\nSecret: «hidden»\n$ echo b\nb\n", True, False),
        ("$ ./ask\nName? «Ann»\nSecret: «hidden»\nAnn hidden\nb\n$ echo b\n", True, False),
        ("$ ./ask\nName? «Bob»\nSecret: «hidden»\nAnn hidden\n$ echo b\nb\n", False, False),
        ("$ ./ask\nName? «Ann»\nSecret: «hidden»\nAnn hidden\n$ echo b #\nb\n", False, False),
    ],
)
def test_what_was_seen_tells_whether_another_transcript_would_hold(
    terminal: Terminal, other: str, same: bool, holds: bool
) -> None:
    right = parse_transcript("$ ./ask\nName? «Ann»\nSecret: «hidden»\nAnn hidden\n$ echo b\nb\n")
    typist = Typist(terminal, 10)
    typist.carry_out(right, {}, waits=False)
    assert would_hold(right, typist.seen)
    assert types_the_same(right, parse_transcript(other)) is same
    assert would_hold(parse_transcript(other), typist.seen) is holds


def test_the_rest_of_what_was_left_waiting_is_seen_by_itself(terminal: Terminal, home: Path) -> None:
    typist = Typist(terminal, 10)
    typist.carry_out(parse_transcript("$ ./wait\nPlease wait\n"), {}, waits=True)
    (home / "go").touch()
    rest = Typist(terminal, 10)
    rest.carry_out(parse_transcript("Go on\n$ echo a\na\n"), {}, waits=False)
    assert [each.rows[-1] for each in typist.seen] == ["Please wait"]
    assert [each.rows[-1] for each in rest.seen] == ["Go on", "a"]
    assert would_hold(parse_transcript("Go …\n$ echo a\na\n"), rest.seen)
    assert not would_hold(parse_transcript("Go ox\n$ echo a\na\n"), rest.seen)


def check(terminal: Terminal, text: str, *, waits: bool = False, timeout: float = 10) -> Bindings:
    return Typist(terminal, timeout).carry_out(parse_transcript(text), {}, waits=waits).bound


GOOD = [
    "$ pwd\n…\n",
    "$ echo a; echo b\na\nb\n$ true\n$ printf 'no newline'\nno newline\n",
    "$ echo 'a\n> «b'»\na\nb\n",
    "$ printf 'one\\rtwo\\n'\ntwo\n",
    "$ printf '\\033[31mred\\033[0m\\n'\nred\n",
    "$ echo; echo middle; echo; echo\n\nmiddle\n\n$ true\n",
    "$ false; echo $?\n1\n",
    "$ cat none\ncat: none: No such file or directory\n",
    "$ ./ask\nName? «Ann»\nSecret: «hidden»\nAnn hidden\n",
    "$ ./ask\nName? «»\nSecret: «»\n\n",
    "$ ./remote\nWelcome\n$ first\ndid first\n$ echo $HOME\ndid echo $HOME\n$ exit\nBye\n$ echo home\nhome\n",
    "$ seq 300 | tail -2\n299\n300\n",
    "$ echo 2026-01-02T03:04\n2025-01-01T00:00\n",
]


@pytest.mark.parametrize("text", GOOD)
def test_what_is_right_holds(terminal: Terminal, text: str) -> None:
    check(terminal, text)


BAD = [
    ("$ echo a\nb\n", 2, "expected “b”, saw “a”"),
    ("$ echo a; echo b\na\n", 2, "goes on after this line: b"),
    ("$ echo a\na\nb\n", 3, "missing"),
    ("$ true\n$ false\n", 2, "says nothing and fails: exit status 1"),
    ("$ echo a\n", 1, "goes on after this line: a"),
    ("$ ./ask\nName? «Ann»\n", 2, "Secret: .*waits for input that the page does not give"),
    ("$ ./ask\nNames? «Ann»\nSecret: «hidden»\nAnn hidden\n", 2, "saw “Name\\?” .*waits for input"),
    ("$ ./ask\nName? Ann\nSecret: «hidden»\n", 2, "expected “Name\\? Ann”"),
    ("$ ./ask\nName? «Ann»\nSecret: «hidden»\nBob hidden\n", 4, "saw “Ann hidden”"),
    ("$ echo x\nSure? «yes»\n", 2, "saw “x”"),
    ("$ ./leak\nSecret: «hidden»\n", 2, "expected “Secret: «hidden»”, saw “Secret: hidden”"),
    ("$ ./hide\nName? «Ann»\n", 2, "expected “Name\\? «Ann»”, saw “Name\\?”"),
    ("$ ./remote\nWelcome\n$ first\ndid second\n$ exit\nBye\n", 4, "saw “did first”"),
    ("$ ./remote\nwelcome\n$ exit\nBye\n", 2, "saw “Welcome”"),
    ("$ ./mute\nWelcome\n$ first\ndid first\n$ exit\nBye\n", 3, "expected “\\$ first”, saw “\\$”"),
    ("words\n$ true\n", 1, "no command waits"),
    ("$ exit\nexit\n$ true\n", 3, "the terminal is closed"),
    ("$ ./wait\nPlease weit\nGo on\n", 2, "saw “Please wait”"),
]


@pytest.mark.parametrize(("text", "line", "says"), BAD)
def test_what_is_wrong_is_caught_at_its_line_at_once(terminal: Terminal, text: str, line: int, says: str) -> None:
    with pytest.raises(Failure, match=says) as failure:
        # Who waits for the end of this time is never done.
        check(terminal, text, timeout=3600)
    assert failure.value.line == line


def test_a_command_that_does_not_end_fails_after_the_timeout(terminal: Terminal, home: Path) -> None:
    with pytest.raises(Failure, match="still runs; if it should, the fence says `waits`") as failure:
        check(terminal, "$ ./wait\nPlease wait\n", timeout=0.5)
    assert failure.value.line == 2
    with pytest.raises(Failure, match=r"this line is missing.*still runs"):
        check(Terminal(LocalMachine(home)), "$ echo a; sleep 9\na\nb\n", timeout=0.5)


@pytest.mark.parametrize(
    ("computer", "tells"), [("x86_64", True), ("aarch64", True), ("riscv64", True), ("vax", False)]
)
def test_where_nobody_can_tell_whether_a_program_waits_for_input_it_is_said(
    home: Path, monkeypatch: pytest.MonkeyPatch, computer: str, tells: bool
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: computer)
    terminal = Terminal(LocalMachine(home))
    assert terminal.can_tell == tells
    if not tells:
        with pytest.raises(Failure, match=r"Secret: .*this computer cannot tell whether it waits for input"):
            check(terminal, "$ ./ask\nName? «Ann»\n", timeout=3)
    terminal.close()


def test_a_command_waits_until_a_later_transcript(terminal: Terminal, home: Path) -> None:
    check(terminal, "$ ./wait\nPlease wait\n", waits=True)
    (home / "go").touch()
    check(terminal, "Go on\n$ echo done\ndone\n")


def test_a_command_may_end_without_a_word(terminal: Terminal, home: Path) -> None:
    check(terminal, "$ until [ -e go ]; do sleep 0.05; done\n", waits=True)
    (home / "go").touch()
    check(terminal, "$ echo done\ndone\n")


@pytest.mark.parametrize(
    ("then", "line", "says"),
    [
        ("Go in\n", 1, "saw “Go on”"),
        ("$ true\n", 1, "goes on after this line: Go on"),
        ("Go on\nand on\n", 2, "missing"),
    ],
)
def test_what_follows_the_waiting_is_compared(terminal: Terminal, home: Path, then: str, line: int, says: str) -> None:
    check(terminal, "$ ./wait\nPlease wait\n", waits=True)
    (home / "go").touch()
    with pytest.raises(Failure, match=says) as failure:
        check(terminal, then)
    assert failure.value.line == line


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("$ echo a\na\n", "has ended, but the fence says `waits`"),
        ("$ true\n", "has ended, but the fence says `waits`"),
        ("$ ./remote\nWelcome\n", "has ended, but the fence says `waits`"),
        ("$ echo a; sleep 0.1; echo b; sleep 9\na\n", "goes on after this line: b"),
        ("$ ./wait\nPlease weit\n", "saw “Please wait”"),
    ],
)
def test_a_command_that_does_not_wait_as_the_page_says(terminal: Terminal, text: str, says: str) -> None:
    with pytest.raises(Failure, match=says):
        check(terminal, text, waits=True)


def test_the_screen_shows_the_last_link(terminal: Terminal) -> None:
    assert terminal.link() is None
    check(terminal, "$ echo http://a.be/1b3dEf6hIj9kLm2nOp5 http://a.be/Ab3dEf6hIj9kLm2nOp5.; sleep 9\n…\n", waits=True)
    assert terminal.link() == "http://a.be/Ab3dEf6hIj9kLm2nOp5"


def test_no_shell_is_one_clear_line(tmp_path: Path) -> None:
    class Broken(LocalMachine):
        def argv(self, command: object, *, tty: bool = False) -> list[str]:
            return ["sh", "-c", "echo no machine; exit 1"]

    with pytest.raises(CannotRunError, match="no shell starts on the reader's machine: no machine"):
        Terminal(Broken(tmp_path))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("$ echo one; echo two\none\ntoo\n$ true\n", "$ echo one; echo two\none\ntwo\n$ true\n"),
        ("$ seq 5\n1\n…\n6\n", "$ seq 5\n1\n…\n5\n"),
        ("$ seq 2\n1\n", "$ seq 2\n1\n2\n"),
        ("$ seq 2\n1\n2\n3\n$ true\n", "$ seq 2\n1\n2\n$ true\n"),
        ("$ echo at 10:20:30 from me to you\nat …:30 from ma to you\n",
         "$ echo at 10:20:30 from me to you\nat …:30 from me to you\n"),
        ("$ echo ok since 2026-01-02T03:04\nno since 2025-01-01T00:00\n",
         "$ echo ok since 2026-01-02T03:04\nok since 2025-01-01T00:00\n"),
        (f"$ echo {REAL}\n{SAMPLE}\n$ echo now {REAL}\nthen\n",
         f"$ echo {REAL}\n{SAMPLE}\n$ echo now {REAL}\nnow {SAMPLE}\n"),
        ("$ ./ask\nNames? «Ann»\nSecrets: «x»\nAnn y\n", "$ ./ask\nName? «Ann»\nSecret: «x»\nAnn x\n"),
        ("$ ./remote\nwelcome\n$ a\ndid b\n$ exit\nBy\n", "$ ./remote\nWelcome\n$ a\ndid a\n$ exit\nBye\n"),
    ],
)  # fmt: skip
def test_update_writes_what_is_seen_and_keeps_the_rest(terminal: Terminal, old: str, new: str) -> None:
    typist = Typist(terminal, 10, keep_going=True)
    assert typist.carry_out(parse_transcript(old), {}, waits=False).text == new
    check(terminal, new)


def test_update_of_a_command_that_waits(terminal: Terminal, home: Path) -> None:
    typist = Typist(terminal, 10, keep_going=True)
    assert typist.carry_out(parse_transcript("$ ./wait\nWait\n"), {}, waits=True).text == "$ ./wait\nPlease wait\n"
    (home / "go").touch()
    assert typist.carry_out(parse_transcript("Now\n"), {}, waits=False).text == "Go on\n"


@pytest.mark.parametrize("text", ["$ false\n", "$ ./ask\nName? «Ann»\n"])
def test_update_does_not_hide_what_output_cannot_mend(terminal: Terminal, text: str) -> None:
    with pytest.raises(Failure):
        Typist(terminal, 3, keep_going=True).carry_out(parse_transcript(text), {}, waits=False)
