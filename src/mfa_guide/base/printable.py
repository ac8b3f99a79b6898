"""What somebody sent, to be shown in a terminal or a log: nothing of it moves the cursor or takes a line."""

from __future__ import annotations


def printable(text: str) -> str:
    """Return a text with every character that is not printable as an escape, such as `\\x1b`."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
