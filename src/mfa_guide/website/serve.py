"""`./run serve [PORT]`: the guide and the practice site side by side on this machine, until Ctrl+C."""

from __future__ import annotations

import argparse
import errno
import signal
import subprocess
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from mfa_guide.base.errors import CannotRunError, GuideError
from mfa_guide.base.project import find_project
from mfa_guide.website.programs import run

HOST = "127.0.0.1"
PORT = 8000
_PRACTICE = ("practice", "up", "--ssh-port", "0", "--web-port", "0")


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files without a line for each on the terminal."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the addresses and the first command must stay in sight."""


def listen(port: int | None, folder: Path) -> ThreadingHTTPServer:
    """Return a server for a folder of files, already bound to loopback.

    Args:
        port: the port; when None, PORT, or any free one if that is in use.
        folder: what to serve; it may be filled later.

    Raises:
        CannotRunError: the port that was asked for cannot be had.
    """
    handler = partial(_Quiet, directory=str(folder))
    try:
        return ThreadingHTTPServer((HOST, PORT if port is None else port), handler)
    except (OSError, OverflowError) as error:
        in_use = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        if port is None and in_use:
            return ThreadingHTTPServer((HOST, 0), handler)
        reason = "is in use" if in_use else f"cannot be used ({error})"
        raise CannotRunError(f"port {port or PORT} {reason}: name another one, as in ./run serve 8001") from None


def build(project: Path, folder: Path, address: str) -> None:
    """Build the guide, strictly, for one address.

    Raises:
        GuideError: the guide does not build; what MkDocs says has been printed.
    """
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    run(command, project, {"SITE_URL": address})


def serve(project: Path, port: int | None) -> None:
    """Build the guide, serve it, and run the practice site, until a signal ends both.

    Raises:
        CannotRunError: the port cannot be had.
        GuideError: the guide does not build, or the practice site ended by itself.
    """
    folder = project / "build" / "html"
    server = listen(port, folder)
    address = f"http://{HOST}:{server.server_port}/"
    build(project, folder, address)
    Thread(target=server.serve_forever, daemon=True).start()
    print(f"The guide: {address}", flush=True)

    # Whoever ends this process ends both: SIGTERM as Ctrl+C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    practice = subprocess.Popen([Path(sys.executable).with_name("mfa-guide"), *_PRACTICE], cwd=project)
    try:
        status = practice.wait()
    except KeyboardInterrupt:
        practice.terminate()
        practice.wait()
        print("Both have ended.")
        return
    raise GuideError(f"the practice site ended by itself (exit status {status}), so the guide is no longer served")


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
