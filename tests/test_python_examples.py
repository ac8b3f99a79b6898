"""The guide's examples in Python, carried out with pytest-examples in the lab: `pytest -m lab` on a machine of the lab.

The check carries them out too, as a reader does; here a failing assertion shows its values. `ruff` looks after form.
"""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import pytest
from pytest_examples import CodeExample, EvalExample

from tests.support.firewall_page import open_firewall_page

PROJECT = Path(__file__).parents[1]
EXAMPLES = sorted((PROJECT / "snippets" / "python").glob("*.py"))


LINK = re.compile(r"https://\S+")
BY_CERTIFICATE = ("send_results.py", "plain_paramiko.py", "with_paramiko.py", "with_fabric.py")
"""Those that ask the agent for one."""


_print = print


def print_and_confirm(*words: object, **options: object) -> None:
    """What `print` does, and what a reader does who is shown a login link."""
    _print(*words, **options)  # type: ignore[call-overload]
    for link in LINK.findall(" ".join(map(str, words))):
        subprocess.run(["mfa-guide", "practice", "approve", link], check=True)


@pytest.mark.lab
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_example(
    path: Path,
    eval_example: EvalExample,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    if path.name in BY_CERTIFICATE:
        monkeypatch.setenv("SSH_AUTH_SOCK", request.getfixturevalue("agent_with_certificate"))
    open_firewall_page()
    monkeypatch.syspath_prepend(path.parent)
    monkeypatch.chdir(tmp_path)
    # fabric hands on what is typed.
    monkeypatch.setattr("sys.stdin", io.StringIO())
    (tmp_path / "results.dat").write_text("42")
    # pytest-examples finds fences in pages, but not what they embed: it gets the whole snippet instead.
    example = CodeExample.create(path.read_text(encoding="utf-8"), path=path.relative_to(PROJECT))
    # Of all modules: an example may import the one that prints.
    monkeypatch.setattr("builtins.print", print_and_confirm)
    eval_example.run(example)


def test_there_are_examples() -> None:
    assert EXAMPLES
