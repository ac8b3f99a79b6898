"""Tutorials: a notebook, run from top to bottom on a machine of the lab, and its outputs as they are stored.

nbmake runs it, and is content with any output that is no error. So what the cells print is compared here with what is
stored, as the output of a transcript is: `…`, dates, ports, fingerprints and links may differ.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from mfa_guide.base import writing
from mfa_guide.base.errors import GuideError
from mfa_guide.base.reading import read_text
from mfa_guide.expecting.failure import Failure
from mfa_guide.expecting.matching import Bindings, Expected, compare
from mfa_guide.expecting.update import merge
from mfa_guide.practice.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mfa_guide.clients.machine import Machine
    from mfa_guide.clients.suites import Suite
    from mfa_guide.guide.guide import Guide

SUFFIX = ".ipynb"
_FORMAT = 4
"""What nbformat calls the format that Jupyter writes since 2015."""

_CELL_TIMEOUT = 60
"""How long a cell may take, in seconds."""
_ENDS_WITHIN = 1800
"""How long all of a notebook may take, in seconds. Ours."""

# It is run as on the reader's own computer: without knowing of the lab around it.
_RUN = f"""\
cat > "$1"
env -u MFA_GUIDE_RUNTIME -u MFA_GUIDE_LAB \
    "$2" -m pytest -p no:cacheprovider --nbmake --nbmake-timeout={_CELL_TIMEOUT} --overwrite "$1" >&2
cat "$1"
"""

_STARTS = re.compile(r"\bstart_(?:lab|on_laptop)\(\s*[\"']([^\"']*)[\"']")
"""How a tutorial begins to practise, and by which rules."""

Notebook = dict[str, Any]
"""A notebook, as it stands in its file."""


def read_notebook(project: Path, path: Path) -> Notebook:
    """Read a notebook of a project.

    Raises:
        GuideError: it cannot be read.
    """
    # A third of a second, and only some pages are notebooks.
    from nbformat.validator import iter_validate

    name = path.relative_to(project).as_posix()
    text = read_text(path, name)
    try:
        content: Notebook = json.loads(text)
    except json.JSONDecodeError as error:
        raise GuideError(f"{name}:{error.lineno}: this is not JSON: {error.msg}") from None
    if not isinstance(content, dict) or content.get("nbformat") != _FORMAT:
        raise GuideError(f"{name}: this is no notebook of format {_FORMAT}: save it with Jupyter")
    minor = content.get("nbformat_minor")
    problems = iter_validate(content, version=_FORMAT, version_minor=minor if isinstance(minor, int) else 0)
    if problem := next(problems, None):
        cell = next((f"cell {step + 1}: " for step in problem.relative_path if isinstance(step, int)), "")
        raise GuideError(f"{name}: {cell}{_shortened(problem.message)}: save it with Jupyter")
    return content


def _shortened(message: str) -> str:
    # It may quote a whole cell.
    return message if len(message) < 80 else "this is neither code nor text"


def rules_of(notebook: Notebook) -> Iterator[tuple[int, str]]:
    """Yield the number of each cell that begins to practise, from 1, with the version of the policy it names."""
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] == "code":
            for begins in _STARTS.finditer("".join(cell["source"])):
                yield number, begins[1]


def check_notebook(guide: Guide, path: Path, *, update: bool = False, suite: Suite | None = None) -> bool:
    """Run a notebook in a fresh lab, and compare its outputs with those that are stored.

    Args:
        guide: the guide, by whose policy the practice site goes.
        path: the notebook.
        suite: the clients that the reader has; this computer's own when not given.
        update: store what the run printed instead of finding fault with it; what still holds stays as it is.

    Returns:
        Whether the notebook was rewritten.

    Raises:
        Failure: a cell ends with an error, or prints something else. Its line is the number of the cell, from 1.
        GuideError: the notebook cannot be read, or written.
        CannotRunError: there can be no lab on this computer.
    """
    stored = read_notebook(guide.project, path)
    with Lab.start(guide.policy, show=[guide.project], exchanged=suite.exchanged() if suite else None) as lab:
        run = run_notebook(path, lab.machine("home"))
    if not update:
        compare_outputs(stored, run)
        return False
    text = json.dumps(merge_outputs(stored, run), indent=1, ensure_ascii=False) + "\n"
    rewritten = text != path.read_text(encoding="utf-8")
    writing.write(path, text)
    return rewritten


def run_notebook(path: Path, machine: Machine) -> Notebook:
    """Run a notebook on a machine, and return it with what its cells printed.

    Raises:
        Failure: a cell ends with an error, or takes too long.
    """
    try:
        done = subprocess.run(
            machine.argv(["sh", "-c", _RUN, "sh", path.name, sys.executable]),
            input=path.read_bytes(),
            capture_output=True,
            timeout=_ENDS_WITHIN,
        )
    except subprocess.TimeoutExpired:
        raise Failure(f"it has not come to its end after {_ENDS_WITHIN} s") from None
    report = done.stderr.decode(errors="replace")
    try:
        run: Notebook = json.loads(done.stdout)
    except ValueError:
        raise Failure("it cannot be run", detail=report) from None
    for number, cell in enumerate(run["cells"], start=1):
        for output in cell.get("outputs", ()):
            if output["output_type"] == "error":
                said = [f"{output['ename']}: {output['evalue']}", *_lines(cell)]
                raise Failure(f"{_prompt(cell)}ends with an error", number, "\n".join(said))
    if " 1 passed" not in report:
        raise Failure("it does not come to its end", detail=report)
    return run


def compare_outputs(stored: Notebook, run: Notebook) -> None:
    """Compare the outputs of a notebook with those of a run.

    Raises:
        Failure: a cell prints something else.
    """
    bound: Bindings = {}
    for number, (before, after) in enumerate(zip(stored["cells"], run["cells"], strict=True), start=1):
        try:
            bound = compare(_expected(_lines(before)), _lines(after), bound)
        except Failure as failure:
            message = f"{_prompt(after)}line {failure.line} of its output: {failure.message}"
            raise Failure(message, number, failure.detail) from None


def _prompt(cell: Notebook) -> str:
    """Return how Jupyter calls a cell, which counts those with code only."""
    return f"In [{cell['execution_count']}]: " if cell.get("execution_count") else ""


def merge_outputs(stored: Notebook, run: Notebook) -> Notebook:
    """Return a notebook with the outputs of a run, where those that are stored no longer hold."""
    bound: Bindings = {}
    cells = []
    for before, after in zip(stored["cells"], run["cells"], strict=True):
        cell = before
        if cell["cell_type"] == "code":
            try:
                bound = compare(_expected(_lines(before)), _lines(after), bound)
                cell = {**before, "execution_count": after["execution_count"]}
            except Failure:
                cell = {**before, "execution_count": after["execution_count"], "outputs": _merged(before, after, bound)}
                bound = compare(_expected(_lines(cell)), _lines(after), bound)
        cells.append(cell)
    return {**stored, "cells": cells}


def _merged(before: Notebook, after: Notebook, bound: Bindings) -> list[Notebook]:
    """Return the outputs of a cell as they were printed, with the samples and `…` of those that are stored."""
    outputs: list[Notebook] = []
    for output in after["outputs"]:
        # What is printed bit by bit may come in any number of pieces.
        if outputs and output["output_type"] == "stream" and outputs[-1].get("name") == output["name"]:
            outputs[-1]["text"] = "".join([*outputs[-1]["text"], *output["text"]]).splitlines(keepends=True)
        else:
            outputs.append({**output})
    for number, new in enumerate(outputs):
        if "text" in new:
            old = before["outputs"][number].get("text", "") if number < len(before["outputs"]) else ""
            lines = merge(_expected("".join(old).splitlines()), "".join(new["text"]).splitlines(), bound)
            new["text"] = [f"{line}\n" for line in lines]
    return outputs


def _lines(cell: Notebook) -> list[str]:
    """Return the lines below a cell, as a reader sees them; of a picture, its elements."""
    text = ""
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        if "text/html" in data:
            text += "".join(data["text/html"]).replace("><", ">\n<") + "\n"
        else:
            text += "".join(output.get("text", data.get("text/plain", "")))
    return text.splitlines()


def _expected(lines: list[str]) -> list[Expected]:
    return [Expected(number, line, (line,)) for number, line in enumerate(lines, start=1)]
