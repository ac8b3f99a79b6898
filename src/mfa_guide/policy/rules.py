"""The rules of the login: who may connect, and what each of the service's machines asks for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictStr, model_validator

from mfa_guide.policy.stated import Stated

Place = Literal["campus", "home", "abroad", "server"]
"""Where somebody can be, in the lab."""


class AddressRule(Stated):
    """Who may connect at all; an open firewall page lets its owner connect from everywhere."""

    closed: tuple[Place, ...]
    """From where nobody may connect without more."""
    managed_are_open: StrictBool
    """Whether that does not count for a computer that the university manages."""


class RoleRules(Stated):
    """One of the machines on which people log in."""

    hosts: Annotated[tuple[StrictStr, ...], Field(min_length=1)]
    """The facts that state its host names, the one that it is called by first."""
    addresses: StrictStr
    """The fact that states its addresses in the lab."""
    needs_key: StrictBool
    """Whether a public key of the account is the first of two factors. Otherwise no key counts."""
    rides: StrictBool = False
    """Whether a login beside an open one needs no answer in the browser."""
    whitelists: StrictBool = False
    """Whether an address from which a login succeeded is remembered."""
    certificates: StrictBool = True
    """Whether a certificate completes a login."""
    links: StrictBool = True
    """Whether a login can be answered in the browser."""
    ed25519: StrictBool = True
    """Whether ED25519 keys may be used."""
    shell: StrictBool = True
    """Whether it has sessions, files and forwarding."""

    @model_validator(mode="after")
    def _can_be(self) -> RoleRules:
        """See to it that one can log in at all, and that what is said of keys has keys to be said of."""
        if not (self.certificates or self.links):
            raise ValueError("nobody could log in: it takes `certificates` or `links`")
        # Who rides beside an open login is known by the key alone; without one, anybody at that address would get in.
        if self.rides and not self.needs_key:
            raise ValueError("`rides` without `needs_key`: nobody would know who rides")
        return self
