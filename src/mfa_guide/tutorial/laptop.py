"""The reader's own computer, as a tutorial uses it: with a home directory of its own, and no agent.

Nothing of the user's is used: not `~/.ssh`, and no agent that may be running. And nothing leads to the real service:
the `ssh`, `scp` and `sftp` that are found here know only the practice site, whatever is typed. (Programs that are
called by their full path, and those that are no SSH clients, are the computer's own.)
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mfa_guide.base.errors import CannotRunError
from mfa_guide.practice.hosting.agents import AGENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_guide.policy import Policy
    from mfa_guide.practice.hosting.running import PracticeSite

_CLIENT = """\
#!/bin/sh
# PRACTICE: it leads to the practice site on this computer, or nowhere.
exec {program} -F {config} "$@"
"""
_AGENT = """\
#!/bin/sh
# PRACTICE: it notes which agents were started, so that they end with the practice site.
{program} "$@" | tee -a {agents}
"""
_CONFIG = """\
# PRACTICE: an agent that is started in a terminal is used there. The rest is the practice site's.
IdentityAgent SSH_AUTH_SOCK
Include "{config}"
"""

# What runs notebooks may be deaf to Ctrl+C, and a shell that begins so stays so. `env` can mend that on Linux only. The
# last two are those that Python itself ignores.
_HEARS = """\
import os, signal, sys
for name in ("SIGHUP", "SIGINT", "SIGQUIT", "SIGPIPE", "SIGXFSZ"):
    signal.signal(getattr(signal, name), signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
"""


@dataclass(frozen=True)
class Laptop:
    """This computer, seen from a home directory of its own."""

    variables: dict[str, str]

    @classmethod
    def beside(cls, site: PracticeSite, policy: Policy) -> Laptop:
        """Make a home in the site's folder, with which it ends. The practice key is in it where logins need one.

        Args:
            site: the practice site that runs here.
            policy: its rules.

        Raises:
            CannotRunError: a program is missing.
        """
        home, programs, config = site.folder / "home", site.folder / "programs", site.folder / "ssh_config"
        key = home / policy.text("key_file").removeprefix("~/")
        key.parent.mkdir(mode=0o700, parents=True)
        for suffix in ("", ".pub") if policy.needs_key else ():
            shutil.copy(site.key.with_name(site.key.name + suffix), key.with_name(key.name + suffix))
        config.write_text(_CONFIG.format(config=site.config), encoding="utf-8")
        programs.mkdir()
        scripts = {**dict.fromkeys(("ssh", "scp", "sftp"), _CLIENT), "ssh-agent": _AGENT}
        words = {"config": shlex.quote(str(config)), "agents": shlex.quote(str(site.folder / AGENTS))}
        for name, script in scripts.items():
            path = programs / name
            path.write_text(script.format(program=shlex.quote(_find(name)), **words), encoding="utf-8")
            path.chmod(0o755)
        folders = [str(programs), str(Path(sys.executable).parent), os.environ["PATH"]]
        return cls(
            {
                "HOME": str(home),
                "PATH": os.pathsep.join(folders),
                # By its name, ssh-agent knows how the variables are to be set.
                "SHELL": _find("bash"),
                "MFA_GUIDE_RUNTIME": str(site.runtime),
            }
        )

    def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
        """Return the command line that runs `command` in that home; see `Machine.argv`."""
        variables = [f"{name}={value}" for name, value in self.variables.items()]
        there = ["sh", "-c", 'cd && exec "$@"', "sh", sys.executable, "-ISc", _HEARS]
        return ["env", "-u", "SSH_AUTH_SOCK", "-u", "SSH_AGENT_PID", *variables, *there, *command]


def _find(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise CannotRunError(f"there is no {program} here: on Windows, open the tutorial in WSL")
    return path
