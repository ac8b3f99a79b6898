"""The project: its folder, and what its mkdocs.yml says of our plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mfa_guide.base.errors import GuideError
from mfa_guide.base.project import is_guide, plugin_options
from mfa_guide.kinds import open_guide

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("plugins", "options"),
    [
        ("[mfa-guide]", {}),
        ("[search, mfa-guide: {policy: '2024'}]", {"policy": "2024"}),
        ("{mfa-guide: {policy: '2024'}}", {"policy": "2024"}),
        ("{search: {}, mfa-guide: }", {}),
        ("[search]", None),
        ("5", None),
        ("[[mfa-guide], 5, null]", None),
        ("", None),
    ],
)
def test_what_a_project_tells_the_plugin(tmp_path: Path, plugins: str, options: dict[str, Any] | None) -> None:
    (tmp_path / "mkdocs.yml").write_text(f"site_name: x\nplugins: {plugins}\n")
    assert plugin_options(tmp_path) == options
    assert is_guide(tmp_path) == (options is not None)


def test_the_policy_is_the_one_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("plugins: [mfa-guide: {policy: 2024}]\n")
    assert open_guide(tmp_path).policy.version == "2024"
    (tmp_path / "mkdocs.yml").write_text("plugins: [mfa-guide: {policy: '1999'}]\n")
    with pytest.raises(GuideError, match="there is no policy '1999'"):
        open_guide(tmp_path)
