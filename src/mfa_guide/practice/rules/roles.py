"""The gateway's roles: host names, and how their rules differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mfa_guide.policy import Policy


@dataclass(frozen=True)
class Role:
    """One of the gateway's faces: a host name with rules of its own."""

    name: str
    """`login`, `login-tier1`, `nx` or `firewall`."""
    host: str
    """The host name that users type."""
    addresses: str
    """The fact that states its addresses in the lab."""
    rides: bool = False
    """Whether a login beside an open one needs no answer in the browser."""
    whitelists: bool = False
    """Whether an address from which a login succeeded is remembered."""
    certificates: bool = True
    """Whether a certificate completes a login."""
    ed25519: bool = True
    """Whether ED25519 keys may be used."""
    shell: bool = True
    """Whether it has sessions, files and forwarding."""


def all_roles(policy: Policy) -> list[Role]:
    """Return the four roles, with the host names of the policy."""
    host = policy.text
    return [
        Role("login", host("login_host"), "practice_login", rides=True, whitelists=True),
        Role("login-tier1", host("login_tier1_host"), "practice_login_tier1", rides=True, whitelists=True),
        Role("nx", host("nx_host"), "practice_nx", ed25519=False, shell=False),
        Role("firewall", host("firewall_host"), "practice_web", certificates=False, shell=False),
    ]
