"""A Windows computer as Wine keeps one: a folder, its prefix. One model is made, and copied for each computer.

Most of a prefix is Wine's own files. In the model they are links to files beside it: it has few megabytes instead of
700, and is copied in a moment. None leads to a file of this computer: what runs in a copy may write through its links.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from mfa_guide.base.errors import CannotRunError
from mfa_guide.base.program import run
from mfa_guide.clients.debian import call
from mfa_guide.clients.wine import kept, programs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
_MADE_BY = "2"
"""Changed when the model is made in another way: what an earlier version of this module made is made anew."""
_MODEL = "model"
_FILES = "files"
_SHARED_FROM = 4096
"""Files of Wine with more bytes are links in copies."""
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
    return _kept() / _MODEL


def _kept() -> Path:
    return kept.KEPT / "prefix"


def make(say: Callable[[str], None]) -> None:
    """Make the model, unless it is here, whole, and made of the files that Wine has now.

    Args:
        say: tells people what takes long.

    Raises:
        CannotRunError: Wine is not here, or fails.
    """
    if kept.made_of(_kept(), _MADE_BY) == _wine() and kept.is_whole(_kept()):
        return
    say("making a Windows computer (once, some seconds)")
    kept.make(_kept(), _MADE_BY, _fill)


def copy(to: Path, release: str) -> None:
    """Make a Windows computer with the programs of a release, which belongs to the user of this process.

    Args:
        to: the folder that becomes its prefix; there is none yet.
        release: the Debian release whose PuTTY is on it.

    Raises:
        CannotRunError: the model or the programs are not here.
    """
    programs.require(release)
    if kept.made_of(_kept(), _MADE_BY) != _wine():
        raise CannotRunError(
            "there is no model of a Windows computer for the Wine that is here: ./run windows makes it"
        )
    shutil.copytree(model(), to, symlinks=True)
    installed = to / INSTALLED
    installed.mkdir(parents=True)
    for program in programs.PROGRAMS:
        shutil.copy(programs.folder(release) / f"{program}.exe", installed)


def made_of(release: str) -> str:
    """Return of what a computer with the programs of a release is made; empty when it cannot be made.

    Args:
        release: the Debian release.
    """
    wine, source = kept.made_of(model(), _MADE_BY), programs.made_of(release)
    return f"{wine} {source}" if wine and source else ""


def environment(prefix: Path, base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables with which programs are started in a prefix.

    Args:
        prefix: where it is.
        base: the other variables.
    """
    return {**base, "WINEPREFIX": str(prefix), "USER": USER, "LOGNAME": USER, "WINEDEBUG": "-all"}


def end(prefix: Path) -> None:
    """End all that runs in a prefix, and take away what Wine keeps of it elsewhere.

    Args:
        prefix: where it is.

    Raises:
        CannotRunError: it does not end.
        FileNotFoundError: Wine is not installed.
    """
    run(["wineserver", "--kill"], "wineserver", environment=environment(prefix))
    _forget_server(prefix)


def _forget_server(prefix: Path) -> None:
    """Take away the folder of the server of a prefix, whose name Debian 12's Wine keeps in the prefix."""
    place = prefix / "wineserver"
    if place.is_file() and re.fullmatch(r"wine-\w+", name := place.read_text(encoding="ascii").strip()):
        shutil.rmtree(Path("/tmp", name), ignore_errors=True)
        place.unlink()


def _wine() -> str:
    """Return the versions of the packages of which a prefix is made, on one line.

    Raises:
        CannotRunError: they are not installed, or this is no Debian.
    """
    return call(["dpkg-query", "-W", "-f", "${Package} ${Version} ", *_PACKAGES], "Wine").strip()


def _fill(new: Path) -> str:
    made, home = new / _MODEL, new / "home"
    for folder in (made, home):
        folder.mkdir()
    variables = environment(made, {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"})
    # These would ask whether to fetch what is missing for .NET and for web pages.
    variables["WINEDLLOVERRIDES"] = "mscoree,mshtml,winemenubuilder.exe="
    settings = new / "settings.reg"
    settings.write_text(_REGISTRY, encoding="utf-16")
    for words in (["wine", "wineboot", "--init"], ["wine", "regedit", "/S", str(settings)], ["wineserver", "--wait"]):
        _call_wine(words, variables)
    settings.unlink()
    shutil.rmtree(home)
    # Else copies would have one server, and one registry.
    _forget_server(made)
    # Else Wine's next version would write its own files anew in each copy.
    (made / ".update-timestamp").write_text("disable\n", encoding="ascii")
    _use_own_folders(made)
    _add_fonts(made)
    _share(made / "drive_c" / "windows", new / _FILES)
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


def _add_fonts(prefix: Path) -> None:
    listed = call(["dpkg-query", "-L", *_PACKAGES], "Wine").splitlines()
    fonts = {path.name: path for path in map(Path, listed)}
    for name in _FONTS:
        if name not in fonts:
            raise CannotRunError(f"could not make a Windows computer: Debian's packages have no {name}")
        shutil.copy(fonts[name], prefix / "drive_c" / "windows" / "Fonts")


def _share(folder: Path, into: Path) -> None:
    """Move the files of a folder elsewhere, and make links of them."""
    for path in [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size > _SHARED_FROM]:
        # Windows looks at the names of its own; there are several of one name.
        inside = Path(path.relative_to(folder).parent.as_posix().replace("/", "-"), path.name)
        (into / inside.parent).mkdir(parents=True, exist_ok=True)
        path.rename(into / inside)
        path.symlink_to(_kept() / _FILES / inside)
