"""The editions of a guide: the guide under one policy each.

Today's is the project itself: its `docs/`, `snippets/` and `notebooks/`. An older one is a folder below `editions/`,
called as its policy is, and holds only what differs: a file there takes the place of today's at the same path. What
belongs to it at all, its navigation says: `editions/2024/nav.yml`, which is written as `nav:` is in `mkdocs.yml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mfa_guide.base.errors import UsageError
from mfa_guide.base.project import read_configuration
from mfa_guide.base.reading import read_yaml
from mfa_guide.guide.page import DOCS
from mfa_guide.policy import load, of_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mfa_guide.policy import Policy

EDITIONS = "editions"
NAVIGATION = "nav.yml"


@dataclass(frozen=True)
class Edition:
    """The guide under one policy."""

    project: Path
    """The folder with `mkdocs.yml`."""
    policy: Policy
    """The facts that its pages state, and by whose rules they are carried out."""
    overlay: Path | None = None
    """The folder of what differs; None for today's."""

    @property
    def name(self) -> str:
        """What it is called: as its policy is."""
        return self.policy.version

    @property
    def layers(self) -> tuple[Path, ...]:
        """The folders in which a file is looked for, its own first."""
        return (self.overlay, self.project) if self.overlay else (self.project,)

    @property
    def navigation_file(self) -> Path:
        """The file with its navigation."""
        return self.overlay / NAVIGATION if self.overlay else self.project / "mkdocs.yml"

    @cached_property
    def navigation(self) -> Any:
        """Its navigation, as MkDocs has it; None when MkDocs makes one of all pages.

        Raises:
            GuideError: it cannot be read.
        """
        if self.overlay is None:
            return read_configuration(self.project).get("nav")
        return read_yaml(self.navigation_file, self.where(self.navigation_file), list[Any])

    @cached_property
    def named(self) -> tuple[str, ...] | None:
        """All that the navigation leads to, in its order; None when MkDocs makes one of all pages.

        Raises:
            GuideError: it cannot be read.
        """
        return None if self.navigation is None else tuple(_leaves(self.navigation))

    def file(self, path: str) -> Path:
        """Return the file at a path like `docs/index.md`: its own, else today's, which may not exist."""
        return next((file for layer in self.layers if (file := layer / path).exists()), self.project / path)

    def files(self, pattern: str) -> list[Path]:
        """Return its pages or notebooks, in order of their paths.

        Today's holds whatever is there. An older one holds what is its own, and what its navigation takes of today's.

        Args:
            pattern: of their paths, such as `docs/**/*.md`.

        Raises:
            GuideError: its navigation cannot be read.
        """
        found: dict[str, Path] = {}
        for layer in self.layers:
            for path in layer.glob(pattern):
                name = path.relative_to(layer).as_posix()
                if layer in self.layers[:1] or name.removeprefix(f"{DOCS}/") in (self.named or ()):
                    found.setdefault(name, path)
        return [found[name] for name in sorted(found)]

    def path_of(self, file: Path) -> str | None:
        """Return the path at which a file stands in it, like `docs/index.md`; None for one that it does not have."""
        for layer in self.layers:
            if file.is_relative_to(layer):
                path = file.relative_to(layer).as_posix()
                return path if self.file(path) == file else None
        return None

    def where(self, file: Path) -> str:
        """Return what to call a file in messages: its path, relative to the project."""
        return file.relative_to(self.project).as_posix()


def todays(project: Path) -> Edition:
    """Return today's edition of a project, by the policy that its `mkdocs.yml` names: the newest when it names none.

    Raises:
        GuideError: `mkdocs.yml` cannot be read, or there is no such policy.
    """
    return Edition(project, of_project(project))


def editions(project: Path) -> list[Edition]:
    """Return all editions of a project, today's first, then the newer ones before the older ones.

    Raises:
        GuideError: `mkdocs.yml` cannot be read, or there is no policy that an edition is called by.
    """
    folders = sorted((path.parent for path in (project / EDITIONS).glob(f"*/{NAVIGATION}")), reverse=True)
    return [todays(project), *(Edition(project, load(folder.name), folder) for folder in folders)]


def edition(project: Path, name: str) -> Edition:
    """Return an edition of a project by its name.

    Raises:
        UsageError: there is none.
        GuideError: `mkdocs.yml` cannot be read.
    """
    known = {each.name: each for each in editions(project)}
    if name not in known:
        raise UsageError(f"there is no edition {name!r} of this guide: choose of {', '.join(known)}")
    return known[name]


def _leaves(nav: Any) -> Iterator[str]:
    match nav:
        case str():
            yield nav
        case list():
            for item in nav:
                yield from _leaves(item)
        case dict():
            yield from _leaves(list(nav.values()))
