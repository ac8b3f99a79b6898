"""What a notebook can get wrong, and what it leaves alone. The notebooks themselves try all the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BEGIN = """\
from IPython.core.interactiveshell import InteractiveShell
from mfa_guide.tutorial import start_on_laptop
shell = InteractiveShell.instance()
practice = start_on_laptop()
def terminal(text, name=""):
    shell.run_cell_magic("terminal", name, text)
"""


@pytest.fixture
def notebook(tmp_path: Path) -> subprocess.Popen[str]:
    """An IPython in which lines can be run, with a home and an agent that are none of the tutorial's business."""
    environment = {**os.environ, "HOME": str(tmp_path), "SSH_AUTH_SOCK": str(tmp_path / "agent")}
    environment["IPYTHONDIR"] = str(tmp_path / "ipython")
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-"], env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True
    )


def run(notebook: subprocess.Popen[str], lines: str) -> list[str]:
    out, _ = notebook.communicate(BEGIN + lines, timeout=60)
    return out.splitlines()


def test_the_users_own_home_and_agent_are_left_alone(notebook: subprocess.Popen[str], tmp_path: Path) -> None:
    said = run(notebook, "terminal('echo $HOME; ssh-add -l')\npractice.end()\n")
    assert said[0] == "The practice site runs."
    assert said[2:] == ["Could not open a connection to your authentication agent.", "The practice site has ended."]
    assert not said[1].startswith(str(tmp_path))
    assert not Path(said[1]).exists(), "its home is still there"
    assert not (tmp_path / ".ssh").exists()


def test_a_terminal_that_waits_is_not_typed_in(notebook: subprocess.Popen[str]) -> None:
    lines = """\
terminal('ssh -F $PRACTICE vsc98765@login.hpc.kuleuven.be hostname')
try:
    terminal('hostname')
except Exception as error:
    print(error)
practice.answer("Yes")
practice.answer("Yes")
"""
    said = run(notebook, lines)
    assert said[3:6] == [
        'this terminal waits for your answer in the browser: practice.answer("Yes")',
        "login.hpc.kuleuven.be",
        "In the browser: this link was used already: each link works once. Log in again for a new one.",
    ]


def test_there_is_nothing_to_answer_before_a_link(notebook: subprocess.Popen[str]) -> None:
    said = run(notebook, "practice.answer('Yes')\n")
    assert "mfa_guide.errors.UsageError: no terminal has shown a link: log in first" in said


def test_outside_a_notebook_it_says_so() -> None:
    code = "from mfa_guide.tutorial import start_on_laptop; start_on_laptop()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1].endswith("UsageError: a tutorial is a notebook: open it in Jupyter")
