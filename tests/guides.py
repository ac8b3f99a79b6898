"""Small guides, written into a temporary folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_guide.instructions.pages import Page, read_page

if TYPE_CHECKING:
    from pathlib import Path

THREE_STEPS = """\
# A page

``` transcript
--8<-- "a.txt"
```

``` transcript
--8<-- "b.txt"
```

``` transcript
--8<-- "c.txt"
```
"""
"""A page of three instructions, the second of which needs the first."""
THREE_SNIPPETS = {"a": "$ word=hello\n", "b": "$ echo $word\nhello\n", "c": "$ hostname\nlaptop\n"}


def write_guide(folder: Path, page: str, **snippets: str) -> Page:
    """Write a guide of one page, docs/page.md; `a="…"` becomes the snippet a.txt, `b_yml="…"` b.yml."""
    (folder / "mkdocs.yml").touch()
    (folder / "docs").mkdir(parents=True, exist_ok=True)
    (folder / "snippets").mkdir(exist_ok=True)
    for name, text in snippets.items():
        stem, _, suffix = name.partition("_")
        (folder / "snippets" / f"{stem}.{suffix or 'txt'}").write_text(text, encoding="utf-8")
    path = folder / "docs" / "page.md"
    path.write_text(page, encoding="utf-8")
    return read_page(folder, path)
