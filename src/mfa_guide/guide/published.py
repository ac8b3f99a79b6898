"""What was ever published: `editions/published.yml`. An address that somebody has kept answers for ever.

It names every page and notebook that any edition has or had, as the navigation does. Where one is not in an edition
(any more, or not yet), it says which page answers in its place there:

    log-in/openssh.md:
    log-in/nx.md:
      "2026": log-in/instead-of-nx.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_guide.base.reading import read_yaml
from mfa_guide.guide.edition import EDITIONS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mfa_guide.guide.edition import Edition

LIST = f"{EDITIONS}/published.yml"
_Entries = dict[str, dict[str, str] | None]


def read(project: Path) -> Mapping[str, Mapping[str, str]] | None:
    """Return, for every page that was ever published, which page answers in its place, by the names of editions.

    Args:
        project: the folder with `mkdocs.yml`.

    Returns:
        None where a project keeps no such list.

    Raises:
        GuideError: it cannot be read.
    """
    path = project / LIST
    if not path.is_file():
        return None
    return {name: instead or {} for name, instead in read_yaml(path, LIST, _Entries).items()}


def redirects(edition: Edition) -> dict[str, str]:
    """Return which page of an edition answers in the place of one that it does not have.

    Raises:
        GuideError: the list cannot be read.
    """
    listed = read(edition.project) or {}
    return {name: instead[edition.name] for name, instead in listed.items() if edition.name in instead}
