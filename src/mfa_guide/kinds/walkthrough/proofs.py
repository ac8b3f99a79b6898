"""Proving that the steps of a walkthrough had an effect: looking into the files that the program keeps."""

from __future__ import annotations

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


def prove(machine: Machine, proofs: Sequence[Proof]) -> None:
    """Look into the files of the reader's machine.

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
        done = ask(machine, ["cat", f"./{files.place(proof.file)}"])
    except CannotRunError as error:
        return Failure(f"{proof.file} cannot be read: {error}", proof.line)
    if done.returncode:
        return Failure(f"{proof.file} cannot be read: {done.stderr.strip()}", proof.line)
    lines = done.stdout.splitlines()
    if proof.has is not None and proof.has not in lines:
        return Failure(f"{proof.file} has no line “{proof.has}”{nearest(proof.has, lines)}", proof.line, done.stdout)
    if proof.lacks is not None and (found := [line for line in lines if proof.lacks in line]):
        return Failure(f"{proof.file} has the line “{found[0]}”", proof.line, done.stdout)
    return None
