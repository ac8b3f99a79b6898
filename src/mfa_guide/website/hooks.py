"""What MkDocs calls while it builds the guide."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority, get_plugin_logger
from mkdocs.utils import get_relative_url

from mfa_guide.base.errors import GuideError
from mfa_guide.gate import on_page
from mfa_guide.guide.page import read_page
from mfa_guide.website import (
    account,
    badges,
    landmarks,
    notebooks,
    other_versions,
    pictures,
    what_differs,
    your_version,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

    from mfa_guide.website.what_differs import Range

_LOG = get_plugin_logger("gate")

_ranges: list[Range] = []
"""Which versions make a difference in the guide that is being built."""


@contextlib.contextmanager
def _in_one_line() -> Iterator[None]:
    """Let MkDocs say what is wrong with the guide, and end without a traceback."""
    try:
        yield
    except GuideError as error:
        raise PluginError(str(error)) from None


@event_priority(100)
@_in_one_line()
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Before mkdocs-jupyter looks for notebooks: tell it of those that lie beside docs/.

    And find out which versions make a difference anywhere in the guide.
    """
    notebooks.add_notebooks(files, config)
    differing = what_differs.of_guide(Path(config.config_file_path).parent)
    _ranges[:] = what_differs.ranges(differs.requirement for differs in differing)
    return files


@_in_one_line()
def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Before a page becomes HTML: warn of what no check stands behind, which ends a strict build.

    And tell each fence which snippet it shows.
    """
    if notebooks.is_notebook(page):
        return markdown
    path = Path(config.docs_dir) / page.file.src_uri
    for finding in on_page.findings(read_page(Path(config.config_file_path).parent, path)):
        _LOG.warning("%s", finding)
    return other_versions.place(markdown, page.file.src_uri)


@_in_one_line()
def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Once a page is HTML: make a notebook look like the others, else say below its title whether it was checked.

    Pages with commands ask for the reader's own account, those on which versions differ for the reader's own, and those
    with windows show pictures of them.
    """
    if notebooks.is_notebook(page):
        return notebooks.finish(html, page, files, Path(config.config_file_path).parent)
    explained = get_relative_url(".", page.url) + "#what-checked-means"
    path = Path(config.docs_dir) / page.file.src_uri
    badge = badges.badge(Path(config.config_file_path).parent, path, explained, datetime.now(UTC).date())
    html = pictures.place(html, page, files, config)
    return html.replace("</h1>", f"</h1>{badge}{account.field(html)}{your_version.fields(html, _ranges)}", 1)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Once a page has its navigation: name the sections of it."""
    return landmarks.name_sections(output)
