"""What a person has done by hand, where no client runs here: sealed, so that an edit must be done by hand again.

snippets/by-hand.yml has an entry for each such snippet: its SHA-256 and what was done.
"""

from __future__ import annotations

import datetime
import hashlib
from typing import TYPE_CHECKING

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from mfa_guide.base.errors import GuideError
from mfa_guide.expecting.failure import Failure
from mfa_guide.guide.page import SNIPPETS

if TYPE_CHECKING:
    from pathlib import Path

LIST = "by-hand.yml"
"""The list, relative to snippets/."""


class Seal(BaseModel):
    """The evidence for one snippet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    """The hash of the snippet's file as it was when it was done."""
    date: datetime.date
    client: str = Field(min_length=1)
    version: str = Field(min_length=1)
    result: str = Field(min_length=1)
    """What the person saw, in a sentence."""


_LIST = TypeAdapter(dict[str, Seal])


def seals(project: Path) -> dict[str, Seal]:
    """Return the evidence by the snippet that it is about, relative to snippets/.

    Raises:
        GuideError: the list cannot be read.
    """
    path = project / SNIPPETS / LIST
    if not path.is_file():
        return {}
    try:
        return _LIST.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise GuideError(f"{SNIPPETS}/{LIST} cannot be read: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ": ".join(str(part) for part in first["loc"])
        raise GuideError(f"{SNIPPETS}/{LIST}: {where}: {first['msg'].lower()}") from error


def seal_of(project: Path, snippet: str, content: bytes) -> Seal:
    """Return the evidence for a snippet.

    Args:
        project: the folder with `mkdocs.yml`.
        snippet: its file, relative to snippets/.
        content: what is in the file.

    Raises:
        Failure: there is none for this content.
        GuideError: the list cannot be read.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    seal = seals(project).get(snippet)
    if seal is None:
        raise Failure(f"{SNIPPETS}/{LIST} has no entry for {snippet}: do it by hand, and say when (sha256: {sha256})")
    if seal.sha256 != sha256:
        raise Failure(f"{snippet} is not what was done by hand on {seal.date}: do it again (sha256: {sha256})")
    return seal
