"""Fetching the clients of a Debian release beside the system's, which notices nothing of it.

What apt fetches (`debian.py`) is only unpacked. Then every program is told where its own libraries are: the loader and
the folders are written into copies of them (patchelf). So a program keeps its name, `/proc/self/exe` is itself, and
what it starts inherits nothing.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
import tempfile
from pathlib import Path

from mfa_guide.base.errors import CannotRunError
from mfa_guide.clients.debian import Apt, call

PACKAGES = (
    *("openssh-client", "putty-tools", "putty", "filezilla", "sshfs", "git", "rsync", "ssh-askpass-gnome"),
    # It judges the certificates of the practice site.
    "openssh-server",
)
"""The Debian packages that are fetched, with all that they depend on."""

CLIENTS = {
    **{
        name: f"/usr/bin/{name}"
        for name in (
            *("ssh", "ssh-add", "ssh-agent", "ssh-keygen", "ssh-keyscan", "scp", "sftp"),
            *("plink", "pscp", "psftp", "puttygen", "putty", "pageant"),
            *("filezilla", "fzsftp", "fzputtygen"),
            *("sshfs", "git", "rsync"),
        )
    },
    "ssh-askpass": "/usr/lib/openssh/gnome-ssh-askpass",
}
"""The programs of readers, each with its place on a Debian system."""
_WINDOWS = ("filezilla", "pageant", "putty", "ssh-askpass")
"""Those with windows: they look for parts of their toolkit, and of themselves, at places that variables tell them."""
SERVER = ("/usr/sbin/sshd", "/usr/lib/openssh/sshd-session", "/usr/lib/openssh/sshd-auth")
"""The programs of OpenSSH's server; the latter two in the releases that have them."""

FETCHED = Path(sys.prefix) / "suites"
"""Where the clients of releases are kept, each in a folder of its name."""
UNPACKED = "root"
"""Below the folder of a release: what its packages hold."""
PROGRAMS = "bin"
"""Below the folder of a release: the programs as they are started here."""
_PATCHED = "patched"
_SHARED = ("filezilla", "glycin-loaders")
"""What programs need of /usr/share, besides what the system has there."""
_PIXBUF = "pixbuf-loaders"
_LOADERS = "picture-loaders"
_STAMP = "packages"
"""Below the folder of a release: which packages, in which versions, it is made of."""
_MADE_BY = "2"
"""Changed when the folder is made in another way: what an earlier version of this module made is made anew."""


def fetch(release: str, folder: Path) -> bool:
    """Fetch the clients of a Debian release, or see that the newest are there.

    Args:
        release: the code name of the release, for instance `trixie`.
        folder: where they are kept. What is there is replaced as a whole, and only once all of the new is there.

    Returns:
        Whether something was fetched.

    Raises:
        CannotRunError: there is no apt here, or it cannot fetch them.
    """
    if shutil.which("apt-get") is None:
        raise CannotRunError(f"the clients of Debian {release} are fetched with apt-get, which is not here")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}-", dir=folder.parent) as name:
        new = Path(name)
        apt = Apt(release, new / "apt", f"the clients of Debian {release}")
        apt.call("update")
        wanted = apt.call("install", "--print-uris", *PACKAGES)
        stamp = hashlib.sha256((_MADE_BY + "\n".join(sorted(re.findall(r"\S+\.deb", wanted)))).encode()).hexdigest()
        if packages_of(folder) == stamp:
            return False
        apt.call("install", "--download-only", *PACKAGES)
        made = new / "made"
        (made / UNPACKED).mkdir(parents=True)
        for package in sorted(apt.packages.glob("*.deb")):
            call(["dpkg-deb", "-x", str(package), str(made / UNPACKED)], f"Debian {release}'s {package.name}")
        _leave_out(made / UNPACKED)
        _make_programs(made, folder)
        _list_pictures(made, folder)
        _make_loaders(made, folder)
        (made / _STAMP).write_text(stamp, encoding="ascii")
        # mktemp -d lets only the caller in; the lab has users of its own.
        made.chmod(0o755)
        old = new / "old"
        if folder.exists():
            folder.rename(old)
        made.rename(folder)
    return True


def is_there(folder: Path) -> bool:
    """Tell whether the clients of a release are in the folder in which they are kept."""
    return (folder / _STAMP).is_file()


def packages_of(folder: Path) -> str:
    """Return a hash of the packages, with their versions, of which a folder is made; empty when there is nothing."""
    return (folder / _STAMP).read_text(encoding="ascii") if is_there(folder) else ""


def _leave_out(root: Path) -> None:
    """Leave out what no program is, nor needs to run: texts, translations, icons."""
    for path in (root / "usr" / "share").iterdir():
        if path.name not in _SHARED:
            shutil.rmtree(path)


def _make_programs(made: Path, folder: Path) -> None:
    """Make the programs of a release run here.

    Args:
        made: the folder in which they are made.
        folder: the folder in which they are going to be: its name is written into them.
    """
    for part in (PROGRAMS, _PATCHED):
        (made / part).mkdir()
    for library in (path for place in _libraries(made) for path in place.glob("*.so*") if not path.is_symlink()):
        # A library that says itself where others are would not ask the program that uses it.
        if _is_program(library) and _patchelf("--print-rpath", library).strip():
            _patchelf("--remove-rpath", library)
    for name, place in (*CLIENTS.items(), *((Path(place).name, place) for place in SERVER)):
        program = made / UNPACKED / place.lstrip("/")
        if not program.exists():
            continue
        patched = made / (_PATCHED if name in _WINDOWS else PROGRAMS) / name
        shutil.copy(program, patched)
        _patch(patched, made, folder)
        if name in _WINDOWS:
            _wrap(name, made, folder)


def _patch(program: Path, made: Path, folder: Path) -> None:
    """Tell a program where its own loader and libraries are."""
    loader = folder / _loader(made).relative_to(made)
    places = ":".join(str(folder / path.relative_to(made)) for path in _libraries(made))
    _patchelf("--set-interpreter", str(loader), "--force-rpath", "--set-rpath", places, program)


def _is_program(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _patchelf(*words: str | Path) -> str:
    # It comes with the project's Python packages.
    patchelf = Path(sys.executable).with_name("patchelf")
    return call([str(patchelf), *map(str, words)], f"{words[-1]} to run here")


def _libraries(made: Path) -> list[Path]:
    """Return the folders with libraries, as the loader of the release looks for them."""
    # Older releases have /lib beside /usr/lib; in newer ones it is a link to it, which no package holds.
    folders = [path for place in ("lib", "usr/lib") for path in sorted((made / UNPACKED / place).glob("*-linux-gnu*"))]
    return [*folders, *(path for folder in folders for path in folder.glob("pulseaudio"))]


def _loader(made: Path) -> Path:
    """Return the loader of the release.

    Raises:
        CannotRunError: the packages hold none.
    """
    for folder in _libraries(made):
        for path in sorted(folder.glob("ld-*.so*")):
            return path
    raise CannotRunError(f"could not get the clients of Debian: {made} holds no loader")


def _wrap(name: str, made: Path, folder: Path) -> None:
    """Write the script that starts a program with windows."""
    modules = next((made / UNPACKED / "usr" / "lib").glob("*-linux-gnu*/gio/modules"))
    variables = {
        "GIO_MODULE_DIR": folder / modules.relative_to(made),
        "GDK_PIXBUF_MODULE_FILE": folder / _PIXBUF,
        "XDG_DATA_DIRS": f"{folder / _LOADERS}:/usr/local/share:/usr/share",
        "PATH": f"{folder / _LOADERS}:$PATH",
        "FZ_DATADIR": folder / UNPACKED / "usr" / "share" / "filezilla",
    }
    words = " ".join(f'{variable}="{value}"' for variable, value in variables.items())
    script = made / PROGRAMS / name
    script.write_text(f'#!/bin/sh\nexec env {words} "{folder / _PATCHED / name}" "$@"\n', encoding="utf-8")
    script.chmod(0o755)


def _list_pictures(made: Path, folder: Path) -> None:
    """Write the list of the formats of pictures that windows can show; Debian's own is written at installation."""
    for folder_of_loaders in (made / UNPACKED / "usr" / "lib").glob("*-linux-gnu*/gdk-pixbuf-2.0"):
        query = made / _PATCHED / "gdk-pixbuf-query-loaders"
        shutil.copy(folder_of_loaders / query.name, query)
        _patch(query, made, made)
        loaders = sorted(map(str, folder_of_loaders.glob("*/loaders/*.so")))
        # Without any it would list this computer's.
        listed = call([str(query), *loaders], "the formats of pictures") if loaders else ""
        (made / _PIXBUF).write_text(listed.replace(str(made), str(folder)), encoding="utf-8")


def _make_loaders(made: Path, folder: Path) -> None:
    """Make the programs that decode pictures for newer toolkits (glycin) run here: they have none in themselves.

    They are started in a sandbox that shows `/usr` and nothing of ours; so that has to show the release, too.
    """
    (made / _LOADERS).mkdir()
    for program in (made / UNPACKED / "usr" / "libexec" / "glycin-loaders").glob("*/*"):
        patched = made / _LOADERS / program.name
        shutil.copy(program, patched)
        _patch(patched, made, folder)
    for config in (made / UNPACKED / "usr" / "share" / "glycin-loaders").glob("*/conf.d/*.conf"):
        place = made / _LOADERS / config.relative_to(made / UNPACKED / "usr" / "share")
        place.parent.mkdir(parents=True, exist_ok=True)
        text = re.sub(
            r"^Exec=.*/", f"Exec={folder / _LOADERS}/", config.read_text(encoding="utf-8"), flags=re.MULTILINE
        )
        place.write_text(text, encoding="utf-8")
    sandbox = made / _LOADERS / "bwrap"
    sandbox.write_text(f'#!/bin/sh\nexec /usr/bin/bwrap --ro-bind "{folder}" "{folder}" "$@"\n', encoding="utf-8")
    sandbox.chmod(0o755)


def main() -> None:
    """Fetch the releases that are named and not here yet; what cannot be had is said in one line."""
    failed = False
    for release in sys.argv[1:]:
        folder = FETCHED / release
        if is_there(folder):
            continue
        print(f"run: fetching the clients of Debian {release}", flush=True)
        try:
            fetch(release, folder)
        except CannotRunError as error:
            failed = True
            print(f"run: {error}. Tests that need them will say so.", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
