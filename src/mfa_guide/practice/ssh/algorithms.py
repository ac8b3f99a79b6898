"""Which algorithms the gateway offers: those that OpenSSH 10 offers unless it is told otherwise, without SHA-1.

asyncssh's own choice is wider. Key exchange has a module of its own, for it can be chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncssh

if TYPE_CHECKING:
    from collections.abc import Iterable

CIPHERS = (
    "chacha20-poly1305@openssh.com",
    *("aes128-gcm@openssh.com", "aes256-gcm@openssh.com"),
    *("aes128-ctr", "aes192-ctr", "aes256-ctr"),
)
MACS = (
    *("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"),
    *("hmac-sha2-256", "hmac-sha2-512"),
)
SIGNATURES = (
    "ssh-ed25519",
    *("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
    *("sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"),
    *("rsa-sha2-512", "rsa-sha2-256"),
)
"""By which algorithms a key may prove itself, and the gateway does."""
OF_CERTIFICATES = (*SIGNATURES, "ssh-rsa")
"""By which one may that has a certificate of the gateway's. FileZilla, up to 3.71 at least, knows SHA-1 only for these.
The service's own page sends its users that way, and a server of OpenSSH 8.7 or before takes it. Ours."""


def host_keys(keys: Iterable[asyncssh.SSHKey]) -> list[asyncssh.SSHKeyPair]:
    """Return host keys as pairs that sign by these algorithms only: an RSA key knows SHA-1 too."""
    pairs = list(asyncssh.load_keypairs(list(keys)))
    for pair in pairs:
        pair.host_key_algorithms = [name for name in pair.host_key_algorithms if name.decode() in SIGNATURES]
    return pairs
