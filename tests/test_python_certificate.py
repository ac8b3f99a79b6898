"""The guide's examples in Python that use a certificate, where they do not get in: one line that says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.firewall_page import open_firewall_page

EXAMPLES = Path(__file__).parents[1] / "snippets" / "python"
BY_CERTIFICATE = ["send_results.py", "with_paramiko.py", "with_fabric.py"]


@pytest.mark.lab
@pytest.mark.parametrize("name", BY_CERTIFICATE)
def test_without_a_certificate_an_example_says_what_to_do(name: str) -> None:
    open_firewall_page()
    done = run(name, "/nowhere")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "No certificate: ssh -A vsc98765@firewall.vscentrum.be first\n"


@pytest.mark.lab
def test_with_one_that_has_ended_examples_say_what_to_do(agent_with_certificate: str) -> None:
    """All in one: it moves the practice site's clock, and belongs to the end."""
    subprocess.run(["mfa-guide", "practice", "clock", "+17h"], check=True)
    open_firewall_page()
    for name in BY_CERTIFICATE:
        done = run(name, agent_with_certificate)
        assert done.returncode == 1
        assert done.stderr.endswith(": ssh -A vsc98765@firewall.vscentrum.be first\n")
        assert done.stderr.count("\n") == 1


@pytest.mark.lab
def test_with_the_firewall_page_closed_examples_say_what_to_do(agent_with_certificate: str) -> None:
    """After the clock was moved: the page that was open counts no more."""
    subprocess.run(["mfa-guide", "practice", "clock", "+5m"], check=True)
    for name in BY_CERTIFICATE:
        done = run(name, agent_with_certificate)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == "No answer: open https://firewall.vscentrum.be in your browser first\n"


def run(name: str, agent: str) -> subprocess.CompletedProcess[str]:
    """Run an example as a reader does, with the agent at a socket."""
    return subprocess.run(
        [sys.executable, str(EXAMPLES / name)],
        env={**os.environ, "SSH_AUTH_SOCK": agent},
        capture_output=True,
        text=True,
    )
