"""The fingerprint of a page: a hash of all that decides what comes of carrying it out.

That is each instruction with its options and all its files, the front matter, the pages that come before it with all
of this, the policy, and the code that reads pages, carries them out, and is the practice site.
"""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import mfa_guide
from mfa_guide.clients import suites
from mfa_guide.clients.versions import LINUX, Here, Versions
from mfa_guide.kinds import instructed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mfa_guide.guide.page import Page

_POLICIES = "policy/*.toml"
"""Of these, a page depends on its own alone."""
NO_PART = ("by_hand", "drawing", "gate", "mutants", "problems", "tutorial", "website")
"""The packages that have no part in what comes of carrying out a page."""


def fingerprint(page: Page) -> str:
    """Return the fingerprint of a page, in hexadecimal.

    Raises:
        GuideError: a page that it needs cannot be read.
    """
    # What it says about other editions is for readers.
    policy = page.guide.policy.model_dump_json(exclude={"changes"})
    pages = [part for each in (*page.guide.before(page), page) for part in _parts(each)]
    return hash_of([hash_of_code(NO_PART), *_libraries(), policy, *pages])


def _parts(page: Page) -> Iterable[str]:
    yield page.name
    yield repr(page.practice)
    for instruction in page.instructions:
        yield json.dumps([instruction.kind, instruction.snippet, instruction.label, instruction.given])
        for path in instructed(instruction.kind).files(page.snippet(instruction)):
            yield path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


@cache
def hash_of_code(without: tuple[str, ...] = ()) -> str:
    """Return a hash of this package, which is not edited while it runs.

    Args:
        without: packages in it that are left out.
    """
    package = Path(mfa_guide.__file__).parent
    files = (path.relative_to(package) for path in sorted(package.rglob("*")) if path.is_file())
    code = [path for path in files if "__pycache__" not in path.parts and not path.match(_POLICIES)]
    taking_part = [path for path in code if path.parts[0] not in without]
    return hash_of(f"{path.as_posix()} {sha256((package / path).read_bytes()).hexdigest()}" for path in taking_part)


_LIBRARIES = ("asyncssh", "pexpect", "playwright", "pyte", "starlette", "uvicorn")
"""What else the practice site and the reader's hands are made of."""


@cache
def _libraries() -> tuple[str, ...]:
    return tuple(f"{name} {version(name)}" for name in _LIBRARIES)


def hash_of(texts: Iterable[str]) -> str:
    """Return a hash of texts, in hexadecimal."""
    return sha256("\0".join(texts).encode()).hexdigest()


def here(clients: Mapping[str, str]) -> bool:
    """Tell whether the clients of this machine have these versions."""
    known = _versions()
    return all(known.get(client) == version for client, version in clients.items())


def clients_of(suite: str) -> str:
    """Return what is another text as soon as the clients of a suite are others.

    Args:
        suite: its name; empty for the clients of this machine.
    """
    if suite:
        return suites.Suite(suite).packages
    return json.dumps([[client, _versions().get(client)] for client in LINUX.clients])


@cache
def _versions() -> Versions:
    return Versions(Here())
