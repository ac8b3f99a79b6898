"""Screenshots: what a window showed when a walkthrough was carried out, for those who want to see it.

Below build/screenshots/ there is a folder for each edition, in it one for each page, called as it is, in that one for
the tabs that were followed (`all` on a page without), and in that one for each walkthrough, called as its snippet:
N.png is the picture at its step N, counted from 1; about.json says of which page as it was, and with which client.
"""

from __future__ import annotations

import base64
import shutil
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from mfa_guide.base import writing
from mfa_guide.base.errors import GuideError
from mfa_guide.checking.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_guide.checking.result import Result
    from mfa_guide.guide.page import Page

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

    about: str
    """The fingerprint of the page that was carried out: the pictures are about no other."""
    client: str
    """With its version."""
    pictures: Mapping[int, Picture]
    """By the number of the step, counted from 1."""
    stands_for: Mapping[str, str]
    """What was there in place of the samples on the page, such as a fingerprint: it is on the pictures."""


def keep(page: Page, results: Sequence[Result], about: str) -> None:
    """Write the pictures that were made on a page, in place of earlier ones.

    Args:
        page: the page.
        results: of all its instructions.
        about: the fingerprint of the page when it began to be carried out.

    Raises:
        GuideError: they cannot be written.
    """
    # A folder belongs to one page, and so to one process.
    build = page.project / BUILD
    carried_out = [result for result in results if result.outcome != "not for this version"]
    try:
        for label in {result.instruction.label for result in carried_out}:
            shutil.rmtree(build / _folder(page, label), ignore_errors=True)
        for result in carried_out:
            if result.done.pictures:
                folder = _folder(page, result.instruction.label) / _name(result.instruction.snippet)
                _keep(build, folder, result, about)
    except OSError as error:
        raise GuideError(f"the screenshots cannot be written to {BUILD}/{FOLDER}: {error.strerror}") from error


def _keep(build: Path, folder: Path, result: Result, about: str) -> None:
    (build / folder).mkdir(parents=True, exist_ok=True)
    pictures = {}
    for step, encoded in result.done.pictures.items():
        content = base64.b64decode(encoded)
        # Width and height are the first fields of every PNG's first chunk.
        width, height = struct.unpack_from(">II", content, offset=16)
        pictures[step] = Picture(file=(folder / f"{step}.png").as_posix(), width=width, height=height)
        (build / pictures[step].file).write_bytes(content)
    made = Screenshots(about=about, client=str(result.client), pictures=pictures, stands_for=result.done.stands_for)
    writing.write(build / folder / _ABOUT, made.model_dump_json(indent=2) + "\n")


def of_walkthrough(page: Page, snippet: str) -> Screenshots | None:
    """Return the pictures of a walkthrough on a page as it is, those of Windows first; None when there are none.

    Args:
        page: the page.
        snippet: the walkthrough's, relative to snippets/.

    Raises:
        GuideError: a page that this one needs cannot be read.
    """
    build = page.project / BUILD
    # The reader's own windows look most like those.
    for label in reversed(page.labels):
        try:
            found = Screenshots.model_validate_json(
                (build / _folder(page, label) / _name(snippet) / _ABOUT).read_text(encoding="utf-8")
            )
        except (OSError, ValidationError):
            continue
        if found.about == fingerprint(page) and all((build / each.file).is_file() for each in found.pictures.values()):
            return found
    return None


def stands_for(page: Page) -> Mapping[str, str]:
    """Return what the pictures on a page show in place of its samples; nothing when it has none, or they differ.

    Args:
        page: the page.

    Raises:
        GuideError: a page that this one needs cannot be read.
    """
    known: dict[str, str] = {}
    for snippet in dict.fromkeys(instruction.snippet for instruction in page.instructions):
        made = of_walkthrough(page, snippet)
        for sample, value in (made.stands_for if made else {}).items():
            # Another run has seen another: the text beside them cannot show both.
            if known.setdefault(sample, value) != value:
                return {}
    return known


def _folder(page: Page, label: str) -> Path:
    return Path(FOLDER) / page.guide.edition.name / Path(page.name).with_suffix("") / (label or "all")


def _name(snippet: str) -> Path:
    return Path(snippet).with_suffix("")
