"""The anchors of a page: what a link may name behind `#`.

Each heading has one, which Python-Markdown makes of its words. A page adds others: `{ #here }`, or `id="here"` in HTML.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from markdown.extensions.toc import slugify, unique

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_SEPARATOR = "-"
"""What the extension `toc` puts between words, where nobody tells it otherwise."""
_ATTRIBUTES = re.compile(r"(?<!\{)\{:?(?P<said>[^{}\n]+)\}")
_NAMED = re.compile(r"(?:^|\s)#(?P<id>[^\s#]+)")
_IN_HTML = re.compile(r"""\b(?:id|name)\s*=\s*["']?(?P<id>[^"'\s>]+)""")


def anchors(tokens: Sequence[Token]) -> frozenset[str]:
    """Return the anchors of a page.

    Args:
        tokens: the page, parsed.
    """
    found = {*_given(tokens)}
    headings = [following for token, following in pairwise(tokens) if token.type == "heading_open"]
    for heading in headings:
        if not [*_in_attributes(heading.content)]:
            unique(slugify(_ATTRIBUTES.sub("", _text(heading)), _SEPARATOR), found)
    return frozenset(found)


def _given(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the anchors that a page gives itself."""
    for token in tokens:
        if token.type == "html_block":
            yield from _in_html(token.content)
        for child in token.children or []:
            if child.type == "html_inline":
                yield from _in_html(child.content)
            elif child.type == "text":
                yield from _in_attributes(child.content)


def _in_html(text: str) -> Iterator[str]:
    return (match["id"] for match in _IN_HTML.finditer(text))


def _in_attributes(text: str) -> Iterator[str]:
    for match in _ATTRIBUTES.finditer(text):
        yield from (named["id"] for named in _NAMED.finditer(match["said"]))


def _text(heading: Token) -> str:
    return "".join(child.content for child in heading.children or [] if child.type in ("text", "code_inline"))
