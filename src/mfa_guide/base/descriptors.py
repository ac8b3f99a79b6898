"""File descriptors: every connection and open file of a process takes one, and they are limited."""

from __future__ import annotations

import errno
import os

ENOUGH = 16_384
"""How many are asked for where there may be more. Programs that close all they could have open take time for each."""
FEWEST = 64
"""How many are kept for what nobody asks about first: the state, the control socket, programs that are started."""


_NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EAGAIN)


def is_no_room(error: OSError) -> bool:
    """Tell whether something failed only because there is no room now for another file, connection or program."""
    return error.errno in _NO_ROOM


def room() -> int:
    """Raise the limit as far as it may be, and return it."""
    try:
        import resource
    except ImportError:
        # Windows has no such limit.
        return ENOUGH
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return wanted if soft == resource.RLIM_INFINITY else soft


def few_left() -> bool:
    """Tell whether only those are left that nobody asks about first."""
    try:
        # The lowest number that is free tells: nearly everything below it is taken.
        lowest = os.open(os.devnull, os.O_RDONLY)
    except OSError:
        return True
    os.close(lowest)
    return lowest > room() - FEWEST
