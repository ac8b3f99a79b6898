"""The guide as it was built: nothing on a page that nobody checked, and nothing from elsewhere in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from mfa_guide.expecting.shapes import pieces
from mfa_guide.kinds import open_guide
from mfa_guide.kinds.transcript import by_version
from tests.support.html import one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from subprocess import CompletedProcess

    from bs4 import Tag

    from tests.support.built import Guide


def on_a_page(text: str) -> str:
    """Return what a snippet, or a part of one, looks like on a page."""
    return without_samples(re.sub("«(.*?)»", lambda typed: typed[1] or "Enter", text).strip("\n"))


def without_samples(text: str) -> str:
    """Leave out what varies: where there are pictures, a page shows what they do in the place of the samples."""
    return "\n".join("".join("" if piece.shape else piece.text for piece in pieces(line)) for line in text.split("\n"))


def snippet_texts(project: Path) -> set[str]:
    """Return what every snippet of any edition looks like on a page, and all that other versions show."""
    folders = (project / "snippets", *project.glob("editions/*/snippets"))
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    parts = [
        part
        for path in files
        for difference in by_version.read_differences(path)
        for part in (difference.instead_of, difference.after, difference.shows)
        if part
    ]
    texts = [on_a_page(text) for text in (*(path.read_text(encoding="utf-8") for path in files), *parts)]
    # Command Prompt has another prompt.
    return {*texts, *(re.sub(r"^\$ ", "> ", text, flags=re.MULTILINE) for text in texts)}


def escaped_blocks(project: Path, html: Path) -> Iterator[str]:
    """Find blocks of a page that are neither the text of a snippet nor marked as unchecked."""
    texts = snippet_texts(project)
    for page in sorted(html.rglob("index.html")):
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        # What other versions show there stands in the fold, too.
        for line in soup.select(".transcript [hidden]"):
            line.decompose()
        for pre in soup.select("pre"):
            checked = without_samples(pre.get_text().strip("\n")) in texts
            of_notebook = pre.find_parent(class_="jp-Notebook") is not None
            if not (checked or of_notebook or pre.find_parent(class_="unchecked")):
                yield f"{page.relative_to(html)}: {pre.get_text()}"


def said(step: Tag) -> str:
    """Return a step's own sentence, without what stands below it."""
    below = {id(child) for child in step.select("p, figure")}
    return "".join(child.get_text() for child in step.children if id(child) not in below)


def test_every_block_is_a_snippet_or_says_that_it_is_unchecked(guide: Guide, older: Guide) -> None:
    assert list(escaped_blocks(guide.project, guide.html)) == []
    assert list(escaped_blocks(older.project, older.html)) == []


def test_pages_do_have_blocks(guide: Guide) -> None:
    assert len(guide.soup("log-in/openssh").select("pre")) > 3


def test_a_block_from_elsewhere_is_seen(
    small_guide: Callable[..., Path], build: Callable[[Path], CompletedProcess[str]], tmp_path: Path
) -> None:
    blocks = ["    ssh one", "<pre>ssh two</pre>", "```\nssh three\n```", "```python\nssh(4)\n```"]
    page = ["# Page", '``` transcript\n--8<-- "a.txt"\n```', "Text", *blocks]
    project = small_guide({"docs/index.md": "\n\n".join(page), "snippets/a.txt": "$ ask\nReally? «yes»\n"})
    assert "index.md:16: " in build(project).stderr, "the gate has seen it in the source"
    assert [block.strip() for block in escaped_blocks(project, tmp_path / "html")] == [
        f"index.html: {text}" for text in ("ssh one", "ssh two", "ssh three", "ssh(4)")
    ]


def steps(guide: Guide) -> Iterator[Tag]:
    """Find the steps of all walkthroughs."""
    for page in sorted(guide.html.rglob("index.html")):
        yield from BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select(".walkthrough > ol > li")


def test_no_button_copies_the_passphrase_of_the_examples(guide: Guide) -> None:
    passphrases = {kbd.get_text() for step in steps(guide) for kbd in step.select("kbd") if "passphrase" in said(step)}
    assert passphrases == {"correct horse battery"}
    assert not [
        button for step in steps(guide) for button in step.select(".copy") if button["data-copy"] in passphrases
    ]


def test_no_step_is_only_the_practice_sites_log_in(guide: Guide) -> None:
    there = [step for step in steps(guide) if "press The owner of" in step.get_text()]
    assert len(there) > 10
    assert [step.get_text() for step in there if "Log in with the name and password" not in step.get_text()] == []
    assert not [step for step in steps(guide) if step.get_text().startswith("Press The owner of")]


def test_every_page_has_a_description_of_its_own(guide: Guide) -> None:
    descriptions = [guide.soup(str(page.parent.relative_to(guide.html))) for page in guide.pages()]
    contents = [one(soup, "meta[name=description]")["content"] for soup in descriptions]
    assert all(contents)
    assert len(set(contents)) == len(contents)


def test_the_gate_knows_the_anchors_that_pages_have(guide: Guide) -> None:
    for page in open_guide(guide.project).pages():
        if page.anchors is None:
            continue
        article = one(guide.soup(page.name.removesuffix(".md").removesuffix("index")), "article")
        headings = {heading["id"] for heading in article.select("h1, h2, h3, h4, h5, h6") if heading.get("id")}
        # A fence for people, the badge and the like add some that no page links to.
        assert headings <= page.anchors, page.name
        assert page.anchors <= {element["id"] for element in article.select("[id]")}, page.name


def test_the_search_dialog_has_a_name(guide: Guide) -> None:
    assert one(guide.soup(), "[role=dialog]")["aria-label"] == "Search"


def test_around_the_article_there_are_no_gaps(guide: Guide) -> None:
    before, _, rest = (guide.html / "fix" / "key" / "index.html").read_text(encoding="utf-8").partition("<article")
    article, _, after = rest.rpartition("</article>")
    assert [re.search(r"\n[ \n]", part) for part in (before, after)] == [None, None]
    # In a transcript they mean something.
    assert re.search(r"<pre[^>]*>[^<]*\n|\n\n", article)


def test_notebook_pages_are_light(guide: Guide) -> None:
    for page in (guide.html / "notebooks").glob("*/index.html"):
        assert page.stat().st_size < 80_000
        assert not re.search("cdn|mathjax|<style", page.read_text(encoding="utf-8"), re.IGNORECASE)


def test_a_fact_is_what_the_policy_says(
    small_guide: Callable[..., Path], build: Callable[[Path], CompletedProcess[str]], tmp_path: Path
) -> None:
    project = small_guide({"docs/index.md": "# Page\n\nUse {{ facts.login_host }}.\n"})
    assert build(project).returncode == 0
    assert "Use login.hpc.kuleuven.be." in (tmp_path / "html" / "index.html").read_text(encoding="utf-8")


def test_an_unknown_fact_fails_the_build(
    small_guide: Callable[..., Path], build: Callable[[Path], CompletedProcess[str]]
) -> None:
    result = build(small_guide({"docs/index.md": "# Page\n\nUse {{ facts.login_hots }}.\n"}))
    assert result.returncode != 0
    assert "login_hots" in result.stderr


def test_a_word_that_nothing_shows_fails_the_build(
    small_guide: Callable[..., Path], build: Callable[[Path], CompletedProcess[str]]
) -> None:
    page = '# Page\n\nType `ssh -Z`.\n\n``` transcript\n--8<-- "a.txt"\n```\n'
    result = build(small_guide({"docs/index.md": page, "snippets/a.txt": "$ ssh -V\n…\n"}))
    assert result.returncode != 0
    assert "docs/index.md:6: no instruction here shows `ssh -Z`" in result.stderr


PAGE = '# Page\n\n``` transcript waits\n--8<-- "a.txt"\n```\n'


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        (
            "docs/index.md",
            "---\npractice:\n  form: home\n---\n# Page\n",
            "docs/index.md:3: `practice.form`",
        ),
        ("notebooks/a.ipynb", "{", "notebooks/a.ipynb:1: this is not JSON"),
        ("docs/index.md", PAGE.replace("waits", "with='OpenSSH 9'"), "docs/index.md:6: `with`: write a client"),
        ("snippets/a.versions.yml", "for: x\n", "snippets/a.versions.yml:1: this is a list of `for:`"),
        (
            "snippets/a.versions.yml",
            "- for: OpenSSH >=10\n  instead of: gone\n  shows: here\n",
            "snippets/a.versions.yml:1: the snippet has no line “gone”",
        ),
        (
            "snippets/a.versions.yml",
            "# Too many.\n"
            "- for: OpenSSH >=10\n  instead of: one\n  shows: two\n"
            "- for: OpenSSH >=10.6\n  instead of: one\n  shows: three\n",
            "snippets/a.versions.yml:5: another difference, for the same version, is about “one”, too",
        ),
    ],
)
def test_a_damaged_page_fails_the_build_in_one_line(
    small_guide: Callable[..., Path], build: Callable[[Path], CompletedProcess[str]], name: str, content: str, says: str
) -> None:
    files = {"docs/index.md": PAGE.replace("waits", ""), "snippets/a.txt": "$ true\none\n", name: content}
    result = build(small_guide(files))
    assert result.returncode != 0
    assert len([line for line in result.stderr.splitlines() if says in line]) == 1
    assert "Traceback" not in result.stderr


def test_a_missing_snippet_fails_the_build(
    small_guide: Callable[..., Path], build: Callable[[Path], CompletedProcess[str]]
) -> None:
    result = build(small_guide({"docs/index.md": '# Page\n\n``` transcript\n--8<-- "gone.txt"\n```\n'}))
    assert result.returncode != 0
    assert "gone.txt" in result.stderr


def test_a_dead_link_fails_the_build(
    small_guide: Callable[..., Path], build: Callable[[Path], CompletedProcess[str]]
) -> None:
    result = build(small_guide({"docs/index.md": "# Page\n\n[There](gone.md), [here](#gone)\n"}))
    assert result.returncode != 0
    assert "gone.md" in result.stderr
    assert "#gone" in result.stderr
