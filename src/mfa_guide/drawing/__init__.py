"""Drawings of who says what to whom, and when."""
