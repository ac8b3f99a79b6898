"""The command `mfa-guide`, for as long as whoever started it holds its standard input open.

    python -m mfa_guide.attended FOLDER WORD …

Notebooks and tests start their practice site so. It never outlives them, however they end, and at its end it ends the
agents whose addresses stand in `FOLDER/agents`, and removes FOLDER; "" stands for no folder.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from pathlib import Path

from mfa_guide import cli
from mfa_guide.practice.hosting.agents import AGENTS, end_agents


def _end_with_input() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run the command, and clean up."""
    folder = sys.argv.pop(1)
    # Before the command listens for it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    threading.Thread(target=_end_with_input, daemon=True).start()
    try:
        cli.main()
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if folder:
            agents = Path(folder) / AGENTS
            end_agents(agents.read_text(encoding="utf-8") if agents.exists() else "")
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
