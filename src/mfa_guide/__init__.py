"""A guide to logging in at the VSC, and everything that carries out what it says."""
