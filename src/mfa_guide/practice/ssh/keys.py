"""Reading public keys, and naming their kinds, as OpenSSH does."""

from __future__ import annotations

import asyncssh

from mfa_guide.base.errors import GuideError
from mfa_guide.practice.rules.keys import MAXIMUM_KEY_FILE


def read_public_key(text: str) -> asyncssh.SSHKey:
    """Return the public key in a file.

    Args:
        text: the content of the `.pub` file.

    Raises:
        GuideError: the text is not one public key; the message says what it is instead.
    """
    if text.startswith("PuTTY-User-Key-File-") or "PRIVATE KEY" in text:
        raise GuideError("this is a private key: keep it to yourself, and choose the file that ends in .pub instead")
    try:
        return asyncssh.import_public_key(text[:MAXIMUM_KEY_FILE])
    except (asyncssh.KeyImportError, ValueError):
        raise GuideError("this is not a public key: choose the file that ends in .pub") from None


def kind_of_key(key: asyncssh.SSHKey) -> str:
    """Return what OpenSSH calls the kind of a key when it shows its fingerprint, such as `ED25519` or `RSA`."""
    first, *others = key.get_algorithm().split("@")[0].removeprefix("sk-").split("-")
    return (others[0] if first == "ssh" else first).upper()
