"""The process that is the lab: it has the namespaces, runs the practice site in them, and makes machines on request.

Started by `Lab.start` as the lab's user, as root of a fresh user namespace. It ends when its standard input does, so
that it never outlives whoever started it.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from mfa_guide.errors import CannotRunError, GuideError, UsageError
from mfa_guide.policy import Policy
from mfa_guide.practice.installation import open_installation, write_private
from mfa_guide.practice.lab import machine, network
from mfa_guide.practice.lab.doors import Doors
from mfa_guide.practice.lab.mounting import Mounting
from mfa_guide.practice.lab.ordinary import find_program
from mfa_guide.practice.roles import all_roles
from mfa_guide.practice.site import Site, open_site
from mfa_guide.practice.web.addresses import Addresses

SSH_PORT = 22
HTTPS_PORT = 443


@dataclass
class Lab:
    """What the lab's process knows about itself."""

    policy: Policy
    folder: Path
    site: Site
    spki: str
    show: list[Path]
    machines: dict[str, int] = field(default_factory=dict)
    """Each machine's place and kind, with a process in it that others can join."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    """What serves the machines."""

    def hosts(self) -> str:
        """Return the `/etc/hosts` of the lab's machines."""
        policy = self.policy
        names = {network.addresses(policy, role.addresses): [role.host] for role in all_roles(policy)}
        names[network.addresses(policy, "practice_login")].append(policy.text("login_host_genius"))
        web = names[network.addresses(policy, "practice_web")]
        web += [host for host in map(_host, vars(self.site.addresses).values()) if host not in web]
        lines = ["127.0.0.1 localhost", "::1 localhost", f"127.0.1.1 {machine.HOST_NAME}"]
        for pair, known in names.items():
            lines += [f"{pair.v6} {' '.join(known)}", f"{pair.v4} {' '.join(known)}"]
        return "\n".join(lines) + "\n"

    def machine(self, place: str, *, new: bool) -> int:
        """Return a process in the machine at a place; the machine is made when it is asked for first."""
        if place not in network.PLACES:
            raise UsageError(f"there is no machine at {place!r}: choose {', '.join(network.PLACES)}")
        if place not in self.machines:
            disk = machine.make_disk(
                self.folder / "machines" / place,
                new=new,
                policy=self.policy,
                installation=self.site.installation,
                hosts=self.hosts(),
            )
            mounting = Mounting(disk.home.parent)
            namespace = _network_namespace()
            try:
                network.connect_machine(place, network.addresses(self.policy, f"practice_{place}"), namespace.pid)
                self.machines[place] = machine.start_sandbox(
                    disk, self.folder / "card", namespace.pid, self.show, mounting.arguments()
                )
            except CannotRunError:
                # Its end of the line goes with it, so that the next try finds none.
                namespace.kill()
                namespace.wait()
                raise
            self.tasks.add(asyncio.create_task(mounting.serve(self.machines[place])))
        return self.machines[place]

    async def handle(self, request: dict[str, Any]) -> dict[str, Any]:
        """Carry out one request of the control socket: those for a lab here, all others by the site."""
        if request["do"] == "machine":
            process = self.machine(request["place"], new=bool(request["new"]))
            return {"lab": os.getpid(), "process": process, "environment": machine.environment(self.spki)}
        return await self.site.handle(request)


def _host(address: str) -> str:
    return address.split("//")[1]


def _network_namespace() -> subprocess.Popen[bytes]:
    """Make a network namespace that lives as long as this process; return the process that keeps it."""
    command = [find_program("setpriv"), "--pdeathsig=KILL", find_program("unshare"), "--net"]
    holder = subprocess.Popen(
        [*command, "sh", "-c", "echo ready; exec sleep infinity"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    if not holder.stdout.readline():
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


async def _run(folder: Path, state: Path, show: list[Path]) -> None:
    policy = Policy.model_validate_json((folder / "policy.json").read_text(encoding="utf-8"))
    addresses = Addresses(
        firewall=f"https://{policy.text('firewall_host')}",
        institutions=f"https://{policy.text('practice_institution_host')}",
        account=policy.text("account_page").rstrip("/"),
    )
    roles = [(role, network.addresses(policy, role.addresses)) for role in all_roles(policy)]
    network.raise_site([pair for _, pair in roles])
    closed = frozenset(policy.names("practice_abroad"))
    site = Site(policy, open_installation(state, policy), addresses, closed=closed, mark="")
    doors = Doors(site.access, roles)
    site.access.on_change = doors.update
    site.gateway.on_connect = doors.let_in
    site.give_practice_key()
    tls, spki = _make_tls(folder, [_host(address) for address in vars(addresses).values()])
    lab = Lab(policy, folder, site, spki, show)
    control = folder / "card" / "control.sock"
    (folder / "card" / "lab.json").write_text(
        json.dumps({"control": str(machine.CONTROL / control.name), "kind": "lab", "state": None})
    )
    async with open_site(
        site,
        handler=lab.handle,
        ssh=[(role, listener) for role, pair in roles for listener in _listen(pair, SSH_PORT)],
        web=_listen(network.addresses(policy, "practice_web"), HTTPS_PORT),
        tls=tls,
        control_socket=control,
        ssh_command=lambda account: f"ssh -i {policy.text('key_file')} {account}@{policy.text('login_host')}",
    ):
        print(json.dumps({"control": str(control)}), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)


def main() -> None:
    """Run the lab: `python -m mfa_guide.practice.lab.inside FOLDER STATE [SHOW …]`."""
    try:
        with contextlib.suppress(KeyboardInterrupt):
            folder, state, *show = map(Path, sys.argv[1:])
            asyncio.run(_run(folder, state, show))
    except GuideError as error:
        print(json.dumps({"error": str(error), "exit": error.exit_code}), flush=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
