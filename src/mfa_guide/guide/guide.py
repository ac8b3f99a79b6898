"""A guide: an edition of a project, with every page, read once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError
from mfa_guide.base.project import read_configuration
from mfa_guide.guide.page import DOCS, NOTEBOOKS, read_page

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from mfa_guide.guide.edition import Edition
    from mfa_guide.guide.page import Page
    from mfa_guide.policy import Policy


class Guide:
    """A guide as it is when it is read first; whoever waits for changes makes another one.

    Args:
        edition: says where its files are, and by which policy it goes.
        kinds: the names of the kinds of instructions.
    """

    def __init__(self, edition: Edition, kinds: Collection[str]) -> None:
        self.edition = edition
        self.kinds = kinds
        self._pages: dict[str, Page] = {}

    @property
    def project(self) -> Path:
        """The folder with `mkdocs.yml`."""
        return self.edition.project

    @property
    def policy(self) -> Policy:
        """The facts that its pages state, and by whose rules they are carried out."""
        return self.edition.policy

    @cached_property
    def anchors_are_known(self) -> bool:
        """Whether headings have the anchors that Python-Markdown gives them unasked.

        A project may tell its extension `toc` otherwise; whether such links lead anywhere, the build alone knows.
        """
        extensions = read_configuration(self.project).get("markdown_extensions")
        for extension in extensions if isinstance(extensions, list) else [extensions]:
            match extension:
                case {"toc": {"slugify": _} | {"separator": _}}:
                    return False
        return True

    def files(self) -> list[Path]:
        """Return the files of all pages, in order of their paths on the website."""
        return self.edition.files(f"{DOCS}/**/*.md")

    def notebooks(self) -> list[Path]:
        """Return the files of all tutorials, in order of their paths."""
        return self.edition.files(f"{NOTEBOOKS}/*.ipynb")

    def pages(self) -> list[Page]:
        """Return all pages, in order of their paths.

        Raises:
            GuideError: one cannot be read.
        """
        return [self.page_at(path) for path in self.files()]

    def page(self, name: str) -> Page:
        """Return a page.

        Args:
            name: its path relative to docs/, with forward slashes.

        Raises:
            GuideError: there is none, or it cannot be read.
        """
        if name not in self._pages:
            self._pages[name] = read_page(self, name)
        return self._pages[name]

    def name_of(self, path: Path) -> str | None:
        """Return the name of the page in a file, as `page` takes it; None where it is no page of the guide."""
        found = self.edition.path_of(path)
        return found.removeprefix(f"{DOCS}/") if found and found.startswith(f"{DOCS}/") else None

    def page_at(self, path: Path) -> Page:
        """Return the page in a file; see `page`."""
        name = self.name_of(path)
        assert name is not None
        return self.page(name)

    def has_page(self, name: str) -> bool:
        """Tell whether there is a page with that name."""
        return name in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(name for path in self.files() if (name := self.name_of(path)))

    def before(self, page: Page) -> list[Page]:
        """Return the pages that the reader has worked through before a page, in order: `practice: after:`.

        Raises:
            GuideError: one of them does not exist, needs that page itself, or is carried out at another place.
        """
        pages = [page]
        while after := pages[0].practice.after:
            where = f"{pages[0].where}:1: front matter, `practice.after`"
            if not self.has_page(after):
                raise GuideError(f"{where}: {DOCS}/{after} does not exist")
            earlier = self.page(after)
            if earlier.name in [later.name for later in pages]:
                raise GuideError(f"{where}: {DOCS}/{after} needs this page itself")
            if earlier.practice.place != pages[0].practice.place:
                raise GuideError(f"{where}: the reader of {DOCS}/{after} is at another place, on another machine")
            pages.insert(0, earlier)
        return pages[:-1]
