"""What MkDocs calls while it builds the guide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs.plugins import event_priority

from mfa_guide.site import notebooks

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page


@event_priority(100)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Before mkdocs-jupyter looks for notebooks: tell it of those that lie beside docs/."""
    notebooks.add_notebooks(files, config)
    return files


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Once a page is HTML: lighten it if it is a notebook."""
    return notebooks.lighten(html) if notebooks.is_notebook(page) else html
