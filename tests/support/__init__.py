"""What several tests use: none of it is a test."""

from __future__ import annotations

from pathlib import Path

from mfa_guide.kinds import open_guides
from mfa_guide.policy import load

PROJECT = Path(__file__).parents[2]
"""The folder with `mkdocs.yml`."""
SNIPPETS = PROJECT / "snippets"
GUIDES = open_guides(PROJECT)
"""The guide itself, in all its editions."""
GUIDE = GUIDES[0]
"""Today's."""
POLICY = GUIDE.policy
"""Today's."""
POLICY_2024 = load("2024")
"""That of early 2024: a key first, most networks open, white-lists, logins beside an open one, NX."""
