"""Public keys as the rules see them. Whoever knows SSH reads them: asyncssh's keys are of this kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    ReadKey = Callable[[str], "PublicKey"]
    """Returns the public key in a text; raises `GuideError`, which says what the text is instead."""

MAXIMUM_KEY_FILE = 16_384
"""Size of the largest public-key file that is read, in bytes. Ours."""

MOST_REFUSED_KEYS = 6
"""How many keys one connection may offer in vain: OpenSSH's own default for `MaxAuthTries`."""


class PublicKey(Protocol):
    """A public key, or a private one of which only the public half is asked for."""

    @property
    def public_data(self) -> bytes:
        """The key as SSH sends it: equal for equal keys."""
        ...

    @property
    def pyca_key(self) -> object:
        """The key as the library `cryptography` has it: it knows its size in bits where keys of its kind differ."""
        ...

    def get_algorithm(self) -> str:
        """Return its kind, such as `ssh-ed25519`."""
        ...

    def get_fingerprint(self, hash_name: str = ..., /) -> str:
        """Return its fingerprint, as `SHA256:…` or by the hash that is named."""
        ...

    def export_public_key(self, format_name: str = ..., /) -> bytes:
        """Return the public half as a file's content, in the format that is named."""
        ...
