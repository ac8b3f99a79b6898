"""`./run serve [PORT]`: the guide and the practice site side by side on this machine, until Ctrl+C."""

from __future__ import annotations

import argparse
import errno
import logging
import re
import shutil
import signal
import subprocess
import sys
from http import HTTPStatus
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from mkdocs.livereload import LiveReloadServer

from mfa_guide import policy, problems
from mfa_guide.base.errors import CannotRunError, GuideError
from mfa_guide.base.project import find_project
from mfa_guide.checking.screenshots import BUILD
from mfa_guide.guide.page import DOCS, NOTEBOOKS, SNIPPETS
from mfa_guide.website import programs

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

HOST = "127.0.0.1"
PORT = 8000
CONFIGURATION = "mkdocs.yml"
_FAULT = re.compile(r"(?:WARNING|ERROR|Error)\b[ :-]++(?:gate: )?(?!Error reading page \S+:$)(?P<said>.*)")
"""A line of MkDocs that says what is wrong, and not only on which page."""
_LINE = "\nserve: "
_PRACTICE = ("practice", "up", "--ssh-port", "0", "--web-port", "0")


class Server(LiveReloadServer):
    """MkDocs' own server, which builds again when a file is saved and then loads the page anew in the browser.

    It listens from the beginning: the guide is built for an address, and a port that is only bound is not its own.

    Args:
        port: its port, on loopback; when None, PORT, or any free one if that is in use.
        folder: what to serve; it may be filled later.
        builder: is called when a file was saved.

    Raises:
        CannotRunError: the port that was asked for cannot be had.
    """

    def __init__(self, port: int | None, folder: Path, builder: Callable[[], None]) -> None:
        try:
            self._listen(builder, PORT if port is None else port, folder)
        except (OSError, OverflowError) as error:
            self.server_close()
            in_use = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
            if port is not None or not in_use:
                reason = "is in use" if in_use else f"cannot be used ({error})"
                message = f"port {port or PORT} {reason}: name another one, as in ./run serve 8001"
                raise CannotRunError(message) from None
            self._listen(builder, 0, folder)
        missing = folder / "404.html"
        self.error_handler = lambda code: missing.read_bytes() if code == HTTPStatus.NOT_FOUND else None

    def _listen(self, builder: Callable[[], None], port: int, folder: Path) -> None:
        super().__init__(builder, HOST, port, str(folder))
        super().server_bind()
        super().server_activate()

    def server_bind(self) -> None:
        """Do nothing: it is bound."""

    def server_activate(self) -> None:
        """Do nothing: it listens."""


def build(project: Path, folder: Path, address: str) -> None:
    """Build the guide, strictly, for one address, in a process of its own: that remembers nothing of the last time.

    Args:
        project: the folder with `mkdocs.yml`.
        folder: what is built takes its place, once it is whole.
        address: where it will be read.

    Raises:
        GuideError: the guide does not build, and why, a line for each fault; the folder is as it was.
    """
    new = folder.with_name(f"{folder.name}.new")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(new)]
    built = programs.build(command, "the build of the guide", project, {"SITE_URL": address})
    if built.returncode:
        said = built.stdout + built.stderr
        faults = [match["said"] for line in said.splitlines() if (match := _FAULT.match(line))]
        # The gate and the build may say the same.
        raise GuideError(_LINE.join(dict.fromkeys(faults)) or said)
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)


def _build_again(project: Path, folder: Path, address: str) -> None:
    try:
        build(project, folder, address)
    except GuideError as error:
        print(f"serve: {error}{_LINE}the guide is shown as it was before", file=sys.stderr, flush=True)
    else:
        print("The guide was built again.", flush=True)


def _sources(project: Path) -> list[Path]:
    """Return the files and folders of which a guide is made: those of the project, and what it takes for facts."""
    of_project = [project / name for name in (CONFIGURATION, DOCS, SNIPPETS, NOTEBOOKS)]
    return [path for path in (*of_project, *map(_folder, (policy, problems))) if path.exists()]


def _folder(package: ModuleType) -> Path:
    return Path(str(package.__file__)).parent


def _end_with(practice: subprocess.Popen[bytes], server: Server) -> None:
    practice.wait()
    server.shutdown()


def serve(project: Path, port: int | None) -> None:
    """Build the guide, serve it, and run the practice site, until a signal ends both.

    The guide is built again whenever one of its files is saved; the practice site goes on meanwhile.

    Raises:
        CannotRunError: the port cannot be had.
        GuideError: the guide does not build, or the practice site ended by itself.
    """
    # It would log every file that is not there, and what it watches.
    logging.getLogger("mkdocs.livereload").setLevel(logging.ERROR)
    folder = project / BUILD / "html"
    server = Server(port, folder, lambda: _build_again(project, folder, address))
    address = f"http://{HOST}:{server.server_port}/"
    build(project, folder, address)
    print(f"The guide: {address}", flush=True)
    for path in _sources(project):
        server.watch(str(path))

    # Whoever ends this process ends both: SIGTERM as Ctrl+C does, to which a job in the background begins deaf.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    practice = subprocess.Popen([Path(sys.executable).with_name("mfa-guide"), *_PRACTICE], cwd=project)
    Thread(target=_end_with, args=(practice, server), daemon=True).start()
    try:
        server.serve()  # type: ignore[no-untyped-call]  # MkDocs has no types there.
    except KeyboardInterrupt:
        practice.terminate()
        practice.wait()
        print("Both have ended.")
        return
    finally:
        server.shutdown()
    raise GuideError(
        f"the practice site ended by itself (exit status {practice.wait()}), so the guide is no longer served"
    )


def main() -> None:
    """Run `./run serve`; what a user can mend is one line on standard error."""
    parser = argparse.ArgumentParser(prog="./run serve", description="Serve the guide and the practice site.")
    parser.add_argument("port", nargs="?", type=int, help=f"port of the guide (default: {PORT}, or a free one)")
    try:
        serve(find_project(), parser.parse_args().port)
    except GuideError as error:
        print(f"serve: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
