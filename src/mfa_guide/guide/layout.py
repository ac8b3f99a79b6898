"""Admonitions and tabs: Python-Markdown indents what is in them, which CommonMark takes for code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADMONITION = re.compile(r" *(?:!!! \w|(?P<folded>\?\?\?) \w|\?\?\?\+ \w)")
_TAB = re.compile(r' *===(?P<new>!?)\+?!? "(?P<label>[^"]*)"')
_FENCE = re.compile(r" *(?P<marker>`{3,}|~{3,})")


@dataclass(frozen=True)
class Tab:
    """A tab, of which the reader sees one in each group."""

    group: int
    """The line on which the first tab of its group begins, counted from 1."""
    label: str
    line: int
    """Its own line."""


@dataclass(frozen=True)
class FlatLine:
    """A line of a page, moved to the margin of the admonitions and tabs in which it stands."""

    text: str
    tabs: tuple[Tab, ...]
    """The tabs in which it stands, the outermost first."""
    folded: bool = False
    """Whether it stands in an admonition that is closed until the reader opens it."""


@dataclass(frozen=True)
class _Container:
    indent: int
    tab: Tab | None = None
    folded: bool = False


def flatten(lines: list[str]) -> Iterator[FlatLine]:
    """Move the content of admonitions and tabs to the margin of their first line, which becomes empty.

    Every line keeps its number. The line that begins a tab is in it.
    """
    containers: list[_Container] = []
    fence = ""
    for number, line in enumerate(lines, start=1):
        indent = len(line) - len(line.lstrip(" "))
        ended: _Container | None = None
        if line.strip():
            while containers and indent < containers[-1].indent + 4:
                ended = containers.pop()
                fence = ""
        text = line[4 * len(containers) :]
        if marker := _FENCE.match(text):
            if not fence:
                fence = marker["marker"]
            elif marker["marker"].startswith(fence):
                fence = ""
        elif not fence and (tab := _TAB.match(line)):
            # Tabs that follow each other are one group.
            before = ended.tab if ended and ended.indent == indent and not tab["new"] else None
            containers.append(_Container(indent, Tab(before.group if before else number, tab["label"], number)))
            text = ""
        elif not fence and (admonition := _ADMONITION.match(line)):
            containers.append(_Container(indent, folded=bool(admonition["folded"])))
            text = ""
        tabs = tuple(container.tab for container in containers if container.tab)
        yield FlatLine(text, tabs, any(container.folded for container in containers))
