"""Partial success for asyncssh's server: a key that was proved is half a login, not a whole one.

RFC 4252 lets a server answer a good public key with "failure, partial success" and go on with another method. asyncssh
2.24.1 cannot say so through its public interface, so this module uses its private names: its server-side public-key
method, the table of methods, and the function that looks a method up in it, which is also the one place where a method
shows that the server does not have. No other module uses any, but `private_names.py`. `pyproject.toml` pins the
release, and `tests/practice/ssh/test_partial_success.py` fails when an upgrade comes.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import asyncssh
from asyncssh import auth as _auth
from asyncssh import connection as _connection
from asyncssh.packet import SSHPacket, String
from asyncssh.public_key import SSHOpenSSHCertificate, decode_ssh_certificate, decode_ssh_public_key

from mfa_guide.practice.ssh.algorithms import OF_CERTIFICATES, SIGNATURES


@runtime_checkable
class FirstFactor(Protocol):
    """An SSH server for which a proved key may be only the first of two factors."""

    def method_tried(self, method: str) -> None:
        """Note that the client asks to be let in by a method, which the server may have or not."""
        ...

    def certificate_fits(self, certificate: SSHOpenSSHCertificate) -> bool:
        """Tell whether a certificate may be used; who signed it and for how long is looked at as well."""
        ...

    def key_was_proved(self) -> bool:
        """Note that the key or certificate looked at last was proved by a signature; tell whether that is enough."""
        ...


class _PublicKeyAsFirstFactor(_auth._ServerPublicKeyAuth):
    """asyncssh's public-key method, which asks the server about certificates, and whether a proved key is enough."""

    async def _start(self, packet: SSHPacket) -> None:
        server = self._conn.get_owner()
        if not isinstance(server, FirstFactor):
            await super()._start(packet)
            return
        signed = packet.get_boolean()
        algorithm, blob = packet.get_string(), packet.get_string()
        message = packet.get_consumed_payload() if signed else b""
        signature = packet.get_string() if signed else b""
        packet.check_end()
        certificate = _certificate(blob)
        fits = certificate is None or server.certificate_fits(certificate)
        signature = whole_signature(signature, certificate.key if certificate else _key(blob))
        # asyncssh believes SHA-1 too, whatever it has offered.
        believed = OF_CERTIFICATES if certificate else SIGNATURES
        fits = fits and (not signed or SSHPacket(signature).get_string().decode("ascii", "replace") in believed)
        if not (fits and await self._conn.validate_public_key(self._username, blob, message, signature)):
            self.send_failure()
        elif not signed:
            # Only a question: nothing is proved yet. (Counting it as proof is the mistake of CVE-2024-45337.)
            self.send_packet(_auth.MSG_USERAUTH_PK_OK, String(algorithm), String(blob))
        elif server.key_was_proved():
            await self.send_success()
        else:
            self.send_failure(partial_success=True)


def _certificate(blob: bytes) -> SSHOpenSSHCertificate | None:
    try:
        certificate = decode_ssh_certificate(blob)
    except asyncssh.KeyImportError:
        return None
    return certificate if isinstance(certificate, SSHOpenSSHCertificate) else None


def _key(blob: bytes) -> asyncssh.SSHKey | None:
    try:
        return decode_ssh_public_key(blob)
    except asyncssh.KeyImportError:
        return None


def whole_signature(signature: bytes, key: asyncssh.SSHKey | None) -> bytes:
    """Return an RSA signature at its full length; any other as it is.

    PuTTY leaves out the zero bytes with which one in 256 begins. OpenSSH's server pads them, asyncssh does not.

    Args:
        signature: the algorithm's name and the signature, as a client sends them; may be empty.
        key: the key that made it.
    """
    bits = getattr(key.pyca_key, "key_size", 0) if key and "rsa" in key.get_algorithm() else 0
    if not (signature and bits):
        return signature
    packet = SSHPacket(signature)
    name, value = packet.get_string(), packet.get_string()
    packet.check_end()
    return String(name) + String(value.rjust(bits // 8, b"\0"))


def _look_up(
    conn: asyncssh.SSHServerConnection, username: str, method: bytes, packet: SSHPacket
) -> _auth.ServerAuth | None:
    server = conn.get_owner()
    if isinstance(server, FirstFactor):
        server.method_tried(method.decode("ascii", "backslashreplace"))
    return _auth.lookup_server_auth(conn, username, method, packet)


def install() -> None:
    """Make every asyncssh server of this process ask its `FirstFactor`, if it is one."""
    # Not `register_auth_method`: that would offer the method a second time, at the end of the list.
    _auth._server_auth_handlers[b"publickey"] = _PublicKeyAsFirstFactor
    _connection.lookup_server_auth = _look_up  # type: ignore[attr-defined]
