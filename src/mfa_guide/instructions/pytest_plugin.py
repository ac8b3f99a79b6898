"""Collects the instructions of the guide's pages as tests."""
