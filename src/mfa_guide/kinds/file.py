"""Files that the reader saves, for instance `~/.ssh/config`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field

from mfa_guide.clients import files
from mfa_guide.expecting.failure import Failure
from mfa_guide.kinds import changes
from mfa_guide.kinds.kind import Done, Flag, Instructed, Options

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mfa_guide.clients.versions import Client
    from mfa_guide.guide.page import Instruction, Page
    from mfa_guide.kinds.kind import Change
    from mfa_guide.kinds.reader import Reader


def _place(value: object) -> str:
    try:
        files.place(str(value or ""))
    except Failure as failure:
        raise ValueError(failure.message) from None
    return str(value)


def _mode(value: object) -> str:
    try:
        files.in_words(str(value or ""))
    except Failure as failure:
        raise ValueError(failure.message) from None
    return str(value)


class FileOptions(Options):
    """Where a file is saved, and how."""

    path: Annotated[str, BeforeValidator(_place)] = Field("", validate_default=True)
    """Where: `~/` and its place in the home directory."""
    mode: Annotated[str, BeforeValidator(_mode)] | None = None
    """Who may do what with it, in octal digits as `chmod` takes them; None when the page does not say."""
    append: Flag = False
    """Whether the reader adds the text to the file, rather than making a file of it."""


class File(Instructed[FileOptions]):
    """A file that the reader saves."""

    name = "file"
    options = FileOptions

    def client(self, text: str, instruction: Instruction, reader: Reader) -> Client | None:
        return None

    def carry_out(self, text: str, path: Path, instruction: Instruction, reader: Reader) -> Done:
        options = self.options_of(instruction)
        way: files.Way = "append" if options.append else "new"
        files.save(reader.machine, text, options.path, mode=options.mode or "", way=way)
        return Done()

    def changes(self, text: str, path: Path) -> Iterator[Change]:
        return changes.of_text(text)

    def option_changes(self, line: str) -> Iterator[tuple[str, str]]:
        if re.search(r"\bappend\b", line):
            yield "`append` dropped", re.sub(r" append\b", "", line)
        for old, new in (("600", "644"), ("644", "600"), ("700", "755"), ("755", "700"), ("400", "600")):
            if f'mode="{old}"' in line:
                yield f"mode {old} becomes {new}", line.replace(f'mode="{old}"', f'mode="{new}"')
        if path := re.search(r'path="(.*?)"', line):
            yield "another path", line.replace(path[0], f'path="{changes.other_word(path[1])}"')

    def faults(self, page: Page) -> Iterator[tuple[int, str]]:
        """A file that the reader saves is used by a later transcript, or nothing proves what it says."""
        for instruction in page.instructions:
            path = instruction.option("path")
            # What lies in ~/.ssh is read by ssh itself.
            if instruction.kind != self.name or path.startswith("~/.ssh/"):
                continue
            name = path.rpartition("/")[2]
            later = [other for other in page.run(instruction.label) if other.line > instruction.line]
            used = [page.snippet(other) for other in later if other.kind == "transcript"]
            texts = [each.read_text(encoding="utf-8", errors="replace") for each in used if each.is_file()]
            if not any(re.search(rf"^\$ .*(?<!\w){re.escape(name)}(?!\w)", text, re.MULTILINE) for text in texts):
                yield instruction.line, f"no later transcript uses {name}: show how the reader does"

    def says(self, instruction: Instruction) -> str:
        return instruction.option("path")


FILE = File()
