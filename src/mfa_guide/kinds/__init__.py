"""The kinds of instructions: all that is known of a kind is in its module or folder here."""
