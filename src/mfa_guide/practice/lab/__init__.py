"""The lab: a practice site with the real names and ports, and the reader's machines, in namespaces of their own.

    with Lab.start(load("2024")) as lab:
        machine = lab.machine("home")
        ssh = subprocess.Popen(machine.argv(["ssh", "vsc98765@login.hpc.kuleuven.be", "hostname"]))
        lab.approve(link)         # or open the link in the machine's browser
        lab.move_clock("+16h")
        print(lab.events())

Works for root and for ordinary users, on Linux with user namespaces and bubblewrap.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mfa_guide.base.child import Child
from mfa_guide.base.errors import CannotRunError, GuideError, UsageError
from mfa_guide.practice.hosting import cards, control
from mfa_guide.practice.lab.exchanged import EXCHANGED
from mfa_guide.practice.lab.machine import Sandbox
from mfa_guide.practice.lab.mounting import make_device
from mfa_guide.practice.lab.unprivileged import as_lab_user, find_program, lab_user, with_readable_disk
from mfa_guide.practice.rules.access import see_that_managed_counts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mfa_guide.policy import Policy
    from mfa_guide.practice.lab.exchanged import Exchanged

__all__ = ["Lab", "LabMachine"]

_STARTS_WITHIN = 120
"""Seconds in which a lab has its namespaces and its site listens, on a computer that is busy. Ours."""

_MACHINE_WITHIN = 300
"""Seconds in which a machine is made, and those that others asked for before. Longer than any step of it. Ours."""


@dataclass(frozen=True)
class LabMachine:
    """One of the reader's machines, or the server of somebody else."""

    lab: int
    """A process in the lab's user namespace."""
    sandbox: Sandbox
    environment: dict[str, str]
    home: Path | None
    """The reader's home directory as seen from outside; None for a lab that another command runs."""

    def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
        """Return the full command line that runs `command` in the machine, as whoever sits at it, in their home.

        Args:
            command: the program and its arguments.
            tty: whether it is going to have a terminal of its own, whose type then comes along. Without one it gets a
                session of its own, so that it cannot type into the caller's terminal.
        """
        variables = dict(self.environment)
        if tty:
            variables["TERM"] = os.environ.get("TERM", "xterm-256color")
        # The lab's root may enter all that is below it. A reader's process has no capabilities left there once it runs
        # a program.
        into_lab = [find_program("nsenter"), f"--target={self.lab}", "--user", "--preserve-credentials", "--"]
        alone = [] if tty else ["/usr/bin/setsid", "--wait"]
        # The caller's environment ends here, before anything that processes in the machine could look at.
        outside = ["/usr/bin/env", "-i", *(f"{name}={value}" for name, value in variables.items())]
        # What a shell runs in the background is deaf to Ctrl+C; the reader sits in front of it.
        hears = "--default-signal=HUP,INT,QUIT"
        inside = ["/usr/bin/env", "-C", variables["HOME"], hears, *alone, "/usr/bin/setpriv", "--no-new-privs", "--"]
        return [*outside, *as_lab_user(), *into_lab, *self.sandbox.enter(), *inside, *command]


class Lab(control.Controls):
    """A lab that runs."""

    def __init__(self, control_socket: Path, folder: Path | None, process: Child | None = None) -> None:
        """Talk to a lab.

        Args:
            control_socket: where it listens.
            folder: its folder; None for one that another command runs.
            process: its process, if this one has started it.
        """
        self.control = control_socket
        """The control socket, for `mfa_guide.practice.hosting.control.ask`."""
        self._folder = folder
        self._process = process

    @classmethod
    @contextlib.contextmanager
    def start(
        cls,
        policy: Policy,
        state: Path | None = None,
        *,
        show: Sequence[Path] = (),
        exchanged: Exchanged | None = None,
        managed: bool = False,
    ) -> Iterator[Lab]:
        """Start a lab with a fresh practice site, for as long as the context lasts.

        Args:
            policy: the facts by which the practice site goes.
            state: the folder of the practice site's state; a temporary one when not given.
            show: files and folders of the caller that the machines show, read-only, wherever they are.
            exchanged: programs that take the place of the machines' own.
            managed: whether the university manages the reader's machines.

        Raises:
            UsageError: that makes no difference by these rules.
            CannotRunError: this computer does not allow it, or lacks a program; the message says which.
            GuideError: the state cannot be used.
        """
        if managed:
            see_that_managed_counts(policy)
        with tempfile.TemporaryDirectory(
            prefix="mfa-guide-lab-", dir=control.short_folder(), ignore_cleanup_errors=True
        ) as name:
            folder = Path(name)
            (folder / "card").mkdir(mode=0o700)
            (folder / "policy.json").write_text(policy.model_dump_json(), encoding="utf-8")
            if exchanged:
                (folder / EXCHANGED).write_text(exchanged.model_dump_json(), encoding="utf-8")
            place = (state or folder / "state").resolve()
            _give_to_lab_user(folder, place)
            command = [
                *with_readable_disk(show, [folder, place], make_device(folder)),
                find_program("unshare"),
                *("--user", "--map-root-user", "--net", "--mount", "--"),
                *(sys.executable, "-m", "mfa_guide.practice.lab.process", *["--managed"] * managed),
                *(str(folder), str(place)),
                *(str(path.resolve()) for path in show),
            ]
            # Processes in the lab can see the environment of the one that keeps their machine.
            environment = {name: os.environ[name] for name in ("HOME", "PATH", "LANG") if name in os.environ}
            process = Child(command, "the lab", environment=environment)
            try:
                answer = _first_answer(process)
                lab = cls(Path(answer["control"]), folder, process)
                card = cards.leave(cards.RunningSite(control=lab.control, kind="lab", web=answer["web"], state=place))
                try:
                    yield lab
                finally:
                    card.unlink(missing_ok=True)
            finally:
                process.end()

    @classmethod
    def join(cls, state: Path | None = None) -> Lab:
        """Return the lab that another command of this user runs.

        Args:
            state: only a lab whose state is in that folder.

        Raises:
            CannotRunError: none runs.
            UsageError: several do; the message names them.
        """
        return cls(cards.find_site(state, "lab").control, None)

    def machine(self, place: str, *, new: bool = False) -> LabMachine:
        """Return the machine at a place; it is made when it is asked for first.

        Args:
            place: `campus`, `home` or `abroad` for one of the reader's, or `server` for the one at which somebody else
                is root: it lets the practice key in, and there commands run as root.
            new: when it is made: without a key and without known hosts, as for someone who has never used SSH.

        Raises:
            UsageError: there is no such place.
            CannotRunError: this computer does not allow such a machine.
        """
        answer = self.ask(within=_MACHINE_WITHIN, do="machine", place=place, new=new)
        home = self._folder / "machines" / place / "home" if self._folder else None
        return LabMachine(answer["lab"], Sandbox(**answer["sandbox"]), answer["environment"], home)

    def ask(self, *, within: float | None = None, **request: Any) -> dict[str, Any]:
        try:
            return control.ask(self.control, within=within, **request)
        except CannotRunError:
            if self._process and self._process.ended:
                raise CannotRunError(f"the lab has ended: {self._process.last_words() or 'it was killed'}") from None
            raise


def _give_to_lab_user(folder: Path, state: Path) -> None:
    """Let the lab's user, where it is another than the caller, own the folders that it writes to."""
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot use the folder {state} ({error.strerror}): choose another with --state") from None
    if lab_user() == os.getuid():
        return
    contents = list(state.iterdir())
    if contents and state.stat().st_uid != lab_user() and not (state / "state.sqlite").exists():
        raise GuideError(f"{state} holds other files: choose an empty folder with --state")
    for path in (folder, folder / "card", state, *state.rglob("*")):
        # What a link leads to is not the state.
        os.chown(path, lab_user(), lab_user(), follow_symlinks=False)


def _first_answer(process: Child) -> dict[str, Any]:
    line = process.line(_STARTS_WITHIN)
    if not line:
        raise CannotRunError(
            f"the lab cannot be made on this computer ({process.last_words() or 'no reason given'}): it needs Linux "
            "with user namespaces; without them, practise on loopback with mfa-guide practice up"
        )
    answer: dict[str, Any] = json.loads(line)
    if "error" in answer:
        raise control.Refusal(answer["error"], "", answer["exit"])
    return answer
