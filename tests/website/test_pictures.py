"""Screenshots on a page: there, when they are about the text that it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from mfa_guide.kinds import open_guide
from mfa_guide.website import pictures
from tests.support import PROJECT
from tests.support.guides import keep_picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    from playwright.sync_api import Browser

AXE = PROJECT / "node_modules/axe-core/axe.min.js"
STEPS = """\
window: putty
steps:
  - start: putty
  - tick: Allow agent forwarding
    says: It is off at first.
    picture: The page "Auth", with the box ticked
"""
FILES = {
    "docs/index.md": "# Home\n",
    "docs/one/page.md": '# Page\n\n``` walkthrough\n--8<-- "a.yml"\n```\n',
    "snippets/a.yml": STEPS,
}


@pytest.fixture
def built(
    small_guide: Callable[..., Path], build: Callable[[Path], CompletedProcess[str]], tmp_path: Path
) -> Callable[..., Path]:
    """Builds the guide with a picture of its text as it is before `change`; returns the folder of its only page."""

    def make(step: int, change: tuple[str, str] = ("", "")) -> Path:
        project = small_guide(FILES)
        keep_picture(open_guide(project).page("one/page.md"), step, 640, 480)
        (project / "snippets" / "a.yml").write_text(STEPS.replace(*change))
        done = build(project)
        assert done.returncode == 0, done.stderr
        return tmp_path / "html" / "one" / "page"

    return make


def figures(page: Path) -> list[str]:
    """Return the figures of a page."""
    soup = BeautifulSoup((page / "index.html").read_text(encoding="utf-8"), "html.parser")
    return [str(figure) for figure in soup.select(".walkthrough li .screenshot")]


def test_a_picture_is_shown_with_its_step_and_its_client(built: Callable[..., Path], browser: Browser) -> None:
    html = built(2)
    (shown,) = figures(html)
    image = BeautifulSoup(shown, "html.parser").img
    assert image is not None
    assert (html / str(image["src"])).read_bytes().startswith(b"\x89PNG")
    assert image.attrs == {
        "src": "../../screenshots/2026/one/page/all/a/2.png",
        "alt": 'The page "Auth", with the box ticked',
        "width": "640",
        "height": "480",
        "loading": "lazy",
    }
    assert ">PuTTY 0.78. Tap or click a picture, and it opens alone, to be enlarged.<" in shown
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"file://{html}/index.html")
    picture = page.get_by_role("img", name='The page "Auth", with the box ticked')
    picture.scroll_into_view_if_needed()
    page.wait_for_function("image => image.naturalWidth === 640", arg=picture.element_handle())
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] / box["height"] == pytest.approx(4 / 3, abs=0.02)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.add_script_tag(path=AXE)
    assert page.evaluate("axe.run('.walkthrough').then(result => result.violations.map(v => v.id))") == []
    page.close()


def test_what_can_be_done_with_pictures_is_said_at_the_first_one(tmp_path: Path) -> None:
    config = MkDocsConfig(config_file_path=str(tmp_path / "mkdocs.yml"))
    page = Page(None, File("page.md", str(tmp_path), str(tmp_path), False), config)
    captions = "<figcaption>One</figcaption><figcaption>Two</figcaption>"
    assert pictures.place(captions, page, Files([]), config) == (
        "<figcaption>One. Tap or click a picture, and it opens alone, to be enlarged.</figcaption>"
        "<figcaption>Two</figcaption>"
    )


def test_what_is_not_about_this_very_text_is_not_shown(built: Callable[..., Path]) -> None:
    html = built(2, ("Allow agent forwarding", "Allow attempted changes of username in SSH-2"))
    assert figures(html) == []
    assert not [*html.parents[1].rglob("screenshots")]


def test_a_step_that_asks_for_no_picture_shows_none(built: Callable[..., Path]) -> None:
    html = built(1)
    assert figures(html) == []
    assert not [*html.parents[1].rglob("screenshots")]
