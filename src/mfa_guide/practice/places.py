"""Where the machines of a lab are: their names are in pages, on the command line, and in the lab itself."""

from __future__ import annotations

PLACES = ("campus", "home", "abroad")
"""Where a reader's machine can be."""
SERVER = "server"
"""Where the machine is at which somebody else is root."""
