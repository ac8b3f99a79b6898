"""Reading the log of a login: as it stood on the screen, whatever the program kept of its making."""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

import pyte

from mfa_guide.base.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 200_000
"""How many bytes of a log are read. Ours: a login is some 2,000."""
STANDARD_INPUT = "-"

# So wide that nothing wraps: a log has the lines that the programs wrote.
_COLUMNS = 1000
_SCRIPT = re.compile(r"Script (?:started|done)(?: on)?:? .*")
_PUTTY = re.compile(r"(?:=~)+=? PuTTY log .*")
# bash's way to the next line, where what is typed does not fit into one.
_TYPED_ON = re.compile(r" \r(?!\n)")
_NEW_LINE = re.compile(r"\r\n|\n\r|\n")


class _Paper(pyte.Screen):
    """A terminal that only goes on downwards: what was on it is not wiped away."""

    def cursor_position(self, line: int | None = None, column: int | None = None) -> None:
        pass

    def cursor_to_line(self, line: int | None = None) -> None:
        pass

    def erase_in_display(self, how: int = 0, *args: Any, **kwargs: Any) -> None:
        pass

    def set_margins(self, top: int | None = None, bottom: int | None = None) -> None:
        pass

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        pass

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        pass


def read_log(log: Path) -> list[str]:
    """Return the lines of a log: of `script`, of PuTTY, or pasted; from standard input when `log` is `-`.

    Raises:
        UsageError: it is too large, or empty.
        OSError: it cannot be read.
    """
    content = sys.stdin.buffer.read(LARGEST + 1) if str(log) == STANDARD_INPUT else log.read_bytes()
    if len(content) > LARGEST:
        raise UsageError(f"{log} is too large: cut it down to one login, {LARGEST:,} bytes at most")
    lines = screen_lines(_decode(content))
    if not any(lines):
        raise UsageError(f"{log} is empty")
    return lines


def _decode(content: bytes) -> str:
    # PowerShell writes UTF-16.
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return content.decode(encoding, "replace")


def screen_lines(text: str) -> list[str]:
    """Return what stood on the screen: control codes carried out, what was typed and wiped out again gone."""
    # Marks of direction and the like are nothing that stands on a screen; pyte stumbles over them.
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    text = _TYPED_ON.sub("", _NEW_LINE.sub("\r\n", text)).replace("\x1bc", "")
    paper = _Paper(_COLUMNS, text.count("\n") + len(text) // _COLUMNS + 2)
    # The mode in which a line goes on in the next one: it is the only one that matters here.
    paper.mode.add(pyte.modes.DECAWM)
    pyte.Stream(paper).feed(text)
    lines = [line.rstrip() for line in paper.display]
    lines = [line for line in lines if not (_SCRIPT.fullmatch(line) or _PUTTY.fullmatch(line))]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def unwrap(lines: list[str]) -> list[str]:
    """Put lines together again as if a terminal had broken those that are as long as the longest."""
    widest = max(map(len, lines))
    whole: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on:
            whole[-1] += line
        else:
            whole.append(line)
        goes_on = len(line) == widest
    return whole
