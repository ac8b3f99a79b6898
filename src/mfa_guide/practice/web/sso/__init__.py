"""Logging in through an institution: where a site sends a browser, and what it does when the browser is back."""
