"""Screenshots: what a window showed when a walkthrough was carried out, for those who want to see it.

Below build/screenshots/ there is a folder for each page, called as it is, and in it one for each walkthrough, called as
its snippet: N.png is the picture at its step N, counted from 1; about.json says of which text, and with which client.
"""

from __future__ import annotations

import base64
import shutil
import struct
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from mfa_guide.base import writing
from mfa_guide.base.errors import GuideError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_guide.checking.result import Result

BUILD = "build"
"""The folder of the project in which FOLDER is."""
FOLDER = "screenshots"
_ABOUT = "about.json"


class Picture(BaseModel):
    """One picture."""

    model_config = ConfigDict(frozen=True)

    file: str
    """Relative to build/."""
    width: int
    """In pixels."""
    height: int
    """In pixels."""


class Screenshots(BaseModel):
    """The pictures of one walkthrough."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    """The hash of the snippet that was carried out: the pictures are about no other."""
    client: str
    """With its version."""
    pictures: Mapping[int, Picture]
    """By the number of the step, counted from 1."""


def keep(project: Path, page: str, results: Sequence[Result]) -> None:
    """Write the pictures that were made on a page, in place of earlier ones.

    Args:
        project: the folder with `mkdocs.yml`.
        page: the page, relative to docs/.
        results: of all its instructions.

    Raises:
        GuideError: they cannot be written.
    """
    # A folder belongs to one page, and so to one process.
    folder = Path(FOLDER) / Path(page).with_suffix("")
    try:
        shutil.rmtree(project / BUILD / folder, ignore_errors=True)
        for result in results:
            if result.done.pictures:
                _keep(project / BUILD, folder / Path(result.instruction.snippet).with_suffix(""), result)
    except OSError as error:
        raise GuideError(f"the screenshots cannot be written to {BUILD}/{folder}: {error.strerror}") from error


def _keep(build: Path, folder: Path, result: Result) -> None:
    (build / folder).mkdir(parents=True, exist_ok=True)
    pictures = {}
    for step, encoded in result.done.pictures.items():
        content = base64.b64decode(encoded)
        # Width and height are the first fields of every PNG's first chunk.
        width, height = struct.unpack_from(">II", content, offset=16)
        pictures[step] = Picture(file=(folder / f"{step}.png").as_posix(), width=width, height=height)
        (build / pictures[step].file).write_bytes(content)
    about = Screenshots(sha256=_hash(result.text), client=str(result.client), pictures=pictures)
    writing.write(build / folder / _ABOUT, about.model_dump_json(indent=2) + "\n")


def _hash(text: str) -> str:
    # A file ends where its last line does; a fence may end before or after that.
    return sha256((text.rstrip("\n") + "\n").encode()).hexdigest()


def of_text(project: Path, text: str) -> Screenshots | None:
    """Return the pictures of a walkthrough with this very text; None when there are none."""
    wanted = _hash(text)
    for file in sorted((project / BUILD / FOLDER).rglob(_ABOUT)):
        try:
            found = Screenshots.model_validate_json(file.read_text(encoding="utf-8"))
        except (OSError, ValidationError):
            continue
        if found.sha256 == wanted and all((project / BUILD / each.file).is_file() for each in found.pictures.values()):
            return found
    return None
