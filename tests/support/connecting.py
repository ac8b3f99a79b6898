"""Connections to a practice site on loopback that need no browser: the site's own authority signs their certificate."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import asyncssh

from mfa_guide.practice.hosting.loopback import Loopback

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from contextlib import AbstractAsyncContextManager

    from mfa_guide.practice.hosting.running import PracticeSite

T = TypeVar("T")

ACCOUNT = "vsc98765"


def connect(
    site: PracticeSite | Loopback, account: str = ACCOUNT, **options: Any
) -> AbstractAsyncContextManager[asyncssh.SSHClientConnection]:
    """Log in to the login host by a certificate.

    Args:
        site: the practice site.
        account: who logs in.
        options: further arguments of `asyncssh.connect`.
    """
    state = site.site.installation.folder if isinstance(site, Loopback) else site.folder / "state"
    authority = asyncssh.read_private_key(state / "user_ca")
    key = options.pop("key", None) or asyncssh.generate_private_key("ssh-ed25519")
    certificate = authority.generate_user_certificate(key, key_id=account, principals=[account], valid_before="+1d")
    return asyncssh.connect(
        "127.0.0.1",
        options.pop("port", site.ssh_port),
        username=account,
        client_keys=options.pop("client_keys", [(key, certificate)]),
        known_hosts=None,
        agent_path=options.pop("agent_path", None),
        config=[],
        **options,
    )


def run(work: Coroutine[Any, Any, T]) -> T:
    """Do something in a loop of its own, in a thread of its own: browsers keep one running in this one."""
    with ThreadPoolExecutor() as thread:
        return thread.submit(asyncio.run, work).result()
