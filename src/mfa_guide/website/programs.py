"""Running the programs that build the guide: silent while all goes well."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    """Run a program in a folder; print what it says only when it fails.

    Its own option to be quiet is no way to do this: with `--quiet`, MkDocs counts no warnings, and `--strict` no
    longer means anything.

    Raises:
        GuideError: it failed.
    """
    variables = {**os.environ, **environment}
    result = subprocess.run(
        command, cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if result.returncode:
        sys.stderr.write(result.stdout)
        raise GuideError(f"this failed, and says why above: {' '.join(command)}")
