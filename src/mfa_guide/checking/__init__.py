"""Carrying pages out as a reader would, and keeping what was seen as evidence."""
