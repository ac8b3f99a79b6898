"""A reader at work on a page: the machine they sit at, and what is open before them until the page ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from mfa_guide.clients.versions import LINUX, Versions

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Callable, Mapping

    from mfa_guide.clients.machine import Machine
    from mfa_guide.clients.versions import Client, System
    from mfa_guide.expecting.matching import Bindings
    from mfa_guide.kinds.walkthrough.walker import Desktop

_Tool = TypeVar("_Tool")

TIMEOUT = 60.0
"""How long a transcript or a Python example may take, in seconds: PuTTYgen looks long for a key on a busy computer."""


@dataclass
class Reader:
    """Somebody who works through a page."""

    machine: Machine
    """Where they sit."""
    desktop: Desktop | None
    """Its desktop; None when no program can open a window there."""
    stack: contextlib.ExitStack
    """Closes what they have opened, at the end."""
    system: System = LINUX
    """What there is on their computer."""
    elsewhere: Mapping[str, Machine] = field(default_factory=dict)
    """The machines of other people that the page names."""
    keep_going: bool = False
    """Whether they go on where something else is seen than the page says, to find all that does not hold."""
    updates: bool = False
    """Whether what they see becomes what the page says."""
    beside: bool = False
    """Whether what they see belongs beside the snippet: their clients are not those of the reference suite."""
    timeout: float = TIMEOUT
    """How long an instruction may take, in seconds."""
    bound: Bindings = field(default_factory=dict)
    """What the samples on the page stand for so far."""
    link: str | None = None
    """The login link that they have before them: the one that was shown or copied last."""
    versions: Versions = field(init=False)
    """The version of each client that may make a difference."""
    _tools: dict[object, Any] = field(default_factory=dict)
    _known: dict[Callable[[Machine], Client], Client] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.versions = Versions(self.machine, self.system)

    def tool(self, make: Callable[[Reader], _Tool]) -> _Tool:
        """Return what the reader works with, such as a browser: made when it is needed first, the same from then on.

        Args:
            make: makes it; what it makes may have a method `close`, which is called at the end.
        """
        if make not in self._tools:
            self._tools[make] = tool = make(self)
            if close := getattr(tool, "close", None):
                self.stack.callback(close)
        made: _Tool = self._tools[make]
        return made

    def left_open(self) -> list[str]:
        """Return what the reader has not ended, in words."""
        looks = [getattr(tool, "left_open", None) for tool in self._tools.values()]
        return [words for look in looks if look for words in look()]

    def client(self, ask: Callable[[Machine], Client]) -> Client:
        """Return a client of the machine, which is asked for its version once.

        Raises:
            CannotRunError: it is missing.
        """
        if ask not in self._known:
            self._known[ask] = ask(self.machine)
        return self._known[ask]
