"""What a client shows of itself while it connects. Whoever runs the gateway can watch it; nothing of it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

What = Literal[
    "method",
    "key",
    "certificate",
    "key proved",
    "link shown",
    "answered",
    "logged in",
    "session",
    "agent answered",
    "ended",
]


@dataclass(frozen=True)
class Sign:
    """One thing that a client has shown."""

    port: int
    """The client's port: it tells the connections of one address apart."""
    client: str
    """By which words the client introduces itself, such as `SSH-2.0-PuTTY_Release_0.78`; empty when it has not yet."""
    account: str
    """The account that it has named; empty when it has not yet."""
    host: str
    """The name of the host that it connected to."""
    what: What
    """`method`: it asks to be let in by `method`. `key`, `certificate`: it offers one, of `type`, that `fits` or not.
    `answered`: the link has its `outcome`. `logged in`: `by` browser, ride or certificate. `session`: it opens one,
    whose `kind` is terminal, command or files, with an `agent` or without. `agent answered`: the agent `took` a
    certificate or not.
    """
    details: Mapping[str, object]
