"""Clients of Debian bullseye, which `./run` unpacks beside the system's: OpenSSH 8.4 and PuTTY 0.74."""

from __future__ import annotations

import sys
from pathlib import Path

from mfa_guide.errors import CannotRunError

FOLDER = Path(sys.prefix) / "debian-bullseye" / "usr"


def bullseye(program: str) -> list[str]:
    """Return the words that run a program of Debian bullseye.

    Raises:
        CannotRunError: it is not there.
    """
    path = FOLDER / "bin" / program
    if not path.exists():
        raise CannotRunError(f"Debian bullseye's {program} is not there: ./run unpacks it where apt-get is")
    libraries = ":".join(map(str, (FOLDER / "lib").glob("*-linux-gnu*")))
    return ["env", f"LD_LIBRARY_PATH={libraries}", str(path)]
