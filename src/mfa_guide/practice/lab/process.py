"""The process that is the lab: it has the namespaces, runs the practice site in them, and makes machines on request.

Started by `Lab.start` as the lab's user, as root of a fresh user namespace. It ends when its standard input does, so
that it never outlives whoever started it.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import hashlib
import json
import os
import shutil
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncssh
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from mfa_guide.base import descriptors
from mfa_guide.base.child import Child
from mfa_guide.base.errors import CannotRunError, GuideError, UsageError
from mfa_guide.base.writing import write_private
from mfa_guide.policy import Policy
from mfa_guide.practice.hosting import cards, requests
from mfa_guide.practice.hosting.assembly import Listening, Site, open_site
from mfa_guide.practice.hosting.background import background
from mfa_guide.practice.hosting.installation import open_installation
from mfa_guide.practice.hosting.listening import Listener
from mfa_guide.practice.lab import machine, network, server
from mfa_guide.practice.lab.doors import Doors
from mfa_guide.practice.lab.exchanged import EXCHANGED, Exchanged
from mfa_guide.practice.lab.mounting import Mounting
from mfa_guide.practice.lab.server import Server, sshd_command
from mfa_guide.practice.lab.unprivileged import find_program
from mfa_guide.practice.places import PLACES, SERVER
from mfa_guide.practice.rules.access import Surroundings
from mfa_guide.practice.rules.roles import all_roles
from mfa_guide.practice.web.addresses import Addresses

if TYPE_CHECKING:
    from mfa_guide.practice.hosting.background import Background
    from mfa_guide.practice.lab.machine import Sandbox

SSH_PORT = 22
HTTPS_PORT = 443


@dataclass
class RunningLab:
    """What the lab's process knows about itself."""

    policy: Policy
    folder: Path
    site: Site
    spki: str
    show: list[Path]
    server: Server
    exchanged: Exchanged | None
    """Programs that take the place of those of the reader's machines."""
    jobs: Background
    """What serves the machines."""
    machines: dict[str, Sandbox] = field(default_factory=dict)
    """The machines that run, by their places."""
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)
    _maker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    """Makes them while all else goes on. It is one thread for the whole of the lab: they end with the thread that made
    them, for that is what the kernel calls their parent."""

    def hosts(self) -> str:
        """Return what `/etc/hosts` says about the lab's hosts."""
        policy = self.policy
        names = {network.addresses(policy, role.rules.addresses): [*role.hosts] for role in all_roles(policy)}
        web = names[network.addresses(policy, "practice_web")]
        web += [host for host in map(_host, vars(self.site.addresses).values()) if host not in web]
        names[self.server.addresses] = [self.server.host]
        pairs = [(address, known) for pair, known in names.items() for address in (pair.v6, pair.v4)]
        return "".join(f"{address} {' '.join(known)}\n" for address, known in pairs)

    def ssh(self) -> str:
        """Return the path, outside, of the `ssh` of the reader's machines."""
        other = self.exchanged.programs.get("/usr/bin/ssh") if self.exchanged else None
        return str(other or find_program("ssh"))

    def known_hosts(self) -> str:
        """Return the lines by which OpenSSH knows every host of the lab."""
        by_address = machine.knows_addresses(self.ssh())
        known = machine.known_hosts(self.policy, self.site.installation, by_address=by_address)
        return known + self.server.known_host(by_address=by_address)

    async def machine(self, place: str, *, new: bool = False) -> Sandbox:
        """Return the machine at a place; it is made when it is asked for first, one after the other."""
        places = (*PLACES, SERVER)
        if place not in places:
            raise UsageError(f"there is no machine at {place!r}: choose {', '.join(places)}")
        async with self._making:
            if place not in self.machines:
                loop = asyncio.get_running_loop()
                try:
                    sandbox, mounting = await loop.run_in_executor(self._maker, self._make, place, new)
                except OSError as error:
                    if not descriptors.is_no_room(error):
                        raise
                    # Whoever asked is told, and the lab goes on.
                    raise CannotRunError(f"a machine of the lab cannot be made now: {error.strerror}") from None
                self.machines[place] = sandbox
                if mounting:
                    self.jobs.start(mounting.serve(sandbox.process), "mounting for readers")
        return self.machines[place]

    def _make(self, place: str, new: bool) -> tuple[Sandbox, Mounting | None]:
        folder = self.folder / "machines" / place
        namespace = _network_namespace()
        try:
            network.connect_machine(place, network.addresses(self.policy, f"practice_{place}"), namespace.pid)
            return self._start(place, folder, namespace.pid, new=new)
        except Exception:
            # The next try finds nothing of this one. Left to the kernel, the line would go some time after its end.
            network.disconnect_machine(place)
            namespace.end(within=0)
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _start(self, place: str, folder: Path, namespace: int, *, new: bool) -> tuple[Sandbox, Mounting | None]:
        if place == SERVER:
            disk = machine.make_disk(folder, name=place, hosts=self.hosts())
            self.server.furnish(disk, self.site.installation, self.known_hosts())
            return machine.start_sandbox(disk, namespace, self.show, [], server.AS_ROOT), None
        config = machine.shipped_ssh_config(self.ssh())
        disk = machine.make_disk(folder, name=machine.LAPTOP, hosts=self.hosts(), ssh_config=config)
        if not new:
            machine.give_key(disk, self.policy, self.site.installation, self.known_hosts())
        mounting = Mounting(folder)
        more = [*machine.control_arguments(self.folder / "card"), *mounting.arguments()]
        if self.exchanged:
            more += self.exchanged.arguments()
        return machine.start_sandbox(disk, namespace, self.show, more), mounting

    def open_server(self) -> None:
        """Let people connect to the server, if there can be one here."""
        with contextlib.suppress(CannotRunError):
            sshd_command()
            network.raise_site([self.server.addresses])
            for listener in _listen(self.server.addresses, SSH_PORT):
                serving = self.server.serve(Listener.over(listener), lambda: self.machine(SERVER))
                self.jobs.start(serving, "serving somebody else's server")

    async def handle(self, request: requests.Request) -> dict[str, Any]:
        """Carry out one request of the control socket: those for a lab here, all others by the site."""
        if not isinstance(request, requests.MakeMachine):
            return await self.site.handle(request)
        place = request.place
        sandbox = await self.machine(place, new=request.new)
        environment = server.environment() if place == SERVER else machine.environment(self.spki)
        return {"lab": os.getpid(), "sandbox": asdict(sandbox), "environment": environment}


def _host(address: str) -> str:
    return address.split("//")[1]


def _network_namespace() -> Child:
    """Make a network namespace that lives as long as this process; return the process that keeps it."""
    command = [find_program("setpriv"), "--pdeathsig=KILL", find_program("unshare"), "--net"]
    holder = Child([*command, "sh", "-c", "echo ready; exec sleep infinity"], "a machine's network")
    if not holder.line(machine.STARTS_WITHIN):
        raise CannotRunError("a machine of the lab cannot be made on this computer: no network namespaces")
    return holder


def _listen(pair: network.Pair, port: int) -> list[socket.socket]:
    return [
        socket.create_server((pair.v4, port)),
        socket.create_server((pair.v6, port), family=socket.AF_INET6),
    ]


def _make_tls(folder: Path, hosts: list[str]) -> tuple[tuple[Path, Path], str]:
    authority = trustme.CA(organization_name="PRACTICE site")
    issued = authority.issue_cert(*hosts)
    certificate, key = folder / "web.pem", folder / "web.key"
    write_private(key, issued.private_key_pem.bytes())
    certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    public = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    info = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return (certificate, key), base64.b64encode(hashlib.sha256(info).digest()).decode()


def _closed(policy: Policy, *, managed: bool) -> frozenset[str]:
    """Return the addresses from which one may not connect without more."""
    closed = {*policy.address.closed} - {*(PLACES if managed else ())}
    return frozenset(address for place in closed for address in policy.names(f"practice_{place}"))


async def _run(folder: Path, state: Path, show: list[Path], *, managed: bool) -> None:
    policy = Policy.model_validate_json((folder / "policy.json").read_text(encoding="utf-8"))
    addresses = Addresses(
        firewall=f"https://{policy.text('firewall_host')}",
        institutions=f"https://{policy.text('practice_institution_host')}",
        account=policy.text("account_page").rstrip("/"),
    )
    roles = [(role, network.addresses(policy, role.rules.addresses)) for role in all_roles(policy)]
    network.raise_site([pair for _, pair in roles])
    closed = _closed(policy, managed=managed)
    around = Surroundings(closed.__contains__, silent=True)
    site = Site(policy, open_installation(state, policy), addresses, around=around, mark="")
    access = site.service.access
    doors = Doors(access, roles, closed)
    access.on_change = doors.update
    site.gateway.on_connect = doors.let_in
    site.give_practice_key()
    tls, spki = _make_tls(folder, [_host(address) for address in vars(addresses).values()])
    exchanged = None
    if (folder / EXCHANGED).exists():
        exchanged = Exchanged.model_validate_json((folder / EXCHANGED).read_text(encoding="utf-8"))
    server_of_another = Server(policy, asyncssh.generate_private_key("ssh-ed25519"))
    control = folder / "card" / "control.sock"
    seen_inside = cards.RunningSite(
        control=machine.CONTROL / control.name, kind="lab", web=addresses.firewall, state=None
    )
    cards.write(seen_inside, folder / "card" / "lab.json")
    async with background() as jobs:
        lab = RunningLab(policy, folder, site, spki, show, server_of_another, exchanged, jobs)
        lab.open_server()
        async with open_site(
            site,
            handler=lab.handle,
            listening=Listening(
                ssh=[(role, listener) for role, pair in roles for listener in _listen(pair, SSH_PORT)],
                web=_listen(network.addresses(policy, "practice_web"), HTTPS_PORT),
                control=control,
                tls=tls,
            ),
            jobs=jobs,
            ssh_command=lambda account: _ssh_command(policy, account),
        ):
            print(json.dumps({"control": str(control), "web": addresses.firewall}), flush=True)
            await _end_of_input()


def _ssh_command(policy: Policy, account: str) -> str:
    """Return how somebody logs in to the usual machine."""
    key = f"-i {policy.text('key_file')} " if policy.needs_key else ""
    return f"ssh {key}{account}@{policy.text('login_host')}"


async def _end_of_input() -> None:
    """Return when whoever started this process ends its input. Not in a thread: what fails elsewhere ends this, too."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.read(4096):
        pass


def main() -> None:
    """Run the lab: `python -m mfa_guide.practice.lab.process [--managed] FOLDER STATE [SHOW …]`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--managed", action="store_true")
    parser.add_argument("folder", type=Path)
    parser.add_argument("state", type=Path)
    parser.add_argument("show", type=Path, nargs="*")
    words = parser.parse_args()
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_run(words.folder, words.state, words.show, managed=words.managed))
    except GuideError as error:
        # For whoever waits for the first answer, and for whoever wonders later why it has ended.
        print(json.dumps({"error": str(error), "exit": error.exit_code}), flush=True)
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
