"""Transcripts: what a reader types in a terminal, and what is seen there."""
