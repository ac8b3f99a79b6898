"""What tests on a machine of the lab use."""

from __future__ import annotations

import os
import re
import subprocess
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from mfa_guide.practice.hosting.running import LINK
from tests.support.firewall_page import open_firewall_page

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def agent_with_certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The socket of an agent that holds a certificate and nothing else."""
    open_firewall_page()
    folder = tmp_path_factory.mktemp("agent")
    socket = str(folder / "agent")
    with (
        subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL) as process,
        ExitStack() as stack,
    ):
        stack.callback(process.terminate)
        said = folder / "said"
        with said.open("w") as output:
            login = subprocess.Popen(
                ["ssh", "-A", "vsc98765@firewall.vscentrum.be"],
                env={**os.environ, "SSH_AUTH_SOCK": socket},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        while not (link := re.search(rf"({LINK.pattern})\s", said.read_text())):
            assert login.poll() is None, said.read_text()
            time.sleep(0.05)
        subprocess.run(["mfa-guide", "practice", "approve", link[1]], check=True)
        assert login.wait(20) == 0, said.read_text()
        yield socket
