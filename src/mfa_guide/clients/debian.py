"""Debian's packages, of any release: fetched beside the system's, which notices nothing of it.

apt is called with lists, a cache and a (empty) list of installed packages of its own, and from the mirror that this
machine uses; signatures are checked as always.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from mfa_guide.base.errors import CannotRunError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_KEYRINGS = tuple(Path(f"/usr/share/keyrings/debian-archive-keyring.{suffix}") for suffix in ("gpg", "pgp"))
_CALL_TAKES = 1800
"""How long a program may take to fetch, unpack or build something, in seconds. Ours: a slow line needs some minutes."""


def debian_mirror() -> tuple[str, Path]:
    """Return the address of the mirror of Debian that this machine uses, and the file with the keys of the archive.

    Raises:
        CannotRunError: this machine has no mirror, or not the keys.
    """
    asked = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"]
    mirror = call(asked, "the mirror that this machine uses").partition("\n")[0]
    keyring = next((path for path in _KEYRINGS if path.is_file()), None)
    if not mirror or keyring is None:
        raise CannotRunError(
            "other releases of Debian come from the mirror of Debian that a machine uses: this has none"
        )
    return mirror, keyring


class Apt:
    """apt, with nothing of the system's but its mirror and keys.

    Args:
        release: the code name of the Debian release.
        folder: a folder for all that it keeps.
        what: what it is to get, as errors call it.
        source: whether it is to get source packages, instead of those that are installed.

    Raises:
        CannotRunError: this machine has no mirror, or not the keys of Debian's archive.
    """

    def __init__(self, release: str, folder: Path, what: str, *, source: bool = False) -> None:
        self._what = what
        self.packages = folder / "cache" / "archives"
        """Where packages are once they were fetched."""
        for place in (folder / "lists" / "partial", self.packages / "partial"):
            place.mkdir(parents=True)
        (folder / "status").touch()
        self._config = folder / "apt.conf"
        mirror, keyring = debian_mirror()
        kind = "deb-src" if source else "deb"
        (folder / "sources.list").write_text(f"{kind} [signed-by={keyring}] {mirror} {release} main\n")
        self._config.write_text(
            f'Dir::Etc::SourceList "{folder}/sources.list";\n'
            'Dir::Etc::SourceParts "/dev/null";\n'
            'Dir::Etc::Preferences "/dev/null";\n'
            'Dir::Etc::PreferencesParts "/dev/null";\n'
            f'Dir::State "{folder}";\n'
            f'Dir::State::Lists "{folder}/lists";\n'
            f'Dir::State::Status "{folder}/status";\n'
            f'Dir::Cache "{folder}/cache";\n'
            'APT::Sandbox::User "root";\n'
            'APT::Install-Recommends "false";\n'
            'APT::Get::Assume-Yes "true";\n'
            # A mirror may lag behind sid by more than the day for which its list is valid. Signatures are checked.
            'Acquire::Check-Valid-Until "false";\n'
            # Else a list that could not be had is only warned of, and the error is that there is no such package.
            'APT::Update::Error-Mode "any";\n'
            'Acquire::Languages "none";\n'
            'Acquire::Retries "2";\n'
        )

    def call(self, *words: str) -> str:
        """Call apt-get, which puts sources into `packages`, too. Return what it says.

        Raises:
            CannotRunError: it fails.
        """
        environment = os.environ | {"APT_CONFIG": str(self._config), "DEBIAN_FRONTEND": "noninteractive"}
        return call(["apt-get", "-qq", *words], self._what, environment=environment, folder=self.packages)


def call(
    command: Sequence[str], what: str, *, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> str:
    """Run a program by which something is got, and return its output.

    Args:
        command: the program and its arguments.
        what: what is to be got by it, as errors call it.
        environment: its variables; this process's when not given.
        folder: where it runs; where this process does when not given.

    Raises:
        CannotRunError: it is not there, or fails; the message has apt's first error, or the last that another one says.
    """
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=environment,
            cwd=folder,
            timeout=_CALL_TAKES,
        )
    except subprocess.TimeoutExpired:
        raise CannotRunError(f"could not get {what}: {command[0]} has not ended after {_CALL_TAKES} s") from None
    except FileNotFoundError:
        raise CannotRunError(f"could not get {what}: there is no {command[0]}") from None
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        reason = next((line for line in said if line.startswith("E:")), said[-1])
        raise CannotRunError(f"could not get {what}: {command[0]} says {reason}")
    return done.stdout
