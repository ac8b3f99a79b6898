"""Certificates: made after MFA, put into the agent that the client forwards, and accepted until their end."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

import asyncssh
from asyncssh.public_key import SSHOpenSSHCertificate, decode_ssh_certificate

from mfa_guide.practice.ssh import agents
from mfa_guide.practice.ssh.private_names import ends_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_guide.policy import Policy
    from mfa_guide.practice.rules.clock import Clock

KEY_BITS = 2048
COMMENT = "ssh-proxy-tier2"
"""What kind of key the service puts into an agent, and under which name (screenshot of Pageant)."""

_SLACK = 300
"""Seconds by which a certificate begins before now: the clocks of clients are not exact."""


class Authority:
    """The practice site's certificate authority."""

    def __init__(self, key: asyncssh.SSHKey, policy: Policy, clock: Clock, *, mark: str) -> None:
        """Begin with a signing key.

        Args:
            key: signs the certificates.
            policy: says how long they last.
            clock: the practice site's clock.
            mark: stands before the comment in the agent; empty in the lab.
        """
        self._key = key
        self._lifetime = policy.seconds("certificate_lifetime")
        self._clock = clock
        self._comment = f"{mark} {COMMENT}".strip()

    def is_ours(self, key: asyncssh.SSHKey) -> bool:
        """Tell whether a key is the authority's."""
        return bool(key.public_data == self._key.public_data)

    def fits(self, certificate: SSHOpenSSHCertificate, account: str) -> bool:
        """Tell whether a certificate names exactly this account and has not ended by the practice site's clock.

        asyncssh looks at the signature and at the real clock; it takes a certificate without principals for anyone's.
        """
        return bool(certificate.principals == [account] and self._clock.now() < ends_at(certificate))

    async def inject(
        self,
        connection: asyncssh.SSHServerConnection,
        account: str,
        *,
        wanted: Sequence[bytes] | None,
        or_nothing: bool = False,
    ) -> str:
        """Make a key and a certificate, and put them into the agent that a client forwards.

        An older one of ours is removed first.

        Args:
            connection: the client's connection.
            account: the certificate's only principal.
            wanted: public keys one of which the agent must hold, or it is left alone; None for any agent.
            or_nothing: whether an agent will do as well that holds nothing, or certificates of ours alone.

        Returns:
            The certificate's fingerprint; empty when the agent was left alone, or refused.
        """
        try:
            async with asyncio.timeout(agents.PATIENCE), agents.connect(connection) as agent:
                held = await agents.held(agent)
                ours = [pair for pair in held if self._made(pair.public_data)]
                fits = wanted is None or {*wanted} & {pair.public_data for pair in held}
                if not fits and not (or_nothing and len(ours) == len(held)):
                    return ""
                await agent.remove_keys(ours)
                pair, fingerprint = await self.issue(account)
                try:
                    await agent.add_keys([pair], lifetime=self._lifetime)
                except ValueError:
                    # Pageant knows no lifetimes.
                    await agent.add_keys([pair])
                return fingerprint
        except agents.AGENT_ERRORS:
            return ""

    def _made(self, blob: bytes) -> bool:
        try:
            certificate = decode_ssh_certificate(blob)
        except asyncssh.KeyImportError:
            return False
        return isinstance(certificate, SSHOpenSSHCertificate) and self.is_ours(certificate.signing_key)

    async def issue(self, account: str) -> tuple[asyncssh.SSHKeyPair, str]:
        """Make a key and its certificate for an account; return both as a pair, and the key's fingerprint."""
        # In a thread: the site goes on meanwhile.
        key = await asyncio.to_thread(
            asyncssh.generate_private_key, "ssh-rsa", comment=self._comment, key_size=KEY_BITS
        )
        now = self._clock.now()
        certificate = self._key.generate_user_certificate(
            key,
            key_id=f"{account} {self._clock.date():%Y-%m-%dT%H:%M:%SZ}",
            serial=secrets.randbits(63),
            principals=[account],
            # asyncssh and clients look at the real clock, which may be behind the practice site's.
            valid_after=int(now - self._clock.ahead - _SLACK),
            valid_before=int(now + self._lifetime),
            comment=self._comment,
        )
        # Of the two pairs this gives, the bare key is not wanted: it would be offered first, and in vain.
        pair = next(p for p in asyncssh.load_keypairs([(key, certificate)]) if p.has_cert)
        return pair, key.get_fingerprint()
