"""The reader's own computer, as a tutorial uses it: with a home directory of its own, and no agent.

Nothing of the user's is used: not `~/.ssh`, and no agent that may be running.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mfa_guide.errors import CannotRunError
from mfa_guide.policy import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mfa_guide.practice.running import PracticeSite


@dataclass(frozen=True)
class Laptop:
    """This computer, seen from a home directory of its own."""

    home: Path
    variables: dict[str, str]

    @classmethod
    @contextlib.contextmanager
    def beside(cls, site: PracticeSite) -> Iterator[Laptop]:
        """Make a home with the practice key in it, for as long as the context lasts.

        Args:
            site: the practice site that runs here. `$PRACTICE` is the configuration that leads `ssh` there.

        Raises:
            CannotRunError: a program is missing.
        """
        for program in ("bash", "ssh"):
            if shutil.which(program) is None:
                raise CannotRunError(f"there is no {program} here: on Windows, open the tutorial in WSL")
        with tempfile.TemporaryDirectory(prefix="mfa-guide-home-") as name:
            key = Path(name) / load().text("key_file").removeprefix("~/")
            key.parent.mkdir(mode=0o700)
            for suffix in ("", ".pub"):
                shutil.copy(site.key.with_name(site.key.name + suffix), key.with_name(key.name + suffix))
            programs = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
            variables = {"PRACTICE": str(site.config), "MFA_GUIDE_RUNTIME": str(site.runtime)}
            yield cls(Path(name), {"HOME": name, "PATH": programs, **variables})

    def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
        """Return the command line that runs `command` in that home; see `Machine.argv`."""
        variables = [f"{name}={value}" for name, value in self.variables.items()]
        there = ["sh", "-c", 'cd && exec "$@"', "sh"]
        return ["env", "-u", "SSH_AUTH_SOCK", "-u", "SSH_AGENT_PID", *variables, *there, *command]
