"""The lab's network: the site's addresses, and a line from it to each of the reader's machines.

All in network namespaces of its own, with no way out. Addresses are from the ranges reserved for documentation
(RFC 5737, RFC 3849). Machines reach the site and nothing else, not even each other. The server is reached at an
address of the site's, see `server.py`.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfa_guide.base.errors import CannotRunError
from mfa_guide.base.program import run
from mfa_guide.practice.lab.unprivileged import find_program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_guide.policy import Policy

_SITE_END = "fe80::1"


@dataclass(frozen=True)
class Pair:
    """One IPv4 and one IPv6 address of the same machine."""

    v4: str
    v6: str


def addresses(policy: Policy, fact: str) -> Pair:
    """Return the two addresses that a fact of the policy states."""
    v4, v6 = policy.names(fact)
    return Pair(v4, v6)


def run_ip(*words: str, inside: int | None = None) -> None:
    """Run `ip` with these words.

    Args:
        words: its arguments.
        inside: a process in whose network namespace it is run; here when not given.

    Raises:
        CannotRunError: it failed.
    """
    enter = [find_program("nsenter"), f"--target={inside}", "--net", "--"] if inside else []
    done = run([*enter, find_program("ip"), *words], "ip")
    if done.returncode:
        raise CannotRunError(f"the lab's network cannot be made: ip {' '.join(words)}: {done.stderr.strip()}")


def run_ip_lines(family: str, lines: Sequence[str], *, within: float) -> None:
    """Have one `ip` carry out several lines; it ends at the first that fails.

    Args:
        family: `-4` or `-6`.
        lines: what it is to do, in its own words.
        within: after how many seconds it is killed.

    Raises:
        CannotRunError: it failed.
    """
    done = run([find_program("ip"), family, "-batch", "-"], "ip", within=within, text="\n".join([*lines, ""]))
    if done.returncode:
        raise CannotRunError(f"the lab's network cannot be changed: ip {family} -batch: {done.stderr.strip()}")


def raise_site(pairs: list[Pair]) -> None:
    """Give the site these addresses, in this process's network namespace.

    Raises:
        CannotRunError: the kernel does not allow it.
    """
    run_ip("link", "set", "lo", "up")
    for pair in pairs:
        run_ip("address", "add", f"{pair.v4}/32", "dev", "lo")
        run_ip("-6", "address", "add", f"{pair.v6}/128", "dev", "lo", "nodad")


def connect_machine(place: str, pair: Pair, process: int) -> None:
    """Lay a line from the site to a machine.

    Args:
        place: the machine's place, after which the site's end of the line is named.
        pair: the machine's addresses.
        process: a process in the machine's network namespace.

    Raises:
        CannotRunError: the kernel does not allow it.
    """
    end = _site_end(place)
    run_ip("link", "add", end, "type", "veth", "peer", "name", "eth0", "netns", str(process))
    run_ip("link", "set", end, "up")
    run_ip("-6", "address", "add", f"{_SITE_END}/64", "dev", end, "nodad")
    run_ip("route", "add", f"{pair.v4}/32", "dev", end)
    run_ip("-6", "route", "add", f"{pair.v6}/128", "dev", end)
    run_ip("link", "set", "lo", "up", inside=process)
    run_ip("link", "set", "eth0", "up", inside=process)
    run_ip("address", "add", f"{pair.v4}/32", "dev", "eth0", inside=process)
    run_ip("-6", "address", "add", f"{pair.v6}/128", "dev", "eth0", "nodad", inside=process)
    run_ip("route", "add", "default", "dev", "eth0", inside=process)
    run_ip("-6", "route", "add", "default", "via", _SITE_END, "dev", "eth0", inside=process)


def disconnect_machine(place: str) -> None:
    """Take away the line from the site to a machine, if there is one."""
    with contextlib.suppress(CannotRunError):
        run_ip("link", "delete", _site_end(place))


def _site_end(place: str) -> str:
    return f"to-{place}"
