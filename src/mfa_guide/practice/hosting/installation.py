"""What an installation of the practice site keeps in its folder: keys of its own, which only their owner can read."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncssh

from mfa_guide.base.errors import GuideError, UsageError
from mfa_guide.base.writing import write_private

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_guide.policy import Policy

HOST_KEY_TYPES = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa")
COMMENT = "PRACTICE"


@dataclass(frozen=True)
class Installation:
    """The folder of a practice site, with its keys loaded."""

    folder: Path
    host_keys: tuple[asyncssh.SSHKey, ...]
    secret: bytes
    """Signs what the web pages hand to browsers."""
    user_key: Path
    """The private key of the practice account, without passphrase."""
    ca_key: asyncssh.SSHKey
    """Signs certificates."""
    ca: Path
    """The public key of the authority that signs certificates."""

    @property
    def database(self) -> Path:
        """The state file."""
        return self.folder / "state.sqlite"

    @property
    def participants(self) -> Path:
        """The folder with the private keys of the accounts of a classroom, each under the account's name."""
        return self.folder / "participants"

    @property
    def homes(self) -> Path:
        """The folder with the accounts' home directories."""
        return self.folder / "homes"


def open_installation(folder: Path, policy: Policy) -> Installation:
    """Load the installation in `folder`, and make what it does not have yet.

    Args:
        folder: where it is, or is to be.
        policy: says what kind of key users have.

    Raises:
        UsageError: the folder cannot be used.
        GuideError: a key in it cannot be read.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _close(folder)
        return Installation(
            folder=folder,
            host_keys=tuple(make_key(folder / f"host_{kind}", kind) for kind in HOST_KEY_TYPES),
            secret=_secret(folder / "web_secret"),
            user_key=_path_of_key(folder / "id_rsa_vsc", "ssh-rsa", key_size=policy.fact("key_bits").value),
            ca_key=make_key(folder / "user_ca", "ssh-ed25519"),
            ca=folder / "user_ca.pub",
        )
    except OSError as error:
        raise UsageError(f"cannot use the folder {folder} ({error.strerror}): choose another with --state") from None


def _close(folder: Path) -> None:
    """Let nobody but its owner into what is there already: it may have been copied, in a way that opened it to all."""
    keys = [*(f"host_{kind}" for kind in HOST_KEY_TYPES), "id_rsa_vsc", "user_ca"]
    files = [name + end for name in keys for end in ("", ".pub")] + ["web_secret", "ssh_config", "known_hosts"]
    ours = [*(folder / name for name in (*files, "homes", "participants")), *folder.glob("participants/*")]
    for path in ours:
        if path.exists() and not path.is_symlink():
            path.chmod(0o700 if path.is_dir() else 0o600)


def make_key(path: Path, kind: str, *, comment: str = COMMENT, **size: Any) -> asyncssh.SSHKey:
    """Return the private key in a file; it is made when it is not there yet, with its public half beside it.

    Args:
        path: the file.
        kind: the algorithm, such as `ssh-rsa`.
        comment: goes into a key that is made.
        size: further arguments of `asyncssh.generate_private_key`.

    Raises:
        GuideError: the file is there and cannot be read as a key, or it cannot be written.
    """
    if path.exists():
        try:
            return asyncssh.read_private_key(path)
        except (asyncssh.KeyImportError, ValueError):
            raise GuideError(
                f"the key {path} cannot be read: move it away, and the practice site makes a new one"
            ) from None
    key = asyncssh.generate_private_key(kind, comment=comment, **size)
    write_private(path.with_suffix(".pub"), key.export_public_key())
    write_private(path, key.export_private_key())
    return key


def _path_of_key(path: Path, kind: str, **size: Any) -> Path:
    make_key(path, kind, **size)
    return path


def _secret(path: Path) -> bytes:
    if not path.exists():
        write_private(path, secrets.token_bytes(32))
    return path.read_bytes()
