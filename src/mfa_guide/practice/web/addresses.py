"""Where the three web sites are."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Addresses:
    """The base addresses of the three web sites, without a slash at the end."""

    firewall: str
    institutions: str
    """Another host name than the others have: cookies ignore ports."""
    account: str
    """On loopback a folder of the firewall's host; in the lab a host of its own."""

    @property
    def on_loopback(self) -> bool:
        """Whether every user of this computer reaches the pages; in the lab only the reader's machine does."""
        return urlsplit(self.firewall).hostname in ("127.0.0.1", "localhost", "::1")

    @property
    def origins(self) -> list[str]:
        """The origins of the three sites, each once."""
        parts = map(urlsplit, (self.firewall, self.institutions, self.account))
        return sorted({f"{part.scheme}://{part.netloc}" for part in parts})
