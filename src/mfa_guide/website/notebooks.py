"""Notebooks as pages: they lie beside docs/, and they look like the rest of the guide.

mkdocs-jupyter brings half a megabyte of styles into every notebook page, and scripts from other sites. Here only the
cells stay, in the markup that the theme already knows.
"""

from __future__ import annotations

from html import escape
from posixpath import basename, dirname, join, normpath
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Comment
from mkdocs.structure.files import File, Files
from mkdocs.utils import get_relative_url
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from mfa_guide.base.errors import GuideError
from mfa_guide.gate.links import dead_in_notebook
from mfa_guide.kinds.notebook import SUFFIX, read_notebook
from mfa_guide.website.fences import copy_button

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page
    from mkdocs.structure.toc import AnchorLink

    from mfa_guide.guide.guide import Guide

_SOLUTION = "celltag_solution"
"""The class of a cell with the tag `solution`. It is folded: in Jupyter by what its metadata say, and here."""
_TURN = ".celltag_your-turn"
"""A cell in which the reader of a notebook types: on a page nobody can."""
_TERMINAL, _SAVE = "%%terminal", "%%save"
# Styles and scripts, and what only works with them.
_DROPPED = (
    "script, style, .zeroclipboard-container, .clipboard-copy-txt, .jp-InputPrompt, .jp-OutputPrompt, .jp-Collapser,"
    " .cell-tag"
)
# All that remains of the boxes in boxes that Jupyter makes.
_KEPT = {"jp-Notebook", "jp-OutputArea-output"}


def add_notebooks(guide: Guide, files: Files, config: MkDocsConfig) -> None:
    """Add the notebooks of a guide to the files of the site.

    Raises:
        GuideError: a notebook cannot be read.
    """
    for path in guide.notebooks():
        # mkdocs-jupyter would not say which one it is.
        read_notebook(guide.project, path)
        folder = path.parents[1]
        files.append(File(path.relative_to(folder).as_posix(), str(folder), config.site_dir, config.use_directory_urls))


def is_notebook(page: Page) -> bool:
    """Tell whether a page is a notebook."""
    return page.file.src_uri.endswith(SUFFIX)


def finish(html: str, page: Page, files: Files, guide: Guide) -> str:
    """Return the HTML of a notebook as a page of the guide, and give the page its description.

    Args:
        html: what mkdocs-jupyter made of it.
        page: the page; its description stands in the notebook's metadata.
        files: the files of the site.
        guide: the guide of which it is a tutorial.

    Raises:
        GuideError: the notebook cannot be read, or a link in it leads nowhere.
    """
    name = page.file.src_uri
    path = guide.edition.file(name)
    for number, message in dead_in_notebook(guide, path):
        raise GuideError(f"{name}: cell {number}: {message}")
    # Who searches has a question, and another page answers that in fewer words.
    page.meta["search"] = {"boost": 0.4}
    page.meta["description"] = read_notebook(guide.project, path)["metadata"].get("description")
    soup = BeautifulSoup(html, "html.parser")
    for anchor in soup.select("a[href]"):
        target, mark, part = str(anchor["href"]).partition("#")
        # mkdocs-jupyter leaves links as they are.
        if file := files.get_file_from_path(normpath(join(dirname(name), target))):
            anchor["href"] = f"{file.url_relative_to(page.file)}{mark}{part}"
    download = (
        f'<p><a class="md-button" href="{basename(name)}" download>Download this notebook</a> '
        f'<a href="{get_relative_url(".", page.url)}#practise-first">How to open it</a>: it works in the folder'
        f" <code>{guide.edition.where(path.parent)}</code> of this guide's files, and nowhere else.</p>"
    )
    light = lighten(str(soup))
    _name_headings(page, light)
    return light.replace("</h1>", f"</h1>{download}", 1)


def _name_headings(page: Page, html: str) -> None:
    """Give the table of contents the names of the headings: mkdocs-jupyter leaves out what is code in them."""
    headings = BeautifulSoup(html, "html.parser").select("h1, h2, h3, h4, h5, h6")
    for link, heading in zip(_links(page.toc), headings, strict=True):
        text = "".join(part.get_text() for part in heading.contents if getattr(part, "name", None) != "a")
        link.title, link.id = escape(text), str(heading["id"])


def _links(links: Iterable[AnchorLink]) -> Iterator[AnchorLink]:
    for link in links:
        yield link
        yield from _links(link.children)


def lighten(html: str) -> str:
    """Return a notebook's HTML with nothing but its cells, marked up as on any other page."""
    soup = BeautifulSoup(html, "html.parser")
    for element in soup.select(f"{_DROPPED}, {_TURN}"):
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
        cell = code.find_parent(class_="jp-Cell")
        assert cell is not None
        source = code.get_text().strip("\n")
        outputs = cell.select(".jp-OutputArea-output")
        if source.startswith(_TERMINAL):
            shown = _terminal(source, [output.extract().get_text() for output in outputs])
        else:
            shown = _code(source)
        code.replace_with(BeautifulSoup(shown, "html.parser"))
    _fold_solutions(soup)
    for box in soup.select("div[class*=jp-], div.CodeMirror"):
        if not _KEPT & set(box["class"]):
            box.unwrap()
    return str(soup)


def _terminal(source: str, outputs: list[str]) -> str:
    """Show a cell that is typed in a terminal as a terminal."""
    first, _, typed = source.partition("\n")
    lines = [
        f'<span class="transcript__command"><span class="transcript__prompt">{escape(first)}</span>\n'
        f"{copy_button(typed, 'what is typed')}</span>"
    ]
    lines += [f'<span class="transcript__command"><kbd>{escape(line)}</kbd>\n</span>' for line in typed.splitlines()]
    lines += [
        f'<span class="transcript__output">{escape(line)}\n</span>'
        for text in outputs
        for line in text.strip("\n").splitlines()
    ]
    return (
        '<div class="transcript"><pre tabindex="0" role="group" aria-label="Cell and output">'
        f"<samp>{''.join(lines)}</samp></pre></div>"
    )


def _code(source: str) -> str:
    """Show a cell of Python, or one that is saved as a file."""
    first, _, rest = source.partition("\n")
    head, body, lexer = "", source, "python"
    if first.startswith(_SAVE):
        head, body, lexer = f'<span class="cm">{escape(first)}</span>\n', rest, "bash" if ".sh" in first else "python"
    code = highlight(body, get_lexer_by_name(lexer), HtmlFormatter(nowrap=True))
    return (
        f'<div class="highlight"><pre tabindex="0" role="group" aria-label="Cell"><code>{head}{code}</code></pre>'
        f"{copy_button(source, 'this cell')}</div>"
    )


def _fold_solutions(soup: BeautifulSoup) -> None:
    # The tags of a cell with text are those of a box in it.
    solutions = soup.select(f".jp-Cell:is(.{_SOLUTION}, :has(.{_SOLUTION}))")
    for cell in solutions:
        if cell.find_parent("details"):
            continue
        details = soup.new_tag("details", attrs={"class": "question"})
        summary = soup.new_tag("summary")
        summary.string = "Solution"
        cell.insert_before(details)
        details.append(summary)
        # A solution may take several cells.
        while (following := details.find_next_sibling(True)) is not None and following in solutions:
            details.append(following.extract())
