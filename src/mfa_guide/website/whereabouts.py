"""Where things stand on a page: what is wrong in a fence, or with what it embeds, is said with its line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError
from mfa_guide.base.reading import read_text
from mfa_guide.expecting.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from mfa_guide.guide.page import Page

OPTIONS = ("page", "file", "line", "snippet", "source")
"""The options by which a fence is told where it stands and what it embeds; see `tell`. No page writes them."""

_EMBEDDED = re.compile(r'(?<!;)-+8<-+ +"(?P<snippet>[^":]+)')


def tell(markdown: str, first: int, page: Page, kinds: Collection[str]) -> str:
    """Tell each fence of a page where it stands.

    Args:
        markdown: the page, before snippets are put in.
        first: the number of its first line in its file.
        page: the same page, read.
        kinds: the fences that are told, by the word they begin with.
    """
    lines = markdown.split("\n")
    for block in page.blocks:
        if block.kind == "fence" and block.language in kinds:
            told = {"page": page.name, "file": page.where, "line": str(block.line)}
            if block.snippet:
                source = page.guide.edition.where(page.snippet_file(block.snippet))
                told |= {"snippet": block.snippet, "source": source}
            lines[block.line - first] += "".join(f' {name}="{value}"' for name, value in told.items())
    return "\n".join(lines)


def of(options: Mapping[str, str]) -> str:
    """Return where a fence stands, in front of what is said of it: `docs/index.md:12: `.

    Args:
        options: those of the fence; nothing is known of one that was not told.
    """
    if not options.keys() >= {"file", "line"}:
        return ""
    return f"{options['file']}:{options['line']}: "


def look_for_embedded(markdown: str, first: int, where: str, folders: Sequence[Path]) -> None:
    """Make sure that everything that a page embeds is there, and is text.

    Args:
        markdown: the page, before snippets are put in.
        first: the number of its first line in its file.
        where: what to call it in errors.
        folders: where snippets are looked for.

    Raises:
        GuideError: something is not; the message says on which line, and what is most like it.
    """
    for number, line in enumerate(markdown.split("\n"), start=first):
        for match in _EMBEDDED.finditer(line):
            name = match["snippet"]
            file = next((folder / name for folder in folders if (folder / name).is_file()), None)
            if file is None:
                names = [each.relative_to(folder).as_posix() for folder in folders for each in folder.rglob("*.*")]
                raise GuideError(f"{where}:{number}: there is no snippet {name}{nearest(name, names)}")
            read_text(file, f"{where}:{number}: {name}")
