"""The screenshots on the pages: shown where a check has made them, about the very text that the page shows."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File, Files

from mfa_guide.checking.screenshots import BUILD

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

    from mfa_guide.checking.screenshots import Picture

# Which address a picture has depends on the page; a fence does not know on which it is.
_UNPLACED = "data-screenshot"


def figure(picture: Picture, shows: str, client: str) -> str:
    """Return a picture as HTML that has no address yet: `place` gives it one.

    Args:
        picture: the picture.
        shows: what is to be seen in it, for those who do not see it.
        client: the program, with its version.
    """
    return (
        f'<figure class="screenshot"><img {_UNPLACED}="{escape(picture.file)}" alt="{escape(shows)}" '
        f'width="{picture.width}" height="{picture.height}" loading="lazy">'
        f"<figcaption>{escape(client)}</figcaption></figure>"
    )


def place(html: str, page: Page, files: Files, config: MkDocsConfig) -> str:
    """Give the pictures of a page their addresses, and add them to the files of the site."""
    build = Path(config.config_file_path).parent / BUILD

    def source(match: re.Match[str]) -> str:
        file = files.get_file_from_path(match[1])
        if file is None:
            file = File(match[1], str(build), config.site_dir, config.use_directory_urls)
            files.append(file)
        return f'src="{file.url_relative_to(page.file)}"'

    return re.sub(f'{_UNPLACED}="([^"]+)"', source, html)
