"""A computer that has no room for another program, once."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

P = ParamSpec("P")
T = TypeVar("T")


def once(do: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Return what finds no descriptor the first time, and then does what `do` does."""
    full = [True]

    async def starting(*arguments: P.args, **options: P.kwargs) -> T:
        if full:
            full.pop()
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return await do(*arguments, **options)

    return starting
