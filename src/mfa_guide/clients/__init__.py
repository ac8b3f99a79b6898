"""The reader's machine: its clients, browser, windows and settings."""
