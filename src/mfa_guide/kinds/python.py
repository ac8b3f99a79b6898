"""Examples in Python: a whole program, which runs without a complaint."""

from __future__ import annotations

import re
import subprocess
import tempfile
from typing import TYPE_CHECKING

from mfa_guide.clients import versions
from mfa_guide.expecting.failure import Failure
from mfa_guide.kinds import changes
from mfa_guide.kinds.kind import Done, Instructed, Options

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mfa_guide.clients.versions import Client
    from mfa_guide.guide.page import Instruction
    from mfa_guide.kinds.kind import Change
    from mfa_guide.kinds.reader import Reader


class PythonOptions(Options):
    """An example has none."""


class Python(Instructed[PythonOptions]):
    """An example in Python."""

    name = "python"
    options = PythonOptions

    def client(self, text: str, instruction: Instruction, reader: Reader) -> Client | None:
        return reader.client(versions.python)

    def carry_out(self, text: str, path: Path, instruction: Instruction, reader: Reader) -> Done:
        # Into a file: something that outlives the example could keep a pipe open.
        with tempfile.TemporaryFile("w+") as output:
            try:
                done = subprocess.run(
                    reader.machine.argv(["python", str(path)]),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    timeout=reader.timeout,
                )
            except subprocess.TimeoutExpired:
                problem = f"still runs after {reader.timeout:g} s"
            else:
                problem = f"ends with exit status {done.returncode}"
                if done.returncode == 0:
                    return Done()
            output.seek(0)
            said = output.read()
        # The last line of a traceback that is about the example itself.
        lines = [int(number) for number in re.findall(rf'File "{re.escape(str(path))}", line (\d+)', said)]
        return Done([Failure(f"the example {problem}", lines[-1] if lines else None, said.rstrip())])

    def changes(self, text: str, path: Path) -> Iterator[Change]:
        return changes.of_text(text)


PYTHON = Python()
