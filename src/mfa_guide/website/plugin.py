"""The plugin of MkDocs that makes a website of a guide: `plugins: [mfa-guide]` in mkdocs.yml.

It brings the fences, what stands in double braces, the styles and the scripts; the theme is Material.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.config.base import Config
from mkdocs.config.config_options import Optional, Type
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.utils import get_relative_url

from mfa_guide.base.errors import GuideError
from mfa_guide.checking import screenshots
from mfa_guide.gate import meta, on_page
from mfa_guide.guide.edition import todays
from mfa_guide.guide.page import SNIPPETS
from mfa_guide.kinds import KINDS, open_guide
from mfa_guide.website import (
    account,
    badges,
    fences,
    landmarks,
    lightening,
    notebooks,
    overlaying,
    pictures,
    redirects,
    searching,
    values,
    what_differs,
    whereabouts,
    your_version,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

    from mfa_guide.guide.guide import Guide
    from mfa_guide.website.what_differs import Range

_LOG = get_plugin_logger("gate")

_THEME = "material"
_OVERRIDES = Path(__file__).with_name("theme")
_STYLES = ("assets/guide.css", "assets/finder.css")
_SCRIPTS = ("assets/guide.js", "assets/download.js", "assets/finder.js", "assets/versions.js")


@contextlib.contextmanager
def _in_one_line() -> Iterator[None]:
    """Let MkDocs say what is wrong with the guide, and end without a traceback."""
    try:
        yield
    except GuideError as error:
        raise PluginError(str(error)) from None


# MkDocs has no types here.
class _Options(Config):  # type: ignore[no-untyped-call]
    """The options of the plugin."""

    policy = Optional(Type(str))
    """The version of the policy by which today's edition goes; the newest when not given."""
    edition = Type((str, int), default="")
    """The edition of the guide that is built; today's when empty. The environment gives 2024 as a number."""


class GuidePlugin(BasePlugin[_Options]):  # type: ignore[no-untyped-call]
    """What MkDocs calls while it builds a guide, in this order."""

    _project: Path
    """The folder with the configuration: the current directory may be another."""
    _guide: Guide
    """The guide that is built, each of whose pages is read once."""
    _snippets: Sequence[Path]
    """The folders in which snippets are looked for."""
    _values: Mapping[str, object]
    """What pages may name."""
    _built: dict[str, Page]
    """The pages that are built, by their files relative to docs/."""
    _ranges: list[Range]
    """Which versions make a difference anywhere in the guide."""

    @_in_one_line()
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Add to the configuration what every guide needs; what it says itself comes first."""
        if config.theme.name != _THEME:
            raise GuideError(f"a guide has the theme {_THEME}: write `theme: {_THEME}`")
        self._project = Path(config.config_file_path).resolve().parent
        self._built = {}
        self._guide = open_guide(self._project, str(self.config.edition))
        self._values = values.of_guide(self._guide)
        if self._guide.edition.overlay:
            config.nav = self._guide.edition.navigation
        config.extra["edition"] = {"name": self._guide.edition.name, "of_today": todays(self._project).name}
        redirects.add(self._guide.edition, config)
        config.theme.dirs.insert(1 if config.theme.custom_dir else 0, str(_OVERRIDES))
        config.extra_css[:0] = _STYLES
        config.extra_javascript[:0] = _SCRIPTS
        snippets = _options_of("pymdownx.snippets", config)
        snippets.setdefault("base_path", [str(layer / SNIPPETS) for layer in self._guide.edition.layers])
        snippets.setdefault("check_paths", True)
        folders = snippets["base_path"]
        self._snippets = [Path(folder) for folder in ([folders] if isinstance(folders, str) else folders)]
        superfences = _options_of("pymdownx.superfences", config)
        superfences["custom_fences"] = [
            *fences.custom_fences(self._guide),
            *superfences.get("custom_fences", []),
        ]
        return config

    @event_priority(100)
    @_in_one_line()
    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Before mkdocs-jupyter looks for notebooks: tell it of those that lie beside docs/.

        An older edition has its own pages in the place of today's, and no others than it names. And find out which
        versions make a difference anywhere in the guide.
        """
        if overlay := self._guide.edition.overlay:
            overlaying.lay_over(self._guide, overlay, files, config)
        notebooks.add_notebooks(self._guide, files, config)
        differing = what_differs.of_guide(self._guide)
        self._ranges = what_differs.ranges(differs.requirement for differs in differing)
        return files

    @event_priority(100)
    @_in_one_line()
    def on_page_markdown(self, markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Before a page becomes HTML: warn of what no check stands behind, which ends a strict build.

        And tell each fence which snippet it shows, and put in what the page names.
        """
        if page.edit_url:
            page.edit_url = overlaying.edited(page.edit_url, page.file.src_uri, self._guide.edition)
        if notebooks.is_notebook(page):
            return markdown
        # MkDocs has taken off the front matter.
        first = 1 + page.file.content_string.count("\n") - markdown.count("\n")
        name = page.file.src_uri
        read = self._guide.page(name)
        whereabouts.look_for_embedded(markdown, first, read.where, self._snippets)
        undescribed = [on_page.Finding(read.where, line, message) for line, message in meta.undescribed(read)]
        for finding in dict.fromkeys((*undescribed, *on_page.findings(read))):
            _LOG.warning("%s", finding)
        told = whereabouts.tell(markdown, first, read, KINDS)
        return values.fill(told, self._values, read.where, first)

    @event_priority(-100)
    @_in_one_line()
    def on_page_content(self, html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Once a page is HTML: make a notebook look like the others, else say below its title whether it was checked.

        Pages with commands ask for the reader's own account, those on which versions differ for the reader's own, and
        those with windows show pictures of them.
        """
        if notebooks.is_notebook(page):
            return notebooks.finish(html, page, files, self._guide)
        explained = get_relative_url(".", page.url) + "#what-checked-means"
        badge = badges.badge(self._guide.page(page.file.src_uri), explained, datetime.now(UTC).date())
        html = pictures.agree(html, screenshots.stands_for(self._guide.page(page.file.src_uri)))
        html = pictures.place(html, page, files, config)
        fields = f"{account.field(html, self._guide.policy)}{your_version.fields(html, self._ranges)}"
        return html.replace("</h1>", f"</h1>{badge}{fields}", 1)

    def on_post_page(self, output: str, page: Page, config: MkDocsConfig) -> str:
        """Once a page has its navigation: name the sections of it, and take the gaps out."""
        self._built[page.file.src_uri] = page
        return lightening.without_gaps(landmarks.name_sections(output))

    @event_priority(-100)
    @_in_one_line()
    def on_post_build(self, config: MkDocsConfig) -> None:
        """After the theme has written what it searches: add what pages say they answer."""
        searching.finish(Path(config.site_dir), self._built, self._guide.policy.version)


def _options_of(extension: str, config: MkDocsConfig) -> dict[str, Any]:
    """Return the options of an extension of Markdown, which is added when it is not configured."""
    if extension not in config.markdown_extensions:
        config.markdown_extensions.append(extension)
    options: dict[str, Any] = config.mdx_configs.setdefault(extension, {})
    return options
