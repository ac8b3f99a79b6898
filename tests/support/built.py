"""Building and serving guides: the real one, and small ones that a test makes up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import nbformat
from bs4 import BeautifulSoup

from tests.support import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def notebook(*cells: Any, text: str = "Text.") -> str:
    """Return a notebook with a heading, some text, and these cells, as it is stored."""
    content = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell(f"# My notebook\n\n## Part\n\n{text}"), *cells]
    )
    content.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    content.metadata["description"] = "What it shows."
    return str(nbformat.writes(content))


@dataclass(frozen=True)
class Guide:
    """A project and the HTML that was built from it."""

    project: Path
    html: Path

    def pages(self) -> list[Path]:
        """Return the HTML files that are pages, and not only lead to one."""
        files = sorted(self.html.rglob("index.html"))
        return [path for path in files if "<article" in path.read_text(encoding="utf-8")]

    def soup(self, page: str = "") -> BeautifulSoup:
        """Return the HTML of the page with that address."""
        return BeautifulSoup((self.html / page / "index.html").read_text(encoding="utf-8"), "html.parser")


DESCRIPTION = "---\ndescription: A page to look at.\n---\n"
"""What every page says of itself."""


def mkdocs_build(project: Path, html: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Build a guide, strictly."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(html)]
    return subprocess.run(
        command, cwd=project, env=os.environ | environment, capture_output=True, text=True, check=False
    )


CONFIGURATION = "site_name: Somebody else's guide\ntheme: material\nplugins: [mfa-guide]\n"
"""The least that a guide needs."""
_HELLO = {
    "mkdocs.yml": CONFIGURATION,
    "docs/index.md": f'{DESCRIPTION}# Say hello\n\n``` transcript\n--8<-- "hello.txt"\n```\n',
    "snippets/hello.txt": "$ echo hello\nhello\n",
}


def make_elsewhere(project: Path) -> Path:
    """Make a guide of somebody else's, as small as it can be."""
    for name, text in _HELLO.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    return project


def make_guide(project: Path, files: dict[str, str]) -> Path:
    """Make a project with the real configuration, and only the files that are named; a page gets a description."""
    shutil.copytree(PROJECT / "docs" / "assets", project / "docs" / "assets")
    (project / "snippets").mkdir()
    configuration = (PROJECT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[0]
    (project / "mkdocs.yml").write_text(configuration, encoding="utf-8")
    for name, text in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        described = name.endswith(".md") and not text.startswith("---")
        (project / name).write_text(f"{DESCRIPTION}{text}" if described else text, encoding="utf-8")
    return project


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(html: Path) -> Iterator[str]:
    """Serve a guide; tells where, ending with a slash."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(html)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
