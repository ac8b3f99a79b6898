"""The project that a command is about, and its `mkdocs.yml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from mfa_guide.base import reading
from mfa_guide.base.errors import GuideError, UsageError

_NAME = "mkdocs.yml"
_PLUGIN = "mfa-guide"
"""What MkDocs calls the plugin that makes a website of a guide."""


class _Loader(yaml.SafeLoader):
    """Leaves out what only MkDocs can follow: each of its tags (`!ENV`, `!!python/name:…`) stands for nothing."""


_Loader.add_multi_constructor("", lambda *_: None)


def find_project(start: Path | None = None) -> Path:
    """Return the nearest folder, from `start` upwards, that has a `mkdocs.yml`.

    Args:
        start: where to begin; the current directory when not given.

    Raises:
        UsageError: no folder on the way up has one.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / _NAME).is_file():
            return folder
    raise UsageError(f"no {_NAME} in {here} or above it: change to the folder of the guide first")


def configuration(project: Path) -> dict[str, Any]:
    """Return what `mkdocs.yml` of a project says.

    Raises:
        GuideError: it cannot be read.
    """
    text = reading.read_text(project / _NAME, _NAME)
    with reading.naming(_NAME):
        content = reading.parse_yaml(text, loader=_Loader).content
    return content if isinstance(content, dict) else {}


def is_guide(folder: Path) -> bool:
    """Tell whether a folder has a guide of this kind: MkDocs makes a website of it with our plugin."""
    try:
        plugins = configuration(folder).get("plugins")
    except GuideError:
        return False
    each = plugins if isinstance(plugins, list | dict) else []
    return _PLUGIN in {name for plugin in each for name in (plugin if isinstance(plugin, dict) else [plugin])}
