"""What people have done by hand, with its date: kept in by-hand/ of the project, where a maintainer commits it.

Nothing in these files says who did it, or where.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, TypeVar

import yaml
from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field

from mfa_guide.base import writing
from mfa_guide.base.errors import GuideError
from mfa_guide.base.reading import read_yaml

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "by-hand"
"""The folder of the records, relative to the project."""

_MOST = 30.0
"""How long another process may be about it, in seconds. Ours."""


class Verified(BaseModel):
    """Somebody has tried a program with `mfa-guide verify`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client: str
    """The word that names the program on the command line."""
    version: str = Field(min_length=1)
    """By which words the program introduced itself; of what does not, what the system calls itself."""
    date: datetime.date
    steps: dict[str, str]
    """What became of each step and each look: `passed`, `skipped`, or `failed: ` and the last cause."""

    @property
    def passed(self) -> list[str]:
        """The steps that have passed."""
        return [step for step, result in self.steps.items() if result == "passed"]

    @property
    def failed(self) -> list[str]:
        """The steps that were tried, and have not."""
        return [step for step, result in self.steps.items() if result.startswith("failed")]


class Compared(BaseModel):
    """Somebody has laid a login at the real service over a page, with `mfa-guide compare`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    page: str
    """The page, relative to docs/."""
    snippet: str
    """The transcript, relative to snippets/."""
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    """The hash of the transcript as it was then."""
    date: datetime.date
    same: int
    different: int
    missing: int
    extra: int
    """How many lines were so."""
    log: str
    """What was seen, redacted: its file, beside the list."""


Record = TypeVar("Record", bound=Verified | Compared)


def read(project: Path, kind: type[Record]) -> list[Record]:
    """Return all records of a kind, oldest first; none when there is no list.

    Args:
        project: the folder with `mkdocs.yml`.
        kind: `Verified` or `Compared`.

    Raises:
        GuideError: the list cannot be read.
    """
    path = _file(project, kind)
    name = path.relative_to(project).as_posix()
    return read_yaml(path, name, list[kind]) if path.is_file() else []  # type: ignore[valid-type]


def add(project: Path, record: Verified | Compared) -> Path:
    """Put a record at the end of its list, and return the file: one of several processes after the other.

    Raises:
        GuideError: the list cannot be read or written.
    """
    path = _file(project, type(record))
    lock = project / "build" / f"{FOLDER}.lock"
    try:
        lock.parent.mkdir(exist_ok=True)
        with FileLock(lock, timeout=_MOST):
            records = [*read(project, type(record)), record]
            content = [each.model_dump() for each in records]
            text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
            writing.write(path, text, folders=True)
    except OSError as error:
        raise GuideError(f"cannot write {path}, for {lock} cannot be locked: {error}") from error
    return path


def _file(project: Path, kind: type[BaseModel]) -> Path:
    return project / FOLDER / f"{kind.__name__.lower()}.yml"
