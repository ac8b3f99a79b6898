"""What of this machine's disk can be seen in the lab: all of it, read-only, except people's homes.

Real home directories are covered, and so are the places for temporary and running things. What the project itself needs
(its code, its Python, the folder of the caller) shows
through where it lies below one, and so do the files that the caller names.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HOMES = (Path("/root"), Path("/home"))
OTHERS = tuple(Path(path) for path in ("/run", "/var/tmp", "/mnt", "/media", "/srv"))


def covered() -> list[Path]:
    """Return the folders that are covered by empty ones."""
    own = Path.home()
    homes = [*HOMES] if any(own.is_relative_to(home) for home in HOMES) else [*HOMES, own]
    return [folder for folder in (*homes, *OTHERS) if folder.is_dir() and folder != Path("/")]


def shown(more: Sequence[Path]) -> list[Path]:
    """Return what shows through, read-only: the project's Python and code, the caller's folder, and `more`."""
    package = Path(__file__).resolve().parents[2]
    wanted = [Path(sys.prefix), Path(sys.base_prefix), package, Path.cwd(), *more]
    # None of the covered folders shows through itself, even for someone who stands in it.
    never = (Path.home(), *HOMES, *OTHERS, Path("/"), Path("/tmp"))
    return [path for path in dict.fromkeys(wanted) if path not in never]


def closed(more: Sequence[Path]) -> list[Path]:
    """Return the topmost folders above what shows through that only their owner may enter, as mktemp -d makes them."""
    ways = [[parent for parent in reversed(path.parents) if not parent.stat().st_mode & 0o001] for path in shown(more)]
    return list(dict.fromkeys(way[0] for way in ways if way))


def show_arguments(more: Sequence[Path]) -> list[str]:
    """Return the arguments by which bubblewrap lets through, read-only, what is needed, and `more`."""
    arguments = []
    for path in shown(more):
        for parent in reversed(path.parents):
            # bubblewrap would make the way to it, through an empty folder, for root alone.
            covers = (*covered(), *closed(more), Path("/tmp"))
            if any(parent.is_relative_to(cover) and parent != cover for cover in covers):
                arguments += ["--perms", "0755", "--dir", str(parent)]
        arguments += ["--ro-bind", str(path), str(path)]
    return arguments


def cover_arguments() -> list[str]:
    """Return the arguments by which bubblewrap covers what is nobody's business."""
    return [word for folder in covered() for word in ("--tmpfs", str(folder))]
