"""The project that a command is about: its folder, and what its `mkdocs.yml` says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from mfa_guide.base import reading
from mfa_guide.base.errors import GuideError, UsageError

CONFIGURATION = "mkdocs.yml"
PLUGIN = "mfa-guide"
"""What the plugin of MkDocs is called, by which a project says that it is one of ours."""


class _Loader(yaml.SafeLoader):
    """Reads mkdocs.yml, whose tags (`!ENV`, `!!python/name:…`) only MkDocs can follow: each stands for nothing."""


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
        if (folder / CONFIGURATION).is_file():
            return folder
    raise UsageError(f"no {CONFIGURATION} in {here} or above it: change to the folder of the guide first")


def read_configuration(project: Path) -> dict[str, Any]:
    """Return what the `mkdocs.yml` of a project says.

    Raises:
        GuideError: it cannot be read.
    """
    text = reading.read_text(project / CONFIGURATION, CONFIGURATION)
    with reading.naming(CONFIGURATION):
        content = reading.parse_yaml(text, loader=_Loader).content
    return content if isinstance(content, dict) else {}


def is_guide(folder: Path) -> bool:
    """Tell whether a folder has a guide of this kind: MkDocs makes a website of it with our plugin."""
    try:
        return plugin_options(folder) is not None
    except GuideError:
        return False


def plugin_options(project: Path) -> dict[str, Any] | None:
    """Return what a project tells our plugin of MkDocs; None when it does not use it.

    Raises:
        GuideError: `mkdocs.yml` cannot be read.
    """
    plugins = read_configuration(project).get("plugins") or []
    if isinstance(plugins, dict):
        plugins = [{name: options} for name, options in plugins.items()]
    for plugin in plugins if isinstance(plugins, list) else []:
        if plugin == PLUGIN:
            return {}
        if isinstance(plugin, dict) and PLUGIN in plugin:
            return plugin[PLUGIN] if isinstance(plugin[PLUGIN], dict) else {}
    return None
