"""The command `mfa-guide` as on Windows: our modules cannot import what Windows lacks, nor find it in `os`."""

from __future__ import annotations

import asyncio
import builtins
import os
from typing import Any

LACKING = ("crypt", "fcntl", "grp", "pexpect", "ptyprocess", "pty", "pwd", "resource", "syslog", "termios", "tty")
"""Modules. Windows has pexpect, but not what is made of it here."""
NOT_IN_OS = ("fchmod", "fchown", "fork", "forkpty", "getegid", "geteuid", "getgid", "getuid", "killpg", "openpty")

_import = builtins.__import__


def _import_as_there(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
    # Other people's packages have their own ways on Windows, and this is none.
    ours = str((globals or {}).get("__name__", "")).startswith("mfa_guide")
    if ours and not level and name.partition(".")[0] in LACKING:
        raise ImportError(f"{(globals or {})['__name__']} imports {name}, which Windows has not")
    return _import(name, globals, locals, fromlist, level)


def main() -> None:
    """Become the command, with the arguments of this process."""
    builtins.__import__ = _import_as_there
    for name in NOT_IN_OS:
        delattr(os, name)
    del asyncio.start_unix_server
    # The loops there have what every loop begins with, which only says that it is not there.
    missing = asyncio.AbstractEventLoop.create_unix_server
    asyncio.SelectorEventLoop.create_unix_server = missing  # type: ignore[method-assign]
    from mfa_guide import cli
    from mfa_guide.by_hand import programs

    programs.here = lambda: "windows"
    cli.main()


if __name__ == "__main__":
    main()
