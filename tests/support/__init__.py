"""What several tests use: none of it is a test."""

from __future__ import annotations

from pathlib import Path

from mfa_guide.kinds import open_guide

PROJECT = Path(__file__).parents[2]
"""The folder with `mkdocs.yml`."""
SNIPPETS = PROJECT / "snippets"
GUIDE = open_guide(PROJECT)
"""The guide itself."""
POLICY = GUIDE.policy
