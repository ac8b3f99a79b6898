"""Reading a line of the practice site's small shell: commands, quoting, `;`, `&&`, `$(…)`, `$?`, `~`, redirection."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MOST_NESTED = 8
"""How deep `$(…)` may be nested. Ours."""


class ShellError(Exception):
    """A line that the shell cannot read, or a file it cannot use; the message is what the user sees."""


@dataclass(frozen=True)
class Variable:
    """The place of a variable's value."""

    name: str


@dataclass
class Call:
    """One command of a line."""

    words: list[Word] = field(default_factory=list)
    """What it consists of: its name, then its arguments."""
    target: Word | None = None
    """The file that output goes to."""
    append: bool = False
    needs_success: bool = False
    """Whether it came after `&&`."""


@dataclass(frozen=True)
class Line:
    """A line, read."""

    calls: tuple[Call, ...]


Word = list["str | Variable | Line"]
"""A word as its parts: text, variables, and lines in `$(…)` whose output takes their place."""


class Reader:
    """Reads one line, character by character."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def line(self, depth: int = 0) -> Line:
        """Read up to the end, or up to the `)` that closes `$(`."""
        if depth > MOST_NESTED:
            raise ShellError("too deep")
        calls: list[Call] = []
        call = Call()
        redirect = False
        while True:
            self._skip_blanks()
            rest = self._text[self._at :]
            if not rest or rest[0] in ";\n)" or rest.startswith("&&"):
                if redirect:
                    raise ShellError("syntax error: no file after >")
                if call.words or call.target:
                    calls.append(call)
                elif rest.startswith("&&"):
                    raise ShellError("syntax error near &&")
                if not rest or rest[0] == ")":
                    if (depth > 0) != bool(rest):
                        raise ShellError("syntax error: ( and ) do not match")
                    self._at += bool(rest)
                    return Line(tuple(calls))
                both = rest.startswith("&&")
                self._at += 2 if both else 1
                call = Call(needs_success=both)
            elif rest[0] == ">":
                call.append = rest.startswith(">>")
                self._at += 2 if call.append else 1
                redirect = True
            elif rest[0] in "&|<`(":
                raise ShellError(f"{rest[0]} is not known on the practice site")
            else:
                word = self._word(depth)
                if redirect:
                    call.target, redirect = word, False
                else:
                    call.words.append(word)

    def _skip_blanks(self) -> None:
        while self._text[self._at : self._at + 1] in (" ", "\t", "\r"):
            self._at += 1

    def _word(self, depth: int) -> Word:
        parts: Word = []
        quote = ""
        if re.match(r"~(/|[\s;)&>]|$)", self._text[self._at :]):
            parts.append(Variable("HOME"))
            self._at += 1
        while self._at < len(self._text):
            char = self._text[self._at]
            if not quote and char in " \t\r\n;&|<>()`":
                break
            self._at += 1
            if char == quote:
                quote = ""
            elif not quote and char in "'\"":
                quote = char
                parts.append("")
            elif char == "\\" and quote != "'":
                parts.append(self._text[self._at : self._at + 1])
                self._at += 1
            elif char == "$" and quote != "'":
                parts.append(self._dollar(depth))
            else:
                parts.append(char)
        if quote:
            raise ShellError(f"syntax error: no closing {quote}")
        return parts

    def _dollar(self, depth: int) -> str | Variable | Line:
        rest = self._text[self._at :]
        if rest.startswith("("):
            self._at += 1
            return self.line(depth + 1)
        match = re.match(r"\?|[A-Za-z_][A-Za-z0-9_]*", rest)
        if not match:
            return "$"
        self._at += match.end()
        return Variable(match[0])
