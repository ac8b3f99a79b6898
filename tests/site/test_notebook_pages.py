"""Notebooks as pages: the cells and nothing else, looking like the rest of the guide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
from bs4 import BeautifulSoup

from mfa_guide.site.notebooks import lighten

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess


def notebook(output: str) -> str:
    """Return a notebook of two cells, as it is stored."""
    cell = nbformat.v4.new_code_cell("print('<here>')", outputs=[nbformat.v4.new_output("stream", text=output)])
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# My notebook\n\n## Part\n\nText."), cell])
    content.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    return nbformat.writes(content)


def test_a_notebook_beside_docs_is_a_light_page(
    small_guide: Callable[..., Path], build: Callable[[Path], CompletedProcess[str]], tmp_path: Path
) -> None:
    project = small_guide({"docs/index.md": "# Home\n", "notebooks/mine.ipynb": notebook("<seen>\n")})
    built = build(project)
    assert built.returncode == 0, built.stderr
    html = (tmp_path / "html" / "notebooks" / "mine" / "index.html").read_text(encoding="utf-8")
    assert len(html) < 40_000
    article = BeautifulSoup(html, "html.parser").article
    assert article.select("script, style") == []
    assert [heading.get_text() for heading in article.select("h1, h2")] == ["My notebook¶", "Part¶"]
    assert article.select_one(".highlight > pre > code").get_text() == "print('<here>')\n"
    assert article.select_one(".highlight > .copy")["data-copy"] == "print('<here>')"
    assert [pre.get_text() for pre in article.select(".jp-OutputArea-output pre")] == ["<seen>\n"]
    assert all(pre["tabindex"] == "0" for pre in article.select("pre"))


def test_what_comes_from_other_sites_is_dropped() -> None:
    html = (
        '<div class="jp-Notebook"><script src="https://cdn.example/x.js"></script><style>a{}</style><p>Text</p></div>'
    )
    assert lighten(html) == '<div class="jp-Notebook"><p>Text</p></div>'
