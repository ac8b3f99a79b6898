"""The practice site on loopback: any system, no root, ports of its own, and a configuration for `ssh -F`.

Nothing but 127.0.0.1 and ::1 is ever listened on, and the links that it shows are its own.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mfa_guide.base.errors import CannotRunError
from mfa_guide.base.writing import write_private
from mfa_guide.practice.hosting import cards, control
from mfa_guide.practice.hosting.assembly import Listening, Site, open_site
from mfa_guide.practice.hosting.background import background
from mfa_guide.practice.hosting.classroom import Classroom
from mfa_guide.practice.hosting.installation import open_installation
from mfa_guide.practice.rules.access import Surroundings, see_that_managed_counts
from mfa_guide.practice.rules.roles import all_roles
from mfa_guide.practice.web.addresses import Addresses
from mfa_guide.practice.web.entrance import entrance_address

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from mfa_guide.policy import Policy
    from mfa_guide.practice.rules.roles import Role


@dataclass(frozen=True)
class Loopback:
    """A practice site that runs on loopback, and how to reach it."""

    site: Site
    ssh_port: int
    web_port: int
    config: Path

    @property
    def page_comes_first(self) -> bool:
        """Whether nobody is let in before the firewall's page is open."""
        return self.site.service.access.is_closed("127.0.0.1")

    @property
    def command(self) -> str:
        """The command that logs in."""
        return self.command_of(self.site.service.policy.text("account"))

    def command_of(self, account: str) -> str:
        """Return the command that logs in to an account."""
        return f"ssh -F {self.config} {account}@{self.site.service.policy.text('login_host')}"

    @property
    def entrance(self) -> str:
        """The address that lets a browser in to the web pages; other users of this computer do not know it."""
        return entrance_address(self.site.addresses, self.site.installation.secret)

    @property
    def classroom(self) -> str:
        """The address of the trainer's page, which lets a browser in as well."""
        return f"{self.entrance}/classroom"

    def describe(self) -> dict[str, Any]:
        """Return what a script needs to know, in the form that `practice up --json` promises."""
        installation = self.site.installation
        return {
            "ssh": {"host": "127.0.0.1", "port": self.ssh_port},
            "web": self.site.addresses.firewall,
            "user": self.site.service.policy.text("account"),
            "key": str(installation.user_key),
            "ca": str(installation.ca),
            "config": str(self.config),
            "entrance": self.entrance,
        }


def _listen(port: int, option: str) -> list[socket.socket]:
    """Listen on loopback, IPv4 and where there is one IPv6; port 0 stands for any free one.

    Raises:
        CannotRunError: the port is taken.
    """
    try:
        listeners = [socket.create_server(("127.0.0.1", port))]
    except OSError as error:
        reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise CannotRunError(f"port {port} {reason}: choose another with {option}, or 0 for any free one") from None
    port = listeners[0].getsockname()[1]
    # Browsers may look for `localhost` at ::1 first; without IPv6 they go on to 127.0.0.1 by themselves.
    with contextlib.suppress(OSError):
        listeners.append(socket.create_server(("::1", port), family=socket.AF_INET6))
    return listeners


def _write_client_files(site: Site, ports: Mapping[Role, int]) -> Path:
    """Write what `ssh -F` reads: a configuration and the known hosts. Returns the configuration."""
    installation, policy = site.installation, site.service.policy
    hosts = installation.folder / "known_hosts"
    keys = [key.export_public_key().decode().rsplit(" ", 1)[0] for key in installation.host_keys]
    write_private(hosts, "".join(f"practice {key}\n" for key in keys).encode())
    config = installation.folder / "ssh_config"
    text = "# PRACTICE: these names lead to the practice site on this computer, not to the VSC.\n"
    for role, port in ports.items():
        text += f"Host {' '.join(role.hosts)}\n    HostName 127.0.0.1\n    Port {port}\n\n"
    text += f"""\
Host *
    User {policy.text("account")}
    HostKeyAlias practice
    UserKnownHostsFile "{hosts}"
    GlobalKnownHostsFile none
    # No other name leads anywhere from here: one with two dots cannot be, so nobody is asked for it.
    HostName %h..
    # Your own keys are none of the practice site's business.
    # To practise with an agent, add to the command: -o IdentityAgent=SSH_AUTH_SOCK
    IdentityAgent none
"""
    text += _keys(site)
    write_private(config, text.encode())
    return config


def _keys(site: Site) -> str:
    """Return the end of the configuration: which key is whose. Without one, ssh would try the user's own."""
    if not site.service.policy.needs_key:
        return "    IdentityFile none\n"
    key = f'    IdentityFile "{site.installation.user_key}"\n'
    first, *others = site.service.accounts.names
    if not others:
        return key
    return f"""
Match user {first}
{key}
Match user *,!{first}
    IdentityFile "{site.installation.participants}/%r"
"""


@contextlib.asynccontextmanager
async def run(
    policy: Policy, state: Path, *, ssh_port: int, web_port: int, users: int = 1, managed: bool = False
) -> AsyncIterator[Loopback]:
    """Run a practice site on loopback for as long as the context lasts.

    Args:
        policy: the facts.
        state: the folder of its state; made when missing.
        ssh_port: the port for ssh; 0 for any free one.
        web_port: the port for the web pages; 0 for any free one.
        users: how many accounts there are.
        managed: whether the university manages this computer.

    Raises:
        CannotRunError: a port is taken.
        UsageError: by these rules it makes no difference whether it is managed.
        GuideError: the state cannot be used, or something failed without which the site cannot go on.
    """
    if managed:
        see_that_managed_counts(policy)
    roles = all_roles(policy)
    listeners = {role: _listen(ssh_port if role.name == "login" else 0, "--ssh-port") for role in roles}
    ports = {role: found[0].getsockname()[1] for role, found in listeners.items()}
    web = _listen(web_port, "--web-port")
    web_port = web[0].getsockname()[1]
    addresses = Addresses(
        firewall=f"http://127.0.0.1:{web_port}",
        institutions=f"http://localhost:{web_port}",
        account=f"http://127.0.0.1:{web_port}/account",
    )
    installation = open_installation(state, policy)
    # Who is in front of this computer is at home, as far as the rules go.
    closed = "home" in policy.address.closed and not managed
    around = Surroundings(lambda _: closed, silent=False)
    site = Site(policy, installation, addresses, around=around, mark="PRACTICE", users=users)
    site.give_practice_key()
    loopback = Loopback(site, ports[roles[0]], web_port, _write_client_files(site, ports))
    classroom = Classroom(
        policy, installation, site.service.accounts, command=loopback.command_of, ssh_port=loopback.ssh_port
    )
    with tempfile.TemporaryDirectory(prefix="mfa-guide-", dir=control.short_folder()) as folder:
        socket_path = Path(folder) / "control.sock" if control.possible() else None
        async with (
            background() as jobs,
            open_site(
                site,
                handler=site.handle,
                jobs=jobs,
                listening=Listening(
                    ssh=[(role, listener) for role, found in listeners.items() for listener in found],
                    web=web,
                    control=socket_path,
                ),
                ssh_command=loopback.command_of,
                classroom=classroom,
            ),
        ):
            jobs.start(classroom.make_keys(), "making keys")
            with _found(socket_path, addresses.firewall, state):
                yield loopback


@contextlib.contextmanager
def _found(control: Path | None, web: str, state: Path) -> Iterator[None]:
    """Let other commands find the site; without a control socket there is nothing that they could do with it."""
    if control is None:
        yield
        return
    card = cards.leave(cards.RunningSite(control=control, kind="loopback", web=web, state=state.resolve()))
    try:
        yield
    finally:
        card.unlink(missing_ok=True)
