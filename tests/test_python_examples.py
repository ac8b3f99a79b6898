"""The guide's examples in Python, carried out with pytest-examples in the lab: `pytest -m lab` on a machine of the lab.

The check carries them out too, as a reader does; here a failing assertion shows its values. `ruff` looks after form.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_examples import CodeExample, EvalExample

PROJECT = Path(__file__).parents[1]
EXAMPLES = sorted((PROJECT / "snippets" / "python").glob("*.py"))


@pytest.mark.lab
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_example(path: Path, eval_example: EvalExample) -> None:
    # pytest-examples finds fences in pages, but not what they embed: it gets the whole snippet instead.
    eval_example.run(CodeExample.create(path.read_text(encoding="utf-8"), path=path.relative_to(PROJECT)))


def test_there_are_examples() -> None:
    # pytest passes over a parametrized test without parameters.
    assert EXAMPLES
