"""What `mfa-guide explain` says: what a message means and what helps, and never a word of what was pasted."""

from __future__ import annotations

import os
import posixpath
import re
import sys
from functools import cache
from typing import TYPE_CHECKING, cast

from mfa_guide.base.errors import GuideError, UsageError
from mfa_guide.policy.naming import filled
from mfa_guide.problems.catalogue import advice, code, entries
from mfa_guide.problems.finding import ANSWERING, PRIVATE_KEY, answer, has_private_key, index
from mfa_guide.problems.rules import RULES

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path

    from mfa_guide.policy import Policy
    from mfa_guide.problems.catalogue import Chapter, Entry
    from mfa_guide.problems.finding import Index

_SITE = "SITE_URL"
_LINK = re.compile(r"\[([^]]*)\]\(([^)]*)\)")
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
    while block := stream.read1(RULES["longest"]):
        kept = (kept + block)[-RULES["longest"] :]
    return kept


def explain(text: str, policy: Policy) -> str:
    """Return what a text means: the entries that it is about, the best first.

    Args:
        text: what somebody pasted.
        policy: that of the edition of the guide that answers.

    Raises:
        GuideError: the text is empty, is about no entry, or has a private key.
    """
    if not text.strip():
        raise GuideError("there is nothing to explain: paste what the terminal said, or name a file that has it")
    if has_private_key(text):
        raise GuideError(_one_line(PRIVATE_KEY))
    known = {entry.id: (chapter, entry) for chapter, entry in entries(policy.version)}
    answered = answer(text, _index(policy.version))
    if not answered.found:
        raise GuideError(_one_line(answered.preface))
    first = [ANSWERING.format(edition=policy.version)]
    if answered.preface:
        first.append(_in_a_terminal(answered.preface.strip()))
    sections = [_section(*known[each.id], each.said, policy) for each in answered.found]
    return "\n\n\n".join(["\n\n".join(first), *sections, *_how_to_read()])


@cache
def _index(edition: str) -> Index:
    return index(entries(edition))


def _section(chapter: Chapter, entry: Entry, said: str, policy: Policy) -> str:
    heading = entry.heading
    if said and code(said) != heading:
        heading += f"\nHere: {code(said)}"
    more = f"Read more: {address(f'../{chapter.page}#{entry.id}')}"
    return _in_a_terminal(filled(f"{heading}\n\n{advice(entry)}\n\n{more}", policy))


def _one_line(answer: str) -> str:
    return " ".join([*_in_a_terminal(answer).split(), *_how_to_read()])


def _how_to_read() -> list[str]:
    """Say how an address on this computer is made to lead somewhere."""
    if _SITE in os.environ:
        return []
    return ["To read more, type ./run serve in the guide's folder: the addresses lead to it then."]


def _in_a_terminal(markdown: str) -> str:
    return _STRONG.sub(r"\1", _LINK.sub(lambda link: f"{link[1]} ({address(link[2])})", markdown))


def address(link: str) -> str:
    """Return where the guide has what a link in docs/fix/ leads to.

    `SITE_URL` says where the guide is, or else it is on this computer.
    """
    page, mark, anchor = link.partition("#")
    if "://" in page:
        return link
    site = os.environ.get(_SITE, "http://127.0.0.1:8000/").rstrip("/")
    path = posixpath.normpath(f"/fix/{page}").removesuffix(".md").removesuffix("index")
    return f"{site}{path.rstrip('/')}/{mark}{anchor}"
