"""OpenSSH's server, for tests. It is unpacked, not installed: a package that is installed starts a server for all."""

from __future__ import annotations

import shutil
from pathlib import Path

from mfa_guide.errors import CannotRunError

PACKAGE = Path(__file__).resolve().parents[3] / ".venv" / "debian" / "openssh-server"


def find_sshd() -> Path:
    """Return the path of `sshd`: the system's, or the one that `./run` has unpacked.

    Raises:
        CannotRunError: there is neither.
    """
    for folder in ("/usr/sbin", PACKAGE / "usr" / "sbin"):
        program = shutil.which("sshd", path=str(folder))
        if program:
            return Path(program)
    raise CannotRunError("there is no sshd here: ./run tests unpacks Debian's; elsewhere install OpenSSH's server")
