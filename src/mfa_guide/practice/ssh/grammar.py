"""Reading a line of the practice site's small shell: commands, quoting, `;`, `&&`, `$(…)`, `$?`, `~`, redirection."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LONGEST_LINE = 16_384
"""How many characters a line may have. Ours."""
TOO_LONG = f"line too long: the practice site reads at most {LONGEST_LINE} characters at once"
MOST_NESTED = 8
"""How deep `$(…)` may be nested. Ours."""

_BLANKS = re.compile(r"[ \t\r]*")
_HOME = re.compile(r"~(?=[/\s;)&>]|$)")
_VARIABLE = re.compile(r"\?|[A-Za-z_][A-Za-z0-9_]*")
_PLAIN = re.compile(r"""[^ \t\r\n;&|<>()`'"\\$]+""")
"""What stands for itself wherever it stands."""


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
class CommandLine:
    """A line, read."""

    calls: tuple[Call, ...]


Word = list["str | Variable | CommandLine"]
"""A word as its parts: text, variables, and lines in `$(…)` whose output takes their place."""


class Parser:
    """Reads one line, each character once: everybody on the practice site waits meanwhile."""

    def __init__(self, text: str) -> None:
        """Begin to read a line.

        Raises:
            ShellError: it is longer than lines may be.
        """
        if len(text) > LONGEST_LINE:
            raise ShellError(TOO_LONG)
        self._text = text
        self._at = 0

    def line(self, depth: int = 0) -> CommandLine:
        """Read up to the end, or up to the `)` that closes `$(`.

        Raises:
            ShellError: the line cannot be read; it says why.
        """
        if depth > MOST_NESTED:
            raise ShellError("too deep")
        calls: list[Call] = []
        call = Call()
        redirect = False
        while True:
            self._take(_BLANKS)
            here = self._text[self._at : self._at + 1]
            both = here == "&" and self._text.startswith("&&", self._at)
            if not here or here in ";\n)" or both:
                if redirect:
                    raise ShellError("syntax error: no file after >")
                if call.words or call.target:
                    calls.append(call)
                elif both:
                    raise ShellError("syntax error near &&")
                if not here or here == ")":
                    if (depth > 0) != bool(here):
                        raise ShellError("syntax error: ( and ) do not match")
                    self._at += len(here)
                    return CommandLine(tuple(calls))
                self._at += 2 if both else 1
                call = Call(needs_success=both)
            elif here == ">":
                call.append = self._text.startswith(">>", self._at)
                self._at += 2 if call.append else 1
                redirect = True
            elif here in "&|<`(":
                raise ShellError(f"{here} is not known on the practice site")
            else:
                word = self._word(depth)
                if redirect:
                    call.target, redirect = word, False
                else:
                    call.words.append(word)

    def _take(self, what: re.Pattern[str]) -> str:
        """Go past what stands here, if it does, and return it."""
        match = what.match(self._text, self._at)
        taken = match[0] if match else ""
        self._at += len(taken)
        return taken

    def _word(self, depth: int) -> Word:
        parts: Word = []
        quote = ""
        if self._take(_HOME):
            parts.append(Variable("HOME"))
        while self._at < len(self._text):
            if plain := self._take(_PLAIN):
                parts.append(plain)
                continue
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

    def _dollar(self, depth: int) -> str | Variable | CommandLine:
        if self._text.startswith("(", self._at):
            self._at += 1
            return self.line(depth + 1)
        name = self._take(_VARIABLE)
        return Variable(name) if name else "$"
