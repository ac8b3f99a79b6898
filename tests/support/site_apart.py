"""A practice site's login service and web pages without a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncssh

from mfa_guide.practice.hosting import assembly
from mfa_guide.practice.hosting.classroom import Classroom
from mfa_guide.practice.hosting.installation import HOST_KEY_TYPES, Installation
from mfa_guide.practice.rules.access import Surroundings
from mfa_guide.practice.rules.login_service import LoginService
from mfa_guide.practice.web.addresses import Addresses
from tests.support import POLICY
from tests.support.walking import Browser

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from starlette.applications import Starlette

    from mfa_guide.policy import Policy
    from mfa_guide.practice.rules.logins import Outcome, PendingLogin

LAB = Addresses(
    firewall="https://firewall.vscentrum.be",
    institutions="https://institutions.practice.example",
    account="https://account.vscentrum.be",
)
LOOPBACK = Addresses(
    firewall="http://127.0.0.1:8480",
    institutions="http://localhost:8480",
    account="http://127.0.0.1:8480/account",
)
HOME = "203.0.113.22"
SECRET = b"a secret of this installation"


def became(login: PendingLogin) -> Outcome:
    """Return what has become of a login by now."""
    return login.outcome


def make_installation(folder: Path) -> Installation:
    """Return an installation with as many keys as the pages need."""
    sizes: dict[str, Any] = {"ssh-rsa": {"key_size": 1024}}
    host_keys = tuple(asyncssh.generate_private_key(kind, **sizes.get(kind, {})) for kind in HOST_KEY_TYPES)
    user_key = folder / "id_rsa_vsc"
    user_key.write_bytes(asyncssh.generate_private_key("ssh-rsa", key_size=1024).export_private_key())
    user_key.chmod(0o600)
    return Installation(folder, host_keys, SECRET, user_key, ca_key=host_keys[0], ca=folder / "user_ca.pub")


def ssh_command(account: str) -> str:
    """Return the command that the pages show to the owner of an account."""
    return f"ssh -F practice/config {account}@login.hpc.kuleuven.be"


@dataclass(frozen=True)
class Site(LoginService):
    """A login service, and its pages."""

    addresses: Addresses
    classroom: Classroom
    app: Starlette

    @classmethod
    def make(cls, folder: Path, addresses: Addresses = LAB, *, users: int = 1, policy: Policy = POLICY) -> Self:
        """Make one in a folder that is there."""
        installation = make_installation(folder)
        around = Surroundings({HOME}.__contains__, silent=True)
        site = assembly.Site(policy, installation, addresses, around=around, mark="PRACTICE", users=users)
        service = site.service
        classroom = Classroom(policy, installation, service.accounts, command=ssh_command, ssh_port=4022)
        # As keys of the true size take a second each.
        classroom._bits = 1024
        # The lab has none.
        shown = classroom if addresses.on_loopback else None
        app = site.web_app(ssh_command, shown)
        return cls(**vars(service), addresses=addresses, classroom=classroom, app=app)

    def log_in(
        self, *, account: str = "vsc98765", address: str = HOME, host: str = "login.hpc.kuleuven.be"
    ) -> PendingLogin:
        """Begin a login in a terminal."""
        return self.logins.open(
            account=account,
            address=address,
            port=49859,
            host=host,
            fingerprint="SHA256:7bAXRxDJBTDQQSUkDcHC0VMNYkBRcdvhqeV5yXq2aWs",
            proved=True,
        )

    def link(self, login: PendingLogin) -> str:
        """Return the link that the terminal shows."""
        return f"{self.addresses.firewall}/{login.token}"

    def browser(self, address: str = HOME) -> Browser:
        """Return a browser that knows nothing yet."""
        return Browser(self, address)

    def happened(self, event: str) -> list[dict[str, Any]]:
        """Return the details of every such event in the audit log."""
        return [entry.details for entry in self.state.events() if entry.event == event]
