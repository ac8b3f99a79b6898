"""The guide as it is written: its pages, each read once, and what they say about themselves."""
