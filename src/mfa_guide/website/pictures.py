"""The screenshots on the pages: shown where a check has made them, about the very text that the page shows."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File, Files

from mfa_guide.checking.screenshots import BUILD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

    from mfa_guide.checking.screenshots import Picture

# Which address a picture has depends on the page; a fence does not know on which it is.
_UNPLACED = "data-screenshot"
_CAPTION_ENDS = "</figcaption>"
_LARGER = "Tap or click a picture, and it opens alone, to be enlarged."


def figure(picture: Picture, shows: str, client: str) -> str:
    """Return a picture as HTML that has no address yet: `place` gives it one.

    Args:
        picture: the picture.
        shows: what is to be seen in it, for those who do not see it.
        client: the program, with its version.
    """
    return (
        f'<figure class="screenshot"><a {_UNPLACED}="{escape(picture.file)}"><img {_UNPLACED}="{escape(picture.file)}" '
        f'alt="{escape(shows)}" width="{picture.width}" height="{picture.height}" loading="lazy"></a>'
        f"<figcaption>{escape(client)}{_CAPTION_ENDS}</figure>"
    )


def place(html: str, page: Page, files: Files, config: MkDocsConfig) -> str:
    """Give the pictures of a page their addresses, and add them to the files of the site.

    Below the first one stands what a reader can do with all of them.
    """
    build = Path(config.config_file_path).parent / BUILD

    def source(match: re.Match[str]) -> str:
        file = files.get_file_from_path(match[2])
        if file is None:
            file = File(match[2], str(build), config.site_dir, config.use_directory_urls)
            files.append(file)
        # On a phone one looks at the picture alone, and makes it larger.
        attribute = "href" if match[1] == "a" else "src"
        return f'<{match[1]} {attribute}="{file.url_relative_to(page.file)}"'

    placed = re.sub(f'<(a|img) {_UNPLACED}="([^"]+)"', source, html)
    return placed.replace(_CAPTION_ENDS, f". {_LARGER}{_CAPTION_ENDS}", 1)


def agree(html: str, stands_for: Mapping[str, str]) -> str:
    """Let the text of a page say what the pictures beside it show.

    Args:
        html: the page.
        stands_for: what they show in place of the samples on the page.
    """
    for sample, value in stands_for.items():
        html = html.replace(escape(sample), escape(value))
    return html
