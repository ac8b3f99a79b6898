"""Notebooks as pages: they lie beside docs/, and they look like the rest of the guide.

mkdocs-jupyter brings half a megabyte of styles into every notebook page, and scripts from other sites. Here only the
cells stay, in the markup that the theme already knows.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Comment
from mkdocs.structure.files import File, Files

from mfa_guide.site.fences import copy_button

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

FOLDER = "notebooks"
_SUFFIX = ".ipynb"
# Styles and scripts, and what only works with them.
_DROPPED = "script, style, .zeroclipboard-container, .clipboard-copy-txt, .jp-InputPrompt, .jp-OutputPrompt"


def add_notebooks(files: Files, config: MkDocsConfig) -> None:
    """Add the notebooks of the project to the files of the site."""
    project = Path(config.config_file_path).parent
    for path in sorted((project / FOLDER).glob(f"*{_SUFFIX}")):
        name = path.relative_to(project).as_posix()
        files.append(File(name, str(project), config.site_dir, config.use_directory_urls))


def is_notebook(page: Page) -> bool:
    """Tell whether a page is a notebook."""
    return page.file.src_uri.endswith(_SUFFIX)


def lighten(html: str) -> str:
    """Return a notebook's HTML with nothing but its cells, code marked up as in any other page."""
    soup = BeautifulSoup(html, "html.parser")
    for element in soup.select(_DROPPED):
        element.decompose()
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for anchor in soup.select(".anchor-link"):
        anchor["class"] = "headerlink"
        anchor["title"] = "Link to this section"
    # What scrolls is reached with the keyboard, and nothing else.
    for focusable in soup.select("[tabindex]"):
        del focusable["tabindex"]
    for pre in soup.select("pre"):
        pre["tabindex"] = "0"
    for code in soup.select(".highlight-ipynb"):
        code["class"] = "highlight"
        for pre in code.select("pre"):
            text = pre.get_text().strip("\n")
            inner = soup.new_tag("code")
            inner.extend(list(pre.contents))
            pre.append(inner)
            pre.insert_after(BeautifulSoup(copy_button(text, "this cell"), "html.parser"))
    return str(soup)
