"""The guide's examples in Python, carried out with pytest-examples in the lab: `pytest -m lab` on a machine of the lab.

The check carries them out too, as a reader does; here a failing assertion shows its values. `ruff` looks after form.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from pytest_examples import CodeExample, EvalExample

PROJECT = Path(__file__).parents[1]
EXAMPLES = sorted((PROJECT / "snippets" / "python").glob("*.py"))


LINK = re.compile(r"https://\S+")


def print_and_confirm(*words: object) -> None:
    """What `print` does, and what a reader does who is shown a login link."""
    print(*words)
    for link in LINK.findall(" ".join(map(str, words))):
        subprocess.run(["mfa-guide", "practice", "approve", link], check=True)


@pytest.mark.lab
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_example(path: Path, eval_example: EvalExample) -> None:
    # pytest-examples finds fences in pages, but not what they embed: it gets the whole snippet instead.
    example = CodeExample.create(path.read_text(encoding="utf-8"), path=path.relative_to(PROJECT))
    eval_example.run(example, module_globals={"print": print_and_confirm})


def test_there_are_examples() -> None:
    assert EXAMPLES
