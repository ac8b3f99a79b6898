"""A classroom on one computer: accounts for participants, a key for each, and the commands that use them.

Everybody reaches the practice site over loopback only. So participants sit at the one computer where it runs, in turn
or each in an account of their own on it.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from typing import TYPE_CHECKING

from mfa_guide.base.errors import CannotRunError, GuideError
from mfa_guide.base.program import run
from mfa_guide.practice.hosting.installation import COMMENT, make_key
from mfa_guide.practice.ssh.keys import kind_of_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mfa_guide.policy import Policy
    from mfa_guide.practice.hosting.installation import Installation
    from mfa_guide.practice.rules.accounts import Accounts


class Classroom:
    """The participants' keys and commands."""

    def __init__(
        self,
        policy: Policy,
        installation: Installation,
        accounts: Accounts,
        *,
        command: Callable[[str], str],
        ssh_port: int,
    ) -> None:
        """Begin without keys but the practice account's own.

        Args:
            policy: says what kind of key users have.
            installation: where the keys are kept.
            accounts: the participants' accounts; each gets its key.
            command: returns the command with which an account logs in, for the user who runs the practice site.
            ssh_port: where the login host listens, on 127.0.0.1.
        """
        self._bits = policy.fact("key_bits").value
        self.needs_key = policy.needs_key
        """Whether participants log in with a key, by the rules."""
        self._installation = installation
        self._accounts = accounts
        self._making: dict[str, asyncio.Task[Path]] = {}
        self._converting = asyncio.Lock()
        self.command = command
        self.ssh_port = ssh_port

    @property
    def accounts(self) -> list[str]:
        """The participants' accounts."""
        return self._accounts.names

    @property
    def fingerprints(self) -> dict[str, str]:
        """The fingerprint of each host key, under its kind: a client shows the one of the kind that it prefers."""
        return {kind_of_key(key): key.get_fingerprint() for key in self._installation.host_keys}

    @property
    def converts(self) -> bool:
        """Whether keys in PuTTY's format can be made: with puttygen, which may be installed at any time."""
        return shutil.which("puttygen") is not None

    def key_name(self, account: str) -> str:
        """Return what a participant's key is called where it was downloaded to."""
        return f"{account}-practice"

    def own_command(self, account: str) -> str:
        """Return the command with which a participant logs in with a key that was downloaded.

        It needs no file but the key, and neither reads nor writes the user's own configuration and known hosts.
        """
        key = f"-i {self.key_name(account)} -o IdentitiesOnly=yes" if self.needs_key else "-o IdentityFile=none"
        return f"ssh -F none -p {self.ssh_port} {key} -o UserKnownHostsFile=practice-hosts {account}@127.0.0.1"

    async def make_keys(self) -> None:
        """Make everybody's key, one after the other: a key of this size takes about a second.

        What is amiss with one is said, and the others are made all the same.
        """
        for account in self.accounts:
            try:
                await self.key(account)
            except GuideError as error:
                print(f"mfa-guide: {error}", file=sys.stderr, flush=True)

    async def key(self, account: str) -> Path:
        """Return the file with the private key of an account; one that is not there yet is made at once.

        Raises:
            GuideError: the file is there and cannot be read as a key, or cannot be written.
        """
        # One task a key at a time, whoever asks for it; `shield`, for whoever asks may give up.
        if account not in self._making or self._making[account].done():
            self._making[account] = asyncio.create_task(self._make_key(account))
        return await asyncio.shield(self._making[account])

    async def _make_key(self, account: str) -> Path:
        if account == self.accounts[0]:
            return self._installation.user_key
        folder = self._installation.participants
        path = folder / account
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            # In a thread: the site goes on meanwhile.
            key = await asyncio.to_thread(
                make_key, path, "ssh-rsa", comment=f"{COMMENT} {account}", key_size=self._bits
            )
        except OSError as error:
            raise GuideError(f"the key of {account} cannot be written to {folder} ({error.strerror})") from None
        if key.public_data not in [known.public_data for known in self._accounts.keys(account)]:
            self._accounts.add_key(account, key)
        return path

    async def putty_key(self, account: str) -> Path:
        """Return the file with the private key of an account in PuTTY's format.

        Raises:
            CannotRunError: there is no puttygen.
            GuideError: the key cannot be made or converted.
        """
        key = await self.key(account)
        folder = self._installation.participants
        path = folder / f"{account}.ppk"
        async with self._converting:
            if not path.exists():
                if not self.converts:
                    raise CannotRunError("keys in PuTTY's format need puttygen: install Debian's putty-tools")
                folder.mkdir(mode=0o700, exist_ok=True)
                draft = folder / f"{account}.ppk.new"
                command = ["puttygen", str(key), "-O", "private", "-o", str(draft)]
                if (await asyncio.to_thread(run, command, "puttygen")).returncode:
                    raise GuideError(f"puttygen could not convert the key of {account}")
                draft.replace(path)
        return path
