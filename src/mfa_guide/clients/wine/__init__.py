"""Programs for Windows, which run here under Wine."""
