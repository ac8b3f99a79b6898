"""Ending the `ssh-agent`s that somebody has started on the practice site's own computer."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket

AGENTS = "agents"
"""The file with what `ssh-agent` said of each agent, in the folder that is removed."""

_AGENT = re.compile(r"SSH_AUTH_SOCK=(?P<socket>[^;]+);.*?SSH_AGENT_PID=(?P<process>\d+);", re.DOTALL)


def end_agents(said: str) -> None:
    """End the agents that still run.

    Args:
        said: what `ssh-agent` printed, for any number of agents.
    """
    for agent in _AGENT.finditer(said):
        # Where nobody listens, the agent has ended, and its number may be another program's by now.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as listens:
            listens.connect(agent["socket"])
            os.kill(int(agent["process"]), signal.SIGTERM)
