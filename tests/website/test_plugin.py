"""The plugin of MkDocs: a guide is known by its configuration, and the package brings all that it needs."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from mfa_guide.kinds import open_guide
from tests.support import PROJECT
from tests.support.built import CONFIGURATION, DESCRIPTION
from tests.support.guides import keep_picture
from tests.support.html import one

if TYPE_CHECKING:
    from pathlib import Path

WINDOW = """\
window: putty
steps:
  - start: putty
    picture: The first page
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the commands of an environment in which the package is installed from its wheel.

    All other packages are those of this environment, so that nothing is fetched.
    """
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheel = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(PROJECT)]
    subprocess.run([*pip, *wheel], check=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    (wheel_file,) = folder.glob("*.whl")
    there = ["--python", str(folder / "venv" / "bin" / "python")]
    subprocess.run([*pip, *there, "install", "--no-deps", "--no-index", str(wheel_file)], check=True)
    (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (packages / "others.pth").write_text("\n".join(path for path in sys.path if path.endswith("-packages")) + "\n")
    return folder / "venv" / "bin"


def run(folder: Path, *command: str | Path, status: int = 0) -> str:
    """Return what a command says in a folder, once it has ended with this exit status."""
    result = subprocess.run([*command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert result.returncode == status, result.stdout
    return result.stdout


def test_a_wheel_is_all_that_another_guide_needs(installed: Path, elsewhere: Path) -> None:
    python, command = installed / "python", installed / "mfa-guide"
    where = run(elsewhere, python, "-c", "import mfa_guide; print(mfa_guide.__file__)").strip()
    assert where.startswith(str(installed.parent))

    run(elsewhere, python, "-m", "mkdocs", "build", "--strict")
    html = (elsewhere / "site" / "index.html").read_text(encoding="utf-8")
    page = BeautifulSoup(html, "html.parser")
    (shown,) = page.select(".transcript pre")
    assert shown.get_text().split() == ["$", "echo", "hello", "hello"]
    assert one(page, ".badge").get_text().startswith("Not checked in this copy of the guide")
    own = [*page.select("link[href^='assets/']"), *page.select("script[src^='assets/']")]
    files = {str(link.get("href") or link["src"]) for link in own}
    assert files >= {"assets/guide.css", "assets/guide.js", "assets/finder.js", "assets/versions.js"}
    assert [file for file in files if not (elsewhere / "site" / file).is_file()] == []

    assert "1 holds" in run(elsewhere, command, "check")
    # Nobody misses the only instruction of a guide when it is gone, and the command says so.
    assert "5 of 6 caught, 0 accepted, 1 not noticed" in run(elsewhere, command, "mutate", status=1)

    run(elsewhere, python, "-m", "mkdocs", "build", "--strict")
    html = (elsewhere / "site" / "index.html").read_text(encoding="utf-8")
    assert "Checked on" in one(BeautifulSoup(html, "html.parser"), ".badge").get_text()


def test_it_is_built_from_any_folder(elsewhere: Path, tmp_path: Path) -> None:
    (elsewhere / "docs" / "page.md").write_text(
        f'{DESCRIPTION}# Page\n\n``` walkthrough\n--8<-- "w.yml"\n```\n', encoding="utf-8"
    )
    (elsewhere / "snippets" / "w.yml").write_text(WINDOW, encoding="utf-8")
    keep_picture(open_guide(elsewhere).page("page.md"), 1)
    # Another guide is where it is built.
    here = tmp_path / "here"
    here.mkdir()
    (here / "mkdocs.yml").touch()
    run(
        here, sys.executable, "-m", "mkdocs", "build", "--strict", "-f", os.path.relpath(elsewhere / "mkdocs.yml", here)
    )
    html = (elsewhere / "site" / "page" / "index.html").read_text(encoding="utf-8")
    (picture,) = BeautifulSoup(html, "html.parser").select("figure img")
    assert (elsewhere / "site" / "page" / str(picture["src"])).is_file()


def test_what_a_guide_configures_itself_comes_first(elsewhere: Path) -> None:
    (elsewhere / "mkdocs.yml").write_text(
        CONFIGURATION.replace("theme: material", "theme: {name: material, custom_dir: own}")
        + "extra_css: [own.css]\nextra_javascript: [own.js]\n"
        + "markdown_extensions:\n  - pymdownx.snippets: {base_path: [pieces]}\n",
        encoding="utf-8",
    )
    (elsewhere / "snippets").rename(elsewhere / "pieces")
    for name, text in {"docs/own.css": "", "docs/own.js": "", "own/partials/footer.html": "Our own foot"}.items():
        (elsewhere / name).parent.mkdir(parents=True, exist_ok=True)
        (elsewhere / name).write_text(text, encoding="utf-8")
    run(elsewhere, sys.executable, "-m", "mkdocs", "build")
    html = (elsewhere / "site" / "index.html").read_text(encoding="utf-8")
    assert "Our own foot" in html
    assert html.index("assets/guide.css") < html.index("own.css")
    assert html.index("assets/guide.js") < html.index("own.js")


def test_another_theme_is_refused_in_one_line(elsewhere: Path) -> None:
    (elsewhere / "mkdocs.yml").write_text(CONFIGURATION.replace("material", "readthedocs"), encoding="utf-8")
    said = run(elsewhere, sys.executable, "-m", "mkdocs", "build", status=1)
    assert "a guide has the theme material: write `theme: material`" in said
    assert "Traceback" not in said
