"""An older edition as a website: its own files in the place of today's, and no pages but those that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs.structure.files import File

from mfa_guide.guide.page import DOCS, NOTEBOOKS

if TYPE_CHECKING:
    from pathlib import Path

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

    from mfa_guide.guide.edition import Edition
    from mfa_guide.guide.guide import Guide


def lay_over(guide: Guide, overlay: Path, files: Files, config: MkDocsConfig) -> None:
    """Make the files of today's edition, as MkDocs has found them in docs/, those of an older one.

    Args:
        guide: the older edition.
        overlay: its folder.
        files: the files of the site.
        config: the configuration of MkDocs.

    Raises:
        GuideError: its navigation cannot be read.
    """
    for file in files.documentation_pages():
        if not guide.has_page(file.src_uri):
            files.remove(file)
    docs = overlay / DOCS
    for path in sorted(docs.rglob("*")):
        if path.is_file():
            name = path.relative_to(docs).as_posix()
            if todays := files.get_file_from_path(name):
                files.remove(todays)
            files.append(File(name, str(docs), config.site_dir, config.use_directory_urls))


def edited(url: str, name: str, edition: Edition) -> str:
    """Return where a page is edited.

    Args:
        url: where MkDocs takes it to be: in docs/.
        name: the page, or the notebook, as MkDocs calls it.
        edition: the edition that is built.
    """
    path = name if name.startswith(f"{NOTEBOOKS}/") else f"{DOCS}/{name}"
    return f"{url.removesuffix(f'{DOCS}/{name}')}{edition.where(edition.file(path))}"
