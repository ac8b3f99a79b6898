"""Logs as people paste them, with what is in them: tried on `mfa-guide explain` and on the finder of the guide."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Log:
    """Something pasted."""

    name: str
    text: str
    finds: list[str]
    """The entries that are found, the best first."""
    otherwise: dict[str, list[str]] = field(default_factory=dict)
    """For each edition of the guide in which others are found: which."""
    said: str | None = None
    """The wording of the catalogue by which the first was found; None where it is not looked at."""
    by_hint: bool = False
    """Whether that is a hint, and no message."""
    private_key: bool = False
    """Whether a private key is in it."""

    def finds_in(self, edition: str) -> list[str]:
        """Return what is found in it by an edition of the guide, the best first."""
        return self.otherwise.get(edition, self.finds)


_ALL = [Log(**log) for log in yaml.safe_load(Path(__file__).with_name("logs.yml").read_text(encoding="utf-8"))]
LOGS = [log for log in _ALL if not log.private_key]
KEYS = [log for log in _ALL if log.private_key]
"""What has a private key in it, which is found, and nothing else is."""
SECRETS = ["hunter2-hunter2", "QyNTUxOQAAACBsecretsecret", "8dK2nWq7VbTz4pLmXhR"]
"""What stands in the logs and is nobody's business: a password, a private key, a token."""
