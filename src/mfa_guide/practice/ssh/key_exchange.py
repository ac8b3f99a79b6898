"""Which key exchange the gateway offers: today's, or the one from before ML-KEM.

OpenSSH since 10.1 warns where a server has none that a quantum computer of the future could not undo. To see the
warning, a trainer or a test lets the gateway offer what such a server does.
"""

from __future__ import annotations

from mfa_guide.base.errors import UsageError

_BEFORE = (
    *("curve25519-sha256", "curve25519-sha256@libssh.org"),
    *("ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521"),
)
_ALGORITHMS = {"old": _BEFORE, "new": ("mlkem768x25519-sha256", *_BEFORE)}
DESCRIPTIONS = {
    "old": "without a post-quantum algorithm",
    "new": "with a post-quantum algorithm",
}
"""By its name, what is told of each."""


def algorithms(name: str) -> tuple[str, ...]:
    """Return the algorithms that the gateway offers, the one that it prefers first.

    Args:
        name: `old` or `new`.

    Raises:
        UsageError: it is something else.
    """
    if name not in _ALGORITHMS:
        raise UsageError(f"there is no key exchange {name!r}: choose {' or '.join(_ALGORITHMS)}")
    return _ALGORITHMS[name]
