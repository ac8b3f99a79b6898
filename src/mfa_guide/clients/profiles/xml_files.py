"""Profiles in XML: a comment on top, elements below."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from collections.abc import Sequence


def render(root: ElementTree.Element, notes: Sequence[str], *, declaration: str) -> bytes:
    """Return a document in UTF-8.

    Args:
        root: what is in it.
        notes: its comment, a line each, without two hyphens in a row, which XML keeps for the comment's end.
        declaration: its first line.
    """
    ElementTree.indent(root)
    comment = "\n".join(f"  {note}" for note in notes)
    body = ElementTree.tostring(root, encoding="unicode")
    return f"{declaration}\n<!--\n{comment}\n-->\n{body}\n".encode()


def parse(content: bytes, name: str) -> ElementTree.Element:
    """Return the root of a document.

    Raises:
        ValueError: it is no XML, or its root has another name.
    """
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise ValueError(f"it is no XML: {error}") from None
    if root.tag != name:
        raise ValueError(f"it is no {name}")
    return root
