"""Running the programs that build the guide: silent while all goes well, and never without end."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from mfa_guide.base import program
from mfa_guide.base.errors import GuideError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping, Sequence
    from pathlib import Path

BUILT_WITHIN = 600.0
"""Seconds in which a guide is built, on a computer that is busy. Ours."""


def build(
    command: Sequence[str], name: str, folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, and return its exit status and what it said.

    Args:
        command: the program and its arguments.
        name: what it is called in errors.
        folder: where it runs.
        environment: variables that it has beside those of this process.

    Raises:
        CannotRunError: it did not end.
    """
    variables = {**os.environ, **environment}
    return program.run(command, name, within=BUILT_WITHIN, folder=folder, environment=variables)


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    """Run a program in a folder; print what it says only when it fails.

    Its own option to be quiet is no way to do this: with `--quiet`, MkDocs counts no warnings, and `--strict` no
    longer means anything.

    Raises:
        GuideError: it failed, or did not end.
    """
    words = " ".join(command)
    done = build(command, words, folder, environment)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        raise GuideError(f"this failed, and says why above: {words}")
