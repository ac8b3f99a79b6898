"""The search of the website: it knows what pages say they answer, and loads nothing before somebody searches.

The theme's plugin writes down what stands on the pages, and its worker ranks that. A worker of our own
(theme/assets/search.js) stands between that and the search box. It takes the documents from a file of their own, for
the theme loads its file with every page.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from mfa_guide.base import reading
from mfa_guide.guide.front_matter import ASKED
from mfa_guide.problems import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mkdocs.structure.pages import Page

_INDEX = "search/search_index.json"
"""What the theme's plugin writes, and the theme loads with every page: how to search, and the documents."""
_DOCUMENTS = "search/documents.json"
_SEPARATOR = r"&(?:[lg]t|amp|quot);|[\s\-_,.;:!?=+#@%…“”‘’'\"`()\[\]{}/\\|]+"
"""What stands between words. The theme knows `<` and `>` as the marks of HTML, and gives `*` a meaning."""
_FIELDS = {"title": {"boost": 12.0}, "text": {"boost": 1.0}, "tags": {"boost": 12.0}}


class Words(BaseModel):
    """What is known of words, beside what the pages say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    same: tuple[tuple[str, ...], ...]
    """Words that mean the same, in groups."""
    little: Annotated[tuple[str, ...], BeforeValidator(str.split)]
    """Words that say little."""


def words() -> Words:
    """Return what is known of words.

    Raises:
        GuideError: the file cannot be read.
    """
    path = Path(__file__).with_name("search.yml")
    return reading.read_yaml(path, path.name, Words)


def finish(site: Path, pages: Mapping[str, Page], edition: str) -> None:
    """Add to the documents of the search what they answer, and put them into a file of their own.

    Args:
        site: the folder of the built website; nothing happens where it has no search.
        pages: the pages that were built, by their files relative to docs/.
        edition: the version of the guide's policy.

    Raises:
        GuideError: the words or the catalogue cannot be read.
    """
    file = site / _INDEX
    if not file.is_file():
        return
    index = json.loads(file.read_text(encoding="utf-8"))
    documents: list[dict[str, Any]] = index["docs"]
    at = {document["location"]: document for document in documents}
    for page in pages.values():
        if document := at.get(page.url):
            document["text"] = f"<p>{page.meta.get('description', '')}</p>{document['text']}"
            document["tags"] = page.meta.get(ASKED, [])
    for chapter, entry in catalogue.entries(edition):
        page_of_it = pages.get(chapter.page)
        if page_of_it and (document := at.get(f"{page_of_it.url}#{entry.id}")):
            document["tags"] = list(entry.called)
    (site / _DOCUMENTS).write_text(_json(documents), encoding="utf-8")
    known = words()
    how = index["config"] | {
        "separator": _SEPARATOR,
        # The worker asks for little words, too: each in its place.
        "pipeline": [],
        "fields": _FIELDS,
        "words": known.model_dump(),
    }
    file.write_text(_json({"config": how, "docs": []}), encoding="utf-8")


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
