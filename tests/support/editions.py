"""A small guide of two editions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.guides import write_guide

if TYPE_CHECKING:
    from pathlib import Path

STEP = '# A page\n\n``` transcript\n--8<-- "{}.txt"\n```\n'
FILES = {
    # Both editions show this page, each its own snippet.
    "docs/page.md": STEP.format("a"),
    "snippets/a.txt": "$ echo today\ntoday\n",
    "editions/2024/snippets/a.txt": "$ echo once\nonce\n",
    # Each has its own of this, of the same snippet.
    "docs/other.md": STEP.format("b"),
    "editions/2024/docs/other.md": "# Once\n" + STEP.format("b"),
    "snippets/b.txt": "$ true\n",
    # And each has a page alone.
    "docs/new.md": "# New\n",
    "editions/2024/docs/old.md": "# Old\n\n[The other](other.md), [today's](page.md)\n",
    "editions/2024/nav.yml": "- page.md\n- More:\n    - other.md\n    - Old: old.md\n",
}


def write_editions(folder: Path, **more: str) -> Path:
    """Write a guide of two editions, 2026 and 2024; `more` are further files, by their paths. Return its folder."""
    write_guide(folder, "")
    for name, text in (FILES | more).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
