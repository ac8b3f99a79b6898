"""Small guides, written into a temporary folder."""

from __future__ import annotations

import base64
import struct
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mfa_guide.checking import screenshots
from mfa_guide.checking.carrying_out import Way, on_machine
from mfa_guide.checking.fingerprint import fingerprint
from mfa_guide.checking.result import Result
from mfa_guide.clients.versions import Client
from mfa_guide.kinds import open_guide
from mfa_guide.kinds.kind import Done

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_guide.clients.machine import Machine
    from mfa_guide.guide.page import Page

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
    if not (folder / "mkdocs.yml").exists():
        (folder / "mkdocs.yml").write_text("site_name: A guide\nplugins: [mfa-guide]\n", encoding="utf-8")
    (folder / "docs").mkdir(parents=True, exist_ok=True)
    (folder / "snippets").mkdir(exist_ok=True)
    for name, text in snippets.items():
        stem, _, suffix = name.partition("_")
        (folder / "snippets" / f"{stem}.{suffix or 'txt'}").write_text(text, encoding="utf-8")
    path = folder / "docs" / "page.md"
    path.write_text(page, encoding="utf-8")
    return open_guide(folder).page(path.name)


def carried_out(page: Page, machine: Machine, **way: Any) -> list[Result]:
    """Carry out a page without tabs on a machine; `way` is what `Way` takes."""
    return list(on_machine(page, "", machine, Way(**{"timeout": 5, **way})))


def picture(width: int, height: int) -> str:
    """Return a grey picture, PNG in base64."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    pixels = zlib.compress((b"\0" + b"\x99" * width) * height)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")).decode()


def keep_picture(page: Page, step: int, width: int = 40, height: int = 30) -> None:
    """Leave a picture of the only instruction of a page, as its check does."""
    (instruction,) = page.instructions
    text = page.snippet(instruction).read_text(encoding="utf-8")
    pictures = {step: picture(width, height)}
    client = Client("PuTTY", "0.78")
    result = Result(instruction, "holds", datetime.now(UTC), client=client, text=text, done=Done(pictures=pictures))
    screenshots.keep(page, [result], fingerprint(page))
