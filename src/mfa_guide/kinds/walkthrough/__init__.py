"""Walkthroughs: what a reader does in a window, and what is seen there."""
