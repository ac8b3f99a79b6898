"""Files that the reader saves, for instance `~/.ssh/config`: where, with which mode, and doing so on a machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from mfa_guide.base.errors import CannotRunError
from mfa_guide.clients.machine import ask
from mfa_guide.expecting.failure import Failure

if TYPE_CHECKING:
    from mfa_guide.clients.machine import Machine

_PLACE = re.compile(r"~/(?P<place>(?!\.{1,2}(?:/|$))[\w.-]+(?:/(?!\.{1,2}(?:/|$))[\w.-]+)*)")

_EXISTS = 17
"""An exit status that no command of ours has: the number of the error “File exists”."""

Way = Literal["new", "append", "replace"]

_MODES = {
    "400": "Only you may read it, and nobody may change it.",
    "600": "Only you may read and change it.",
    "644": "Everyone on your computer may read it, but only you may change it.",
    "700": "Only you may read, change and run it.",
    "755": "Everyone on your computer may read and run it, but only you may change it.",
}


def place(path: str) -> str:
    """Return where a file is, relative to the reader's home.

    Args:
        path: what the page says, for instance `~/.ssh/config`.

    Raises:
        Failure: it is not in the reader's home.
    """
    match = _PLACE.fullmatch(path)
    if match is None:
        raise Failure(f'a file says where it is in the reader\'s home: path="~/.ssh/config", not “{path}”')
    return match["place"]


def in_words(mode: str) -> str:
    """Return what a mode means.

    Args:
        mode: octal digits, as `chmod` takes them.

    Raises:
        Failure: the guide has no words for it.
    """
    if mode not in _MODES:
        raise Failure(f"the mode of a file is one of {', '.join(_MODES)}, not “{mode}”")
    return _MODES[mode]


def save(machine: Machine, text: str, path: str, *, mode: str, way: Way) -> None:
    """Save a file as the reader does: in a folder that is there, and as the reader, who may not write everywhere.

    Args:
        machine: where.
        text: what is in the file, or is added to it.
        path: what the page says, for instance `~/.ssh/config`.
        mode: octal digits; empty when the page does not say, and the file has the mode that any new file has.
        way: whether the file is new, is added to or made, or may take the place of another one.

    Raises:
        Failure: the path is not in the home, the file cannot be saved there, or a file that exists would be lost.
    """
    # Commands begin in the reader's home.
    relative = place(path)
    new = f'[ ! -e "$1" ] || exit {_EXISTS}; ' if way == "new" else ""
    into = ">" if way == "replace" else ">>"
    script = f'{new}umask 022; cat {into} "$1"' + (f' && chmod {mode} "$1"' if mode else "")
    try:
        done = ask(machine, ["sh", "-c", script, "sh", f"./{relative}"], given=text)
    except CannotRunError as error:
        raise Failure(f"{path} cannot be saved: {error}") from error
    if done.returncode == _EXISTS:
        raise Failure(f"{path} exists already: a reader adds to it (`append`), or would lose what is in it")
    if done.returncode:
        raise Failure(f"{path} cannot be saved: {done.stderr.strip()}")
