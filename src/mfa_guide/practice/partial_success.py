"""Partial success for asyncssh's server: a key that was proved is half a login, not a whole one.

RFC 4252 lets a server answer a good public key with "failure, partial success" and go on with another method. asyncssh
2.24.1 cannot say so through its public interface, so this module, and no other, uses its private names: its server-side
public-key method, and the table of methods. `pyproject.toml` pins the release, and
`tests/practice/test_partial_success.py` fails when an upgrade comes.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from asyncssh import auth as _auth


@runtime_checkable
class FirstFactor(Protocol):
    """An SSH server for which a proved key may be only the first of two factors."""

    def key_was_proved(self) -> bool:
        """Note that the key validated last was proved by a signature; tell whether that completes the login."""
        ...


class _PublicKeyAsFirstFactor(_auth._ServerPublicKeyAuth):
    """asyncssh's public-key method, which asks the server whether a proved key is enough."""

    async def send_success(self) -> None:
        # Called for a signed request only, and only after the signature was verified: an unsigned probe never comes
        # here. (Counting a probe as proof is the mistake of CVE-2024-45337.)
        server = self._conn.get_owner()
        if isinstance(server, FirstFactor) and not server.key_was_proved():
            self.send_failure(partial_success=True)
        else:
            await super().send_success()


def install() -> None:
    """Make every asyncssh server of this process ask its `FirstFactor`, if it is one."""
    # Not `register_auth_method`: that would offer the method a second time, at the end of the list.
    _auth._server_auth_handlers[b"publickey"] = _PublicKeyAsFirstFactor
