"""PuTTY for Windows, in the versions that readers have: built from the sources of Debian's packages.

Debian's own changes are left out: readers have what PuTTY's authors publish, and that is what these sources are without
them. apt fetches them (`clients/debian.py`), and mingw makes programs for Windows of them.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from mfa_guide.base.errors import CannotRunError
from mfa_guide.clients.debian import Apt, call
from mfa_guide.clients.wine import kept

if TYPE_CHECKING:
    from collections.abc import Callable

RELEASES = ("bookworm", "trixie", "sid")
"""The Debian releases of whose sources programs are built, oldest first."""
PROGRAMS = ("putty", "puttygen", "pageant", "plink", "pscp", "psftp")
"""What PuTTY's installer brings."""
_CONFIGURED = (
    *("-DCMAKE_TOOLCHAIN_FILE=cmake/toolchain-mingw.cmake", "-DCMAKE_BUILD_TYPE=Release"),
    # Nobody looks into them for mistakes; optimizing more takes longer than it saves.
    *("-DCMAKE_C_FLAGS_RELEASE=-O1", "-DCMAKE_EXE_LINKER_FLAGS=-s"),
)
_SOURCE = re.compile(r"(?P<file>putty_(?P<version>[0-9.]+)\.orig\.tar\.\w+) \d+ (?P<hash>\w+:\S+)")
"""What apt says that it would fetch, after the address."""
_VERSION = "version"
"""In the folder of a release: which version of PuTTY it is."""
_UNPACKED = "source-"
"""How the folders begin in which sources are built."""
_LOOKED_AFTER = 7 * 86_400
"""Seconds for which nobody looks whether there is a newer source. Ours: only sid gets some, a few in a year."""


def folder(release: str) -> Path:
    """Return where the programs of a release are kept, each as `putty.exe` and so on."""
    return kept.KEPT / "programs" / release


def version(release: str) -> str:
    """Return which version of PuTTY a release has, for instance `0.83`.

    Raises:
        CannotRunError: its programs are not here.
    """
    require(release)
    return (folder(release) / _VERSION).read_text(encoding="ascii")


def require(release: str) -> None:
    """See that the programs of a release are here.

    Raises:
        CannotRunError: they are not, or there is no such release.
    """
    if release not in RELEASES:
        raise CannotRunError(f"there is no PuTTY for Windows of Debian {release}: choose {', '.join(RELEASES)}")
    if not made_of(release):
        raise CannotRunError(f"PuTTY for Windows of Debian {release} is not here: ./run windows builds it")


def made_of(release: str) -> str:
    """Return of which source the programs of a release are made; empty when they are not here."""
    return kept.made_of(folder(release), _how()) if release in RELEASES else ""


def build(release: str, say: Callable[[str], None]) -> None:
    """Build the programs of a release, unless the newest are here, whole.

    Args:
        release: the code name of the Debian release.
        say: tells people what takes long.

    Raises:
        CannotRunError: the source cannot be fetched, or programs cannot be built of it.
    """
    place = folder(release)
    here = kept.made_of(place, _how()) if kept.is_whole(place) else ""
    if here and kept.seconds_since(place) < _LOOKED_AFTER:
        return
    what = f"the source of PuTTY in Debian {release}"
    kept.KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_UNPACKED, dir=kept.KEPT) as name:
        try:
            apt = Apt(release, Path(name) / "apt", what, source=True)
            apt.call("update")
            # Without --tar-only their authors' signature is fetched, too, which a mirror may lack. apt checks the hash.
            source = _SOURCE.search(apt.call("source", "--tar-only", "--print-uris", "putty"))
            if source is None:
                raise CannotRunError(f"could not get {what}: apt-get names none")
            if here == source[0]:
                kept.found_newest(place)
                return
            apt.call("source", "--tar-only", "--download-only", "putty")
        except CannotRunError as error:
            if not here:
                raise
            say(f"not looked whether there is a newer one ({error})")
            return
        say(f"building PuTTY {source['version']} for Windows (once, two minutes or more)")
        unpacked = Path(name) / "source"
        unpacked.mkdir()
        archive = str(apt.packages / source["file"])
        call(["tar", "-xf", archive, "-C", str(unpacked), "--strip-components=1"], what)

        def fill(new: Path) -> str:
            _compile(unpacked, new, f"PuTTY {source['version']} for Windows")
            (new / _VERSION).write_text(source["version"], encoding="ascii")
            return source[0]

        kept.make(place, _how(), fill)


def forget_the_unfinished() -> None:
    """Take away what is left of a build that was killed. Nothing is being built now."""
    for left in kept.KEPT.glob(f"{_UNPACKED}*"):
        shutil.rmtree(left)


def _how() -> str:
    return " ".join((*_CONFIGURED, *PROGRAMS))


def _compile(source: Path, into: Path, what: str) -> None:
    built = source / "built"
    call(["cmake", "-S", str(source), "-B", str(built), *_CONFIGURED], what)
    call(["cmake", "--build", str(built), "--parallel", str(os.cpu_count()), "--target", *PROGRAMS], what)
    for program in PROGRAMS:
        (built / f"{program}.exe").rename(into / f"{program}.exe")
