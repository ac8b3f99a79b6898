"""The gateway's roles: host names, and how their rules differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mfa_guide.policy import Policy
    from mfa_guide.policy.rules import RoleRules


@dataclass(frozen=True)
class Role:
    """One of the gateway's faces: a host name with rules of its own."""

    name: str
    """What the policy calls it: `login` or `firewall`, for instance."""
    hosts: tuple[str, ...]
    """The host names that users type, the one that it is called by first."""
    rules: RoleRules

    @property
    def host(self) -> str:
        """The host name that it is called by."""
        return self.hosts[0]


def all_roles(policy: Policy) -> list[Role]:
    """Return the roles, with the host names of the policy; the usual one is the first."""
    return [Role(name, tuple(map(policy.text, rules.hosts)), rules) for name, rules in policy.roles.items()]
