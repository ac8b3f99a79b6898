"""Mutants of the guide: one thing wrong at a time, to see whether a check notices."""
