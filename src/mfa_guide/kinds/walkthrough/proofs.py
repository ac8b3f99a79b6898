"""Proving that the steps of a walkthrough had an effect: looking into what the program keeps."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from mfa_guide.base.errors import CannotRunError
from mfa_guide.clients import files
from mfa_guide.clients.machine import ask
from mfa_guide.expecting.failure import Failure
from mfa_guide.expecting.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_guide.clients.machine import Machine
    from mfa_guide.kinds.walkthrough.steps import Proof


# How long, in seconds, a program may take to write what it was told to keep.
_WRITTEN_WITHIN = 5.0
_GLANCE = 0.1
_VALUE = re.compile(r" {4}(?P<name>.+?) {4}(?P<kind>REG_\w+) {4}(?P<data>.*)$")
"""How `reg query` shows a value of a key."""


def prove(machine: Machine, proofs: Sequence[Proof]) -> None:
    """Look into what the programs of the reader's machine keep.

    Raises:
        Failure: one is not there, or says something else.
    """
    deadline = time.monotonic() + _WRITTEN_WITHIN
    for proof in proofs:
        while failure := _failure(machine, proof):
            if time.monotonic() > deadline:
                raise failure
            time.sleep(_GLANCE)


def _failure(machine: Machine, proof: Proof) -> Failure | None:
    """Return why a proof does not hold; None when it does."""
    try:
        lines = _lines(machine, proof)
    except CannotRunError as error:
        return Failure(f"{proof.place} cannot be read: {error}", proof.line)
    all_lines = "\n".join(lines)
    if proof.has is not None and proof.has not in lines:
        return Failure(f"{proof.place} has no line “{proof.has}”{nearest(proof.has, lines)}", proof.line, all_lines)
    if proof.lacks is not None and (found := [line for line in lines if proof.lacks in line]):
        return Failure(f"{proof.place} has the line “{found[0]}”", proof.line, all_lines)
    return None


def _lines(machine: Machine, proof: Proof) -> list[str]:
    """Return what a file or a key of the registry says.

    Raises:
        CannotRunError: it cannot be read.
    """
    look = ["cat", f"./{files.place(proof.file)}"] if proof.file else ["wine", "reg", "query", proof.place]
    done = ask(machine, look)
    if done.returncode:
        raise CannotRunError((done.stderr or done.stdout).strip())
    lines = done.stdout.splitlines()
    return lines if proof.file else [_as_line(value) for line in lines if (value := _VALUE.match(line))]


def _as_line(value: re.Match[str]) -> str:
    number = value["kind"] == "REG_DWORD"
    return f"{value['name']}={int(value['data'], 16) if number else value['data']}"
