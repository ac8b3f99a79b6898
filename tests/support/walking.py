"""A practice site's web pages without a network, and browsers that walk through them as a reader does."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import asyncssh
import httpx2

from mfa_guide.practice.hosting import assembly
from mfa_guide.practice.hosting.classroom import Classroom
from mfa_guide.practice.hosting.installation import HOST_KEY_TYPES, Installation
from mfa_guide.practice.rules.login_service import LoginService
from mfa_guide.practice.web.addresses import Addresses
from mfa_guide.practice.web.entrance import entrance_address
from mfa_guide.practice.web.server import make_server
from mfa_guide.practice.web.silent import Silent
from tests.support import POLICY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Self

    from starlette.applications import Starlette

    from mfa_guide.practice.rules.logins import Outcome, PendingLogin

T = TypeVar("T")

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
PATIENCE = 30
"""How long an answer may take, in seconds."""
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
    def make(cls, folder: Path, addresses: Addresses = LAB, *, users: int = 1) -> Self:
        """Make one in a folder that is there."""
        installation = make_installation(folder)
        site = assembly.Site(POLICY, installation, addresses, closed=frozenset({HOME}), mark="PRACTICE", users=users)
        service = site.service
        classroom = Classroom(POLICY, installation, service.accounts, command=ssh_command, ssh_port=4022)
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


@dataclass
class Form:
    """A form as it stands on a page."""

    address: str
    fields: dict[str, str]


def form_of(page: httpx2.Response, action: str) -> Form:
    """Return the form of a page whose action ends with `action`, with its hidden fields."""
    for found in re.finditer(r'<form method="post" action="([^"]*)".*?</form>', page.text, re.DOTALL):
        if found[1].endswith(action):
            hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', found[0])
            return Form(str(page.url.join(found[1])), dict(hidden))
    raise AssertionError(f"no form {action!r} on the page:\n{page.text}")


class Browser:
    """What a reader does in a browser: open addresses, fill in the page's own forms. It has cookies of its own."""

    def __init__(self, site: Site, address: str) -> None:
        self.site = site
        # Not Starlette's TestClient: it runs the pages in another thread, and the state file belongs to this one.
        transport = httpx2.ASGITransport(site.app, client=(address, 50000))
        self.client = httpx2.AsyncClient(transport=transport)

    def request(self, method: str, address: str, *, follow: bool = True, **options: Any) -> httpx2.Response:
        """Send a request as it is."""
        request = self.client.request(method, address, follow_redirects=follow, **options)
        # Without a network an answer without end is never seen to begin.
        return asyncio.run(asyncio.wait_for(request, PATIENCE))

    def open(self, address: str) -> httpx2.Response:
        """Open an address, follow redirects."""
        return self.request("GET", address)

    def send(self, page: httpx2.Response, action: str, *, follow: bool = True, **fields: str) -> httpx2.Response:
        """Fill a form of a page in and send it."""
        form = form_of(page, action)
        return self.request("POST", form.address, data=form.fields | fields, follow=follow)

    def upload(
        self, page: httpx2.Response, content: bytes, name: str = "id_rsa_vsc.pub", *, ticked: Sequence[str] = ()
    ) -> httpx2.Response:
        """Choose a file on the account page and upload it, with keys ticked, by fingerprint."""
        form = form_of(page, "/keys")
        data = form.fields | {"press": "upload", "delete": ticked}
        return self.request("POST", form.address, data=data, files={"key": (name, content)})

    def update(self, page: httpx2.Response, *ticked: str) -> httpx2.Response:
        """Press Update on the account page, with keys ticked, by fingerprint."""
        form = form_of(page, "/keys")
        data = form.fields | {"press": "update", "delete": ticked}
        # As a browser does: no file was chosen.
        return self.request("POST", form.address, data=data, files={"key": ("", b"")})

    def choose(self, page: httpx2.Response, institution: str = "KU Leuven Association") -> httpx2.Response:
        """Choose a home organization on the picker."""
        return self.send(page, "/log-in", institution=institution)

    def identify(self, page: httpx2.Response, person: str = "owner-of-vsc98765") -> httpx2.Response:
        """Get through picker and institution, as that person."""
        chosen = self.site.accounts.person(person)
        assert chosen is not None
        return self.send(self.choose(page, chosen.institution), "/log-in", person=person)

    def reach_question(self, login: PendingLogin) -> httpx2.Response:
        """Open a login's link and log in as its owner: what comes is the question."""
        return self.identify(self.open(self.site.link(login)))

    def answer(self, page: httpx2.Response, login: PendingLogin, answer: str) -> httpx2.Response:
        """Press Yes or No."""
        return self.send(page, f"/{login.token}", answer=answer)


class RunningSite:
    """The pages served on loopback, as `practice up` does, by a loop in a thread of its own."""

    site: Site

    def __init__(self, folder: Path) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.listens: tuple[str, int] = self._socket.getsockname()
        port = self.listens[1]
        self.addresses = Addresses(
            f"http://127.0.0.1:{port}", f"http://localhost:{port}", f"http://127.0.0.1:{port}/account"
        )
        self.entrance = entrance_address(self.addresses, SECRET)
        self._folder = folder
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        assert self._ready.wait(10)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.site = Site.make(self._folder, self.addresses, users=3)
        self.server = make_server(self.site.app, Silent(100))
        self._ready.set()
        await self.server.serve(sockets=[self._socket])
        self.site.state.close()

    def do(self, what: Callable[[Site], T]) -> T:
        """Do something with the site in its own thread."""

        async def call() -> T:
            return what(self.site)

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(10)

    def stop(self) -> None:
        """End the server and wait for it."""
        self.server.should_exit = True
        self._thread.join(10)
