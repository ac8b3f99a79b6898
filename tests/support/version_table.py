"""Which versions meet which requirement: one table, for the check in Python and for the page in the browser."""

from __future__ import annotations

TABLE = (
    (
        "OpenSSH >=10.0",
        {"8.4": False, "9.9": False, "9.10": False, "10": True, "10.0": True, "10.0.1": True, "11.2": True},
    ),
    ("OpenSSH <10.3", {"9.2": True, "10.2": True, "10.2.9": True, "10.3": False, "10.03": False, "10.10": False}),
    ("OpenSSH >10.0", {"9.9": False, "10.0": False, "10.0.0": False, "10.0.1": True, "10.1": True, "100.1": True}),
    ("OpenSSH <=8.4", {"7.9": True, "8.4": True, "8.4.0": True, "8.4.1": False, "8.5": False, "8.10": False}),
    ("OpenSSH ==9.2", {"9.1": False, "9.2": True, "9.2.0": True, "9.2.1": False, "9.20": False}),
    ("OpenSSH >=10.0,<10.3", {"9.9": False, "10.0": True, "10.2": True, "10.3": False, "10.30": False}),
    ("OpenSSH >8.4,<=9.9", {"8.4": False, "8.5": True, "9.9": True, "9.10": False}),
    ("OpenSSH >=9.6.1", {"9.6": False, "9.6.0": False, "9.6.1": True, "9.6.10": True, "9.7": True}),
    ("PuTTY >=0.81", {"0.8": False, "0.78": False, "0.81": True, "0.100": True}),
)
"""A requirement, and for some versions whether they meet it."""
