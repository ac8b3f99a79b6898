"""What all pages of the practice site share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mfa_guide.practice.web.pages import Pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfa_guide.practice.rules.login_service import LoginService
    from mfa_guide.practice.web.addresses import Addresses
    from mfa_guide.practice.web.bell import Bell
    from mfa_guide.practice.web.entrance import Entrance


@dataclass(frozen=True)
class Shared:
    """Made once, and handed to all pages as a whole."""

    service: LoginService
    addresses: Addresses
    """Where the sites are."""
    entrance: Entrance
    """Which browsers may come in."""
    bell: Bell
    """Rings when something happens."""
    ssh_command: Callable[[str], str]
    """Returns the command with which an account logs in."""

    def pages(self, site: str, base: str) -> Pages:
        """Return what makes the pages of a site.

        Args:
            site: its name, for the top of every page.
            base: its base address.
        """
        return Pages(site, urlsplit(base).path, self.service.policy, self.ssh_command)
