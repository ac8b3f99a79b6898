"""Logs as people paste them, with what is in them: tried on `mfa-guide explain` and on the finder of the guide."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Log:
    """Something pasted."""

    name: str
    text: str
    finds: list[str]
    """The entries that are found, the best first."""


LOGS = [Log(**log) for log in yaml.safe_load(Path(__file__).with_name("logs.yml").read_text(encoding="utf-8"))]
SECRETS = ["hunter2-hunter2", "QyNTUxOQAAACBsecretsecret", "8dK2nWq7VbTz4pLmXhR"]
"""What stands in the logs and is nobody's business: a password, a private key, a token."""
