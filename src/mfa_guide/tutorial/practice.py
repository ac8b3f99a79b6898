"""A practice site as a notebook uses it: terminals in cells, answers in the browser, pictures of what has happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython

from mfa_guide.base.errors import CannotRunError, GuideError, UsageError
from mfa_guide.clients import files
from mfa_guide.drawing import timelines
from mfa_guide.kinds.transcript.terminal import Terminal
from mfa_guide.practice.hosting.control import Refusal
from mfa_guide.practice.rules.events import LoggedIn

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

    from mfa_guide.clients.machine import Machine
    from mfa_guide.policy import Policy
    from mfa_guide.practice.hosting.control import Controls

PATIENCE = 60.0
_QUIET = 0.2
_ENDS_WITHIN = 3.0
"""How long a command may take, how long a terminal is silent that waits for an answer, and how long a command may take
to end at Ctrl+C; in seconds."""

_CTRL_C = "^C"
"""The line of a cell that presses Ctrl+C."""


class Picture:
    """A picture in a notebook."""

    def __init__(self, html: str) -> None:
        self._html = html

    def __repr__(self) -> str:
        return "a picture"

    def _repr_html_(self) -> str:
        return self._html


@dataclass(frozen=True)
class FirewallPages:
    """Where the firewall's page is."""

    address: str
    """On the machines on which one practises."""
    entrance: str = ""
    """The address that lets the user's own browser in; empty where it cannot come there."""


def one_line_errors() -> None:
    """Let an error of the guide's be one line in the notebook.

    Raises:
        UsageError: this is not a notebook.
    """
    notebook: Any = get_ipython()
    if notebook is None:
        raise UsageError("a tutorial is a notebook: open it in Jupyter")

    def say(shell: Any, kind: type[BaseException], error: BaseException, *_: Any, **__: Any) -> list[str]:
        line = str(error) or "stopped"
        shell._showtraceback(kind, error, [line])
        return [line]

    notebook.set_custom_exc((GuideError, KeyboardInterrupt), say)


class Practice:
    """A practice site that a notebook works with.

    Args:
        policy: its facts and rules.
        site: the site.
        machine: gives the machine at a place.
        stack: ends everything.
        pages: where the firewall's page is.
    """

    def __init__(
        self,
        policy: Policy,
        site: Controls,
        machine: Callable[[str], Machine],
        stack: ExitStack,
        pages: FirewallPages,
    ) -> None:
        self._policy = policy
        self._firewall = pages
        self._site: Controls | None = site
        self._machines = machine
        self._stack = stack
        self._stack.callback(self._forget)
        self._terminals: dict[str, Terminal] = {}
        self._link: str | None = None
        self._pages: dict[str, Terminal] = {}

    @property
    def site(self) -> Controls:
        """The practice site.

        Raises:
            UsageError: it has ended.
        """
        if self._site is None:
            raise UsageError("the practice site has ended: run the first cell again")
        return self._site

    def _machine(self, place: str) -> Machine:
        # There are none without the site.
        _ = self.site
        return self._machines(place)

    def _forget(self) -> None:
        self._site = None
        self._terminals.clear()
        self._pages.clear()

    def offer_cells(self) -> None:
        """Let the notebook use `%%terminal` and `%%save`."""
        notebook: Any = get_ipython()
        notebook.register_magic_function(self._type, "cell", "terminal")
        notebook.register_magic_function(self._save, "cell", "save")

    # -- terminals ---------------------------------------------------------------------------------------------------

    def _terminal(self, name: str) -> Terminal:
        """Return the terminal of that name: a new one where there is none, or where it has ended."""
        known = self._terminals.get(name)
        if known:
            known.settle(0, 0)
            if known.state != "closed":
                return known
            print("This terminal had ended: a new one is open, which knows nothing of the old one and its agent.")
            print("If what follows fails, begin anew: Kernel > Restart Kernel and Run All Cells.")
        terminal = self._terminals[name] = Terminal(self._machine(name.split()[0] if name else "home"))
        self._stack.callback(terminal.close)
        return terminal

    def _type(self, name: str, cell: str) -> None:
        """Type the lines of a cell, one after another, and print what the terminal shows.

        With `&` after the terminal's name, the notebook goes on as soon as the command has logged in.
        """
        name, goes_on, _ = name.partition("&")
        # Comments are for whoever reads the cell.
        lines = [line for line in map(str.rstrip, cell.splitlines()) if line and not line.startswith("#")]
        if lines and lines[0] != _CTRL_C and self._terminal(name.strip()).state == "reads":
            print("The command in this terminal waits for input and gets this cell; a cell with ^C ends the command.")
        for line in lines:
            terminal = self._terminal(name.strip())
            try:
                self._type_line(terminal, line, goes_on=bool(goes_on))
            except KeyboardInterrupt:
                self._press_ctrl_c(terminal)
                raise UsageError("stopped: the terminal has got Ctrl+C") from None

    def _type_line(self, terminal: Terminal, line: str, *, goes_on: bool) -> None:
        if line == _CTRL_C:
            self._press_ctrl_c(terminal)
            return
        self._end_of_last(terminal, line)
        if terminal.state == "reads":
            terminal.answer(line)
        elif goes_on:
            self._begin_and_go_on(terminal, line)
            return
        else:
            terminal.begin(line)
        self._follow(terminal)
        if terminal.state != "reads":
            # The first row is the command itself.
            _print(terminal.rows()[1:])
        if terminal.waiting:
            self._link = terminal.link()
            terminal.leave_waiting()

    def _press_ctrl_c(self, terminal: Terminal) -> None:
        waited, terminal.waiting = terminal.waiting, False
        terminal.interrupt()
        terminal.wait(lambda: terminal.state in ("ended", "remote", "closed"), _ENDS_WITHIN)
        # What was shown before the link is not shown again; the first row of another command is the command itself.
        _print(terminal.rows()[0 if waited else 1 :])

    def _end_of_last(self, terminal: Terminal, line: str) -> None:
        """Wait for the command before to end, so that a line can be typed.

        Raises:
            UsageError: it waits for an answer in the browser.
        """
        if not terminal.waiting:
            self._follow(terminal)
            return
        terminal.settle(_QUIET, PATIENCE)
        if terminal.state == "running":
            raise UsageError(f'this terminal waits for your answer: practice.answer("Yes"). Not typed: {line}')
        # Somebody has answered in a real browser.
        terminal.waiting = False
        _print(terminal.rows())

    def _begin_and_go_on(self, terminal: Terminal, line: str) -> None:
        logins = self.site.count(LoggedIn)
        terminal.begin(line)
        terminal.wait(lambda: self.site.count(LoggedIn) > logins or terminal.state != "running", PATIENCE)

    def _follow(self, terminal: Terminal) -> None:
        """Wait until the command has ended, asks for something, or waits for an answer in the browser."""

        def link_is_there() -> bool:
            link = terminal.link()
            return link is not None and any(link in row for row in terminal.rows(complete=True))

        waits_already = terminal.waiting
        if not terminal.wait(lambda: terminal.state != "running" or (not waits_already and link_is_there()), PATIENCE):
            raise UsageError(f"the command still runs after {PATIENCE:g} s: a cell with ^C below %%terminal ends it")
        terminal.waiting = terminal.state == "running"

    def _save(self, path: str, cell: str) -> None:
        """Save a cell as a file on the reader's computer, as with an editor; others may read and run it."""
        files.save(self._machine("home"), cell, path.strip(), mode="755", way="replace")

    # -- the browser -------------------------------------------------------------------------------------------------

    def answer(self, word: str) -> None:
        """Open the last link in the browser, log in, and answer; print what the terminals then show.

        Args:
            word: the button that is pressed: Yes or No, in capital or small letters.

        Raises:
            UsageError: no terminal has shown a link, there is no such button, or the site has ended.
        """
        site = self.site
        if word.lower() not in ("yes", "no"):
            raise UsageError(f'the buttons are "Yes" and "No", not "{word}"')
        if self._link is None:
            raise UsageError("no terminal has shown a link: log in first")
        waiting = [terminal for terminal in self._terminals.values() if terminal.waiting]
        try:
            site.approve(self._link, deny=word.lower() == "no")
        except Refusal as refusal:
            # Whoever has answered in a real browser wants to see what the terminal shows, and no more.
            if not waiting:
                print(f"In the browser: {refusal}.")
        for terminal in waiting:
            self._follow(terminal)
            _print(terminal.rows())

    def open_firewall_page(self, place: str = "home") -> None:
        """Open the firewall's page in the browser of a machine, log in there, and keep it open.

        It answers nothing by itself. Where the user's own browser can come there, it is told the address.

        Args:
            place: where the machine is: `campus`, `home` or `abroad`.

        Raises:
            CannotRunError: the page does not open.
        """
        if place in self._pages:
            self.close_firewall_page(place)
        page = Terminal(self._machine(place))
        self._stack.callback(page.close)
        page.begin(f"mfa-guide practice approve --hold --only-open {self._firewall.address}/")
        # The first row is the command itself.
        page.wait(lambda: len(page.rows(complete=True)) > 1 or page.state != "running", PATIENCE)
        if page.state != "running":
            raise CannotRunError("the firewall's page does not open: " + " ".join(page.rows()[1:]))
        self._pages[place] = page
        if self._firewall.entrance:
            print(f"In your own browser: {self._firewall.entrance}")

    def close_firewall_page(self, place: str = "home") -> None:
        """Close it again.

        Raises:
            UsageError: it is not open.
        """
        if place not in self._pages:
            raise UsageError(f"no page is open at {place!r}: practice.open_firewall_page({place!r}) opens it")
        self._pages.pop(place).close()

    # -- what has happened -------------------------------------------------------------------------------------------

    def draw(self, title: str, *, last: int = 1000) -> Picture:
        """Return a diagram of what has happened, drawn from the practice site's log.

        Args:
            title: what it shows, for those who do not see it.
            last: how many lines of the log it shows.
        """
        return Picture(timelines.diagram(self.site.events(last), title, self._policy))

    def draw_certificates(self) -> Picture:
        """Return a picture of the certificates' lives, and of the logins during them and after."""
        return Picture(timelines.timeline(self.site.ask(do="events", last=1000)["events"], self._policy))

    def end(self) -> None:
        """End the practice site, and close everything that was opened."""
        if self._site:
            self._stack.close()
        print("The practice site has ended.")


def _print(rows: list[str]) -> None:
    for row in filter(str.strip, rows):
        print(row)
