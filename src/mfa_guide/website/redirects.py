"""Pages that are gone lead to those that answer in their place, by mkdocs-redirects."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mkdocs_redirects.plugin import RedirectPlugin

from mfa_guide.guide import published

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

    from mfa_guide.guide.edition import Edition


def add(edition: Edition, config: MkDocsConfig) -> None:
    """Have MkDocs write a page for each address that was published and that an edition does not have.

    Args:
        edition: the edition that is built.
        config: the configuration of MkDocs.

    Raises:
        GuideError: the list of what was published cannot be read.
    """
    # At an address there is no difference between a page and a notebook; the plugin knows pages only.
    gone = {str(PurePosixPath(old).with_suffix(".md")): new for old, new in published.redirects(edition).items()}
    plugin = RedirectPlugin()
    plugin.load_config({"redirect_maps": gone})
    config.plugins["mkdocs-redirects"] = plugin
