"""The private names of asyncssh that the gateway relies on."""

from __future__ import annotations

import asyncssh


def test_asyncssh_is_the_release_whose_private_names_are_used() -> None:
    assert asyncssh.__version__ == "2.24.1", (
        "read practice/partial_success.py against the new asyncssh, run tests/practice/test_logging_in.py, "
        "then change the release here and in pyproject.toml"
    )
