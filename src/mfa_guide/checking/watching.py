"""Watching what somebody writes: which files of a guide have just been saved."""

from __future__ import annotations

import contextlib
import queue
from pathlib import Path
from typing import TYPE_CHECKING

from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer

from mfa_guide.guide.edition import EDITIONS
from mfa_guide.guide.page import DOCS, NOTEBOOKS, SNIPPETS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from watchdog.events import FileSystemEvent

_TOGETHER = 0.3
"""What is saved within so many seconds is saved at once: editors write more than one file."""
_LOOK_UP = 0.5
"""So many seconds, at most, Ctrl+C waits: a signal just before the waiting begins does not end it."""


class _Notes(FileSystemEventHandler):
    """Notes every file that was written, or has come or gone."""

    def __init__(self) -> None:
        self.files: queue.SimpleQueue[Path] = queue.SimpleQueue()

    def on_any_event(self, event: FileSystemEvent) -> None:
        if not event.is_directory and event.event_type in ("closed", "moved", "deleted"):
            for name in (event.src_path, event.dest_path):
                if name:
                    self.files.put(Path(str(name)))


@contextlib.contextmanager
def saved(project: Path) -> Iterator[Iterator[set[Path]]]:
    """Watch a guide for as long as the context lasts.

    Args:
        project: the folder with `mkdocs.yml`.

    Yields:
        What tells the files of pages, snippets and notebooks that were saved since the context began, each time when
        there are some; it has no end.
    """
    notes, observer = _Notes(), Observer()
    for folder in (project / name for name in (DOCS, SNIPPETS, NOTEBOOKS, EDITIONS)):
        if folder.is_dir():
            observer.schedule(notes, str(folder), recursive=True)
    observer.start()
    try:
        yield _together(notes.files)
    finally:
        observer.stop()
        observer.join()


def _together(noted: queue.SimpleQueue[Path]) -> Iterator[set[Path]]:
    files: set[Path] = set()
    while True:
        try:
            while True:
                files.add(noted.get(timeout=_TOGETHER if files else _LOOK_UP))
        except queue.Empty:
            if files:
                yield files
            files = set()
