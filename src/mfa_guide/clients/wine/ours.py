"""Our own program for Windows, helper.exe, and the DLL beside it: compiled of the C in this folder."""

from __future__ import annotations

import hashlib
from pathlib import Path

from mfa_guide.base.errors import CannotRunError
from mfa_guide.clients.debian import call
from mfa_guide.clients.wine import kept

_SOURCES = Path(__file__).parent
_COMPILED = ("x86_64-w64-mingw32-gcc", "-municode", "-O2", "-s")
_LIBRARIES = ("-lgdi32",)
_MADE = {"helper.exe": ("helper.c",), "inside.dll": ("-shared", "inside.c")}
"""What is compiled, and of what."""
_WHAT = "the helper that uses windows under Wine"


def helper() -> Path:
    """Return where helper.exe is, with the DLL beside it.

    Raises:
        CannotRunError: it is not here, or its source has changed since.
    """
    if not kept.made_of(_folder(), _how()):
        raise CannotRunError(f"{_WHAT} is not here: ./run windows builds it")
    return _folder() / "helper.exe"


def build() -> None:
    """Build helper.exe and the DLL, unless they are here, whole.

    Raises:
        CannotRunError: they cannot be built.
    """
    if not (kept.made_of(_folder(), _how()) and kept.is_whole(_folder())):
        kept.make(_folder(), _how(), _compile)


def _folder() -> Path:
    return kept.KEPT / "helper"


def _compile(new: Path) -> str:
    for name, words in _MADE.items():
        call([*_COMPILED, "-o", str(new / name), *words, *_LIBRARIES], _WHAT, folder=_SOURCES)
    return _SOURCES.name


def _how() -> str:
    """Return how they are built, and of what: the sources are part of the project."""
    sources = sorted([*_SOURCES.glob("*.c"), *_SOURCES.glob("*.h")])
    content = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()
    return f"{content} {_COMPILED} {_MADE} {_LIBRARIES}"
