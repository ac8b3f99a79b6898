"""A Windows computer as Wine keeps one: a folder, its prefix. One model is made, and copied for each computer.

Most of a prefix is copies of Wine's own files. In the model they are links to these: it has few megabytes instead of
700, and is copied in a moment.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from mfa_guide.base.errors import CannotRunError
from mfa_guide.base.program import run
from mfa_guide.clients.debian import call
from mfa_guide.clients.wine import kept, programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

USER = "reader"
"""The user of Windows, whoever the user of this computer is."""
INSTALLED = Path("drive_c", "Program Files", "PuTTY")
"""In a prefix: where PuTTY's installer puts the programs; also where Windows finds them by their names."""
SCREEN = (1280, 900)
"""Width and height of the screen, in pixels."""

_PACKAGES = ("libwine", "fonts-wine")
"""Debian's packages of whose files a prefix is made."""
_FONTS = ("tahoma.ttf", "tahomabd.ttf", "marlett.ttf")
"""What Windows draws labels, titles and the signs of a title bar with."""
_MADE_BY = "1"
"""Changed when the model is made in another way: what an earlier version of this module made is made anew."""
_STARTS_WITHIN = 300
"""Seconds in which a prefix is made, on a computer that is busy. Ours: 10 on one that is not."""

# A desktop of the name `shell` is one with a taskbar, and signs beside its clock. Menus of the computer on which Wine
# runs get no entries. The installer of PuTTY puts its folder on PATH, and says what .ppk files are.
_REGISTRY = rf"""Windows Registry Editor Version 5.00

[HKEY_CURRENT_USER\Software\Wine\Explorer]
"Desktop"="shell"

[HKEY_CURRENT_USER\Software\Wine\Explorer\Desktops]
"shell"="{SCREEN[0]}x{SCREEN[1]}"

[HKEY_CURRENT_USER\Software\Wine\DllOverrides]
"winemenubuilder.exe"=""

[HKEY_LOCAL_MACHINE\System\CurrentControlSet\Control\Session Manager\Environment]
"PATH"="C:\\windows\\system32;C:\\windows;C:\\windows\\system32\\wbem;C:\\Program Files\\PuTTY\\"

[HKEY_CLASSES_ROOT\.ppk]
@="PPK_Assoc_ProgId"
"Content Type"="application/x-putty-private-key"

[HKEY_CLASSES_ROOT\PPK_Assoc_ProgId]
@="PuTTY Private Key File"

[HKEY_CLASSES_ROOT\PPK_Assoc_ProgId\shell\open]
@="Load into Pageant"

[HKEY_CLASSES_ROOT\PPK_Assoc_ProgId\shell\open\command]
@="\"C:\\Program Files\\PuTTY\\pageant.exe\" \"%1\""

[HKEY_CLASSES_ROOT\PPK_Assoc_ProgId\shell\edit]
@="Edit with PuTTYgen"

[HKEY_CLASSES_ROOT\PPK_Assoc_ProgId\shell\edit\command]
@="\"C:\\Program Files\\PuTTY\\puttygen.exe\" \"%1\""
"""


def model() -> Path:
    """Return where the model is kept. Nothing is ever started in it."""
    return kept.KEPT / "prefix"


def make(say: Callable[[str], None]) -> None:
    """Make the model, unless it is here, whole, and made of the files that Wine has now.

    Args:
        say: tells people what takes long.

    Raises:
        CannotRunError: Wine is not here, or fails.
    """
    if kept.made_of(model(), _MADE_BY) == _wine() and kept.is_whole(model()):
        return
    say("making a Windows computer (once, some seconds)")
    kept.make(model(), _MADE_BY, _fill)


def copy(to: Path, release: str) -> None:
    """Make a Windows computer with the programs of a release, which belongs to the user of this process.

    Args:
        to: the folder that becomes its prefix; there is none yet.
        release: the Debian release whose PuTTY is on it.

    Raises:
        CannotRunError: the model or the programs are not here.
    """
    programs.require(release)
    if kept.made_of(model(), _MADE_BY) != _wine():
        raise CannotRunError(
            "there is no model of a Windows computer for the Wine that is here: ./run windows makes it"
        )
    shutil.copytree(model(), to, symlinks=True, ignore=shutil.ignore_patterns(kept.STAMP))
    installed = to / INSTALLED
    installed.mkdir(parents=True)
    for program in programs.PROGRAMS:
        shutil.copy(programs.folder(release) / f"{program}.exe", installed)


def environment(prefix: Path, base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables with which programs are started in a prefix.

    Args:
        prefix: where it is.
        base: the other variables.
    """
    return {**base, "WINEPREFIX": str(prefix), "USER": USER, "LOGNAME": USER, "WINEDEBUG": "-all"}


def _wine() -> str:
    """Return the versions of the packages of which a prefix is made, on one line.

    Raises:
        CannotRunError: they are not installed, or this is no Debian.
    """
    return call(["dpkg-query", "-W", "-f", "${Package} ${Version} ", *_PACKAGES], "Wine").strip()


def _fill(new: Path) -> str:
    home = new / "home"
    home.mkdir()
    variables = environment(new, {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"})
    # These would ask whether to fetch what is missing for .NET and for web pages.
    variables["WINEDLLOVERRIDES"] = "mscoree,mshtml,winemenubuilder.exe="
    settings = new / "settings.reg"
    settings.write_text(_REGISTRY, encoding="utf-16")
    for words in (["wine", "wineboot", "--init"], ["wine", "regedit", "/S", str(settings)], ["wineserver", "--wait"]):
        _call_wine(words, variables)
    # Else Wine's next version would write its own files anew: through the links, over those of this computer.
    (new / ".update-timestamp").write_text("disable\n", encoding="ascii")
    settings.unlink()
    # Debian's Wine keeps there where its server is: copies would have one server, and one registry.
    (new / "wineserver").unlink(missing_ok=True)
    shutil.rmtree(home)
    _use_own_folders(new)
    files = _files_of_wine()
    fonts = {path.name: path for path in files}
    for name in _FONTS:
        if name not in fonts:
            raise CannotRunError(f"could not make a Windows computer: Debian's packages have no {name}")
        (new / "drive_c" / "windows" / "Fonts" / name).symlink_to(fonts[name])
    _link(new / "drive_c", files)
    return _wine()


def _call_wine(words: list[str], variables: Mapping[str, str]) -> None:
    try:
        done = run(
            words, words[-1] if words[0] == "wineserver" else words[1], within=_STARTS_WITHIN, environment=variables
        )
    except FileNotFoundError:
        raise CannotRunError(f"could not make a Windows computer: there is no {words[0]}") from None
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise CannotRunError(f"could not make a Windows computer: {words[1]} says {said[-1]}")


def _use_own_folders(prefix: Path) -> None:
    """Give the user folders of the prefix: Wine has made links of them to those of this computer's user."""
    for path in (prefix / "drive_c" / "users").rglob("*"):
        if path.is_symlink():
            path.unlink()
            path.mkdir()


def _files_of_wine() -> list[Path]:
    listed = call(["dpkg-query", "-L", *_PACKAGES], "Wine").splitlines()
    return [path for path in map(Path, listed) if path.is_file()]


def _link(folder: Path, files: list[Path]) -> None:
    """Make links of what is the same as a file of Wine."""
    by_size: dict[int, list[Path]] = {}
    for file in files:
        by_size.setdefault(file.stat().st_size, []).append(file)
    for path in list(_regular(folder)):
        for file in by_size.get(path.stat().st_size, []):
            if filecmp.cmp(path, file, shallow=False):
                path.unlink()
                path.symlink_to(file)
                break


def _regular(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
