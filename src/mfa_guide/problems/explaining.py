"""What `mfa-guide explain` says: what a message means and what helps, and never a word of what was pasted."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, cast

from mfa_guide.errors import GuideError, UsageError
from mfa_guide.problems.catalogue import advice, entries, with_facts
from mfa_guide.problems.finding import LONGEST, find, index

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path

    from mfa_guide.problems.catalogue import Chapter, Entry

_LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")
_STRONG = re.compile(r"\*\*(.+?)\*\*")


def read(file: Path | None) -> str:
    """Return the end of what a file, or standard input without one, has.

    Raises:
        UsageError: it cannot be read, or is no text.
    """
    try:
        if file is None:
            # Python has no standard input when it was closed.
            if sys.stdin is None:
                raise UsageError("there is no standard input: name a file")
            if sys.stdin.isatty():
                print("Paste what the terminal said, press Enter, and then Ctrl+D.", file=sys.stderr)
            content = _end(cast("BufferedReader", sys.stdin.buffer))
        else:
            with file.open("rb") as stream:
                content = _end(stream)
    except OSError as error:
        raise UsageError(f"{file or 'standard input'} cannot be read: {error.strerror}") from None
    # Notepad and PowerShell write UTF-16.
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    return content.decode(encoding, errors="replace")


def _end(stream: BufferedReader) -> bytes:
    kept = b""
    while block := stream.read1(LONGEST):
        kept = (kept + block)[-LONGEST:]
    return kept


def explain(text: str) -> str:
    """Return what a text means: the entries that it is about, the best first.

    Raises:
        GuideError: it is about none.
    """
    known = {entry.id: (chapter, entry) for chapter, entry in entries()}
    found = find(text, index())
    if not found:
        raise GuideError("nothing in it is known here: paste more of it, best all that ssh -v says")
    return "\n\n\n".join(_section(*known[id]) for id in found)


def _section(chapter: Chapter, entry: Entry) -> str:
    text = with_facts(f"{entry.heading}\n\n{advice(entry)}\n\nRead more: {address(chapter, entry)}")
    return _STRONG.sub(r"\1", _LINK.sub(r"\1", text))


def address(chapter: Chapter, entry: Entry) -> str:
    """Return where the guide has an entry: `SITE_URL` says where the guide is, or else it is on this computer."""
    site = os.environ.get("SITE_URL", "http://127.0.0.1:8000/")
    return f"{site.rstrip('/')}/{chapter.page.removesuffix('.md')}/#{entry.id}"
