"""Notebooks as pages: the cells and nothing else, looking like the rest of the guide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from bs4 import BeautifulSoup

from mfa_guide.website.notebooks import lighten
from tests.support.built import notebook
from tests.support.html import attribute, one

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess


def cell(source: str, output: str = "", **metadata: Any) -> Any:
    outputs = [nbformat.v4.new_output("stream", text=output)] if output else []
    return nbformat.v4.new_code_cell(source, outputs=outputs, metadata=metadata)


def test_a_notebook_beside_docs_is_a_light_page(
    small_guide: Callable[..., Path], build: Callable[[Path], CompletedProcess[str]], tmp_path: Path
) -> None:
    project = small_guide(
        {"docs/index.md": "# Home\n", "notebooks/mine.ipynb": notebook(cell("print('<here>')", "<seen>\n"))}
    )
    built = build(project)
    assert built.returncode == 0, built.stderr
    html = (tmp_path / "html" / "notebooks" / "mine" / "index.html").read_text(encoding="utf-8")
    assert len(html) < 40_000
    page = BeautifulSoup(html, "html.parser")
    assert one(page, "meta[name=description]")["content"] == "What it shows."
    article = one(page, "article")
    assert article.select("script, style") == []
    assert [heading.get_text() for heading in article.select("h1, h2")] == ["My notebook¶", "Part¶"]
    assert one(article, ".highlight > pre > code").get_text() == "print('<here>')\n"
    assert one(article, ".highlight > .copy")["data-copy"] == "print('<here>')"
    assert [pre.get_text() for pre in article.select(".jp-OutputArea-output pre")] == ["<seen>\n"]
    assert all(pre["tabindex"] == "0" for pre in article.select("pre"))


def test_a_cell_for_a_terminal_is_a_terminal_and_solutions_are_folded(
    small_guide: Callable[..., Path], build: Callable[[Path], CompletedProcess[str]], tmp_path: Path
) -> None:
    cells = [
        cell("%%terminal abroad\nssh <there>", "<in>\n"),
        cell("%%terminal\n# your turn", tags=["your-turn"]),
        cell("%%save ~/a.sh\necho hi", tags=["solution"]),
        cell("%%terminal\n./a.sh", "hi\n", tags=["solution"]),
        nbformat.v4.new_markdown_cell("It says *hi*.", metadata={"tags": ["solution"]}),
        nbformat.v4.new_markdown_cell("And then:"),
        cell("print(1)", "1\n"),
    ]
    project = small_guide({"docs/index.md": "# Home\n", "notebooks/mine.ipynb": notebook(*cells)})
    assert build(project).returncode == 0
    article = BeautifulSoup((tmp_path / "html/notebooks/mine/index.html").read_text(encoding="utf-8"), "html.parser")
    terminals = article.select(".transcript")
    assert terminals[0].get_text() == "%%terminal abroad\nssh <there>\n<in>\n"
    assert one(terminals[0], ".copy")["data-copy"] == "ssh <there>"
    (details,) = article.select("details")
    assert [pre.get_text() for pre in details.select("pre")] == ["%%save ~/a.sh\necho hi\n", "%%terminal\n./a.sh\nhi\n"]
    assert [text.get_text() for text in details.select("p")] == ["It says hi."]
    (after,) = (text for text in article.select("p") if text.get_text() == "And then:")
    assert after.find_parent("details") is None
    assert "your turn" not in article.get_text()
    assert [pre.get_text() for pre in article.select(".jp-OutputArea-output pre")] == ["1\n"]


def test_it_can_be_downloaded_and_its_links_lead_on(
    small_guide: Callable[..., Path], build: Callable[[Path], CompletedProcess[str]], tmp_path: Path
) -> None:
    stored = notebook(text="[There](../other.md#part)")
    files = {"docs/index.md": "# Home\n", "docs/other.md": "# Other\n\n## Part\n", "notebooks/mine.ipynb": stored}
    assert build(small_guide(files)).returncode == 0
    folder = tmp_path / "html" / "notebooks" / "mine"
    article = one(BeautifulSoup((folder / "index.html").read_text(encoding="utf-8"), "html.parser"), "article")
    (there,) = (link for link in article.select("a") if link.get_text() == "There")
    assert there["href"] == "../../other/#part"
    assert (folder / attribute(one(article, "a[download]"), "href")).read_text(encoding="utf-8") == stored


def test_the_table_of_contents_has_the_whole_headings_and_leads_to_them(
    small_guide: Callable[..., Path], build: Callable[[Path], CompletedProcess[str]], tmp_path: Path
) -> None:
    stored = notebook(text="### `ssh -A <host>`: and more\n\nText.")
    assert build(small_guide({"docs/index.md": "# Home\n", "notebooks/mine.ipynb": stored})).returncode == 0
    page = BeautifulSoup((tmp_path / "html/notebooks/mine/index.html").read_text(encoding="utf-8"), "html.parser")
    links = page.select(".md-nav--secondary a[href^='#']")
    assert " ".join(links[-1].get_text().split()) == "ssh -A <host>: and more"
    assert one(page, attribute(links[-1], "href")).name == "h3"


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("../gone.md", "../gone.md, which does not exist; the nearest is “../index.md”"),
        ("../index.md#homes", "#homes, which is not in ../index.md; the nearest is “home”"),
    ],
)
def test_a_link_that_leads_nowhere_fails_the_build(
    small_guide: Callable[..., Path], build: Callable[[Path], CompletedProcess[str]], target: str, says: str
) -> None:
    stored = notebook(text=f"[There]({target})")
    done = build(small_guide({"docs/index.md": "# Home\n", "notebooks/mine.ipynb": stored}))
    assert done.returncode != 0
    assert f"notebooks/mine.ipynb: cell 1: the link goes to {says}" in done.stderr


def test_what_comes_from_other_sites_is_dropped() -> None:
    html = (
        '<div class="jp-Notebook"><script src="https://cdn.example/x.js"></script><style>a{}</style><p>Text</p></div>'
    )
    assert lighten(html) == '<div class="jp-Notebook"><p>Text</p></div>'
