"""Logging in on loopback with the real ssh: every way it can go."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import asyncssh
import pexpect
import pytest

from mfa_guide.practice.hosting.running import LINK
from mfa_guide.practice.ssh.gateway import MOST_LINKS
from tests.support import POLICY_2024
from tests.support.loopback_site import LoopbackSite, read_link
from tests.support.readers import wait_until
from tests.support.terminals import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mfa_guide.practice.ssh.gateway import Connection


@pytest.fixture(scope="module", params=["2024", "2026"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopbackSite]:
    """A practice site by each of the rules, where no page has to be open first."""
    folder = tmp_path_factory.mktemp("loopback")
    site = LoopbackSite.start(folder, policy=request.param, managed=request.param == "2026")
    yield site
    assert site.stop() == 0


def finish(client: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = client.communicate(timeout=20)
    return client.returncode, out, err


def test_the_browser_and_then_in(site: LoopbackSite) -> None:
    client = site.ssh("whoami; hostname", options=("-v",))
    link = read_link(client)
    assert link.startswith(site.web + "/")
    approved = site.run("practice", "approve", link)
    assert (approved.returncode, approved.stdout) == (0, "Yes: login of vsc98765 on login.hpc.kuleuven.be\n")
    status, out, _ = finish(client)
    assert (status, out) == (0, "vsc98765\nlogin.hpc.kuleuven.be\n")
    again = site.run("practice", "approve", link)
    assert again.returncode == 1
    assert again.stderr.startswith("mfa-guide: this link was used already")
    assert again.stderr.count("\n") == 1
    done = [event for event, _ in site.events()]
    assert done[-3:] == ["link shown", "link approved", "logged in"]
    assert link.rsplit("/", 1)[1] not in str(site.events())


def test_the_key_comes_first(keyed: LoopbackSite) -> None:
    client = keyed.ssh("whoami")
    keyed.approve(read_link(client))
    assert finish(client)[:2] == (0, "vsc98765\n")
    done = [event for event, _ in keyed.events()][-4:]
    assert done == ["key accepted", "link shown", "link approved", "logged in"]


def test_the_key_alone_is_half_a_login(keyed: LoopbackSite) -> None:
    status, out, err = finish(keyed.ssh("whoami", options=("-v", "-o", "BatchMode=yes")))
    assert (status, out) == (255, "")
    assert 'Authenticated using "publickey" with partial success.' in err
    assert "Permission denied (publickey,keyboard-interactive)." in err


def test_no_answer_before_the_link_and_none_without_it(site: LoopbackSite) -> None:
    client = site.ssh("whoami")
    read_link(client)
    with pytest.raises(subprocess.TimeoutExpired):
        client.wait(timeout=0.5)
    client.kill()
    client.communicate()


def test_no_in_the_browser_ends_the_login(site: LoopbackSite) -> None:
    client = site.ssh("whoami")
    link = read_link(client)
    assert site.run("practice", "approve", link, "--deny").stdout.startswith("No: login of vsc98765")
    status, out, err = finish(client)
    assert (status, out) == (255, "")
    assert "14: The login was refused in the browser." in err
    assert "Please open" not in err, "ssh asked again"


def test_a_link_runs_out(site: LoopbackSite) -> None:
    client = site.ssh("whoami")
    link = read_link(client)
    assert site.run("practice", "clock", "+301s").returncode == 0
    status, _, err = finish(client)
    assert status == 255
    assert "14: The login link has run out. Log in again for a new one." in err
    late = site.run("practice", "approve", link)
    assert (late.returncode, "has run out" in late.stderr) == (1, True)


def test_a_link_ends_with_its_connection(site: LoopbackSite) -> None:
    client = site.ssh("whoami")
    link = read_link(client)
    client.kill()
    client.communicate()
    wait_until(lambda: site.events()[-1][0] == "login left")
    late = site.run("practice", "approve", link)
    assert (late.returncode, "has ended" in late.stderr) == (1, True)


def test_only_the_owner_can_answer(site: LoopbackSite) -> None:
    client = site.ssh("whoami")
    link = read_link(client)
    other = site.run("practice", "approve", link, "--institution", "UGent")
    assert (other.returncode, other.stderr) == (1, "mfa-guide: you do not own the account vsc98765\n")
    nowhere = site.run("practice", "approve", link, "--institution", "Nowhere")
    assert (nowhere.returncode, "KU Leuven Association, UHasselt" in nowhere.stderr) == (2, True)
    assert site.run("practice", "approve", link).returncode == 0
    assert finish(client)[:2] == (0, "vsc98765\n")


def test_two_logins_have_two_links(site: LoopbackSite) -> None:
    first, second = site.ssh("echo first"), site.ssh("echo second")
    links = [read_link(first), read_link(second)]
    assert links[0] != links[1]
    site.run("practice", "approve", links[1])
    assert finish(second)[:2] == (0, "second\n")
    assert first.poll() is None
    site.run("practice", "approve", links[0])
    assert finish(first)[:2] == (0, "first\n")


def test_another_key_or_account_gets_no_link(keyed: LoopbackSite, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(stranger)
    stranger.chmod(0o600)
    status, _, err = finish(keyed.ssh_alone("-i", str(stranger)))
    assert (status, err) == (255, "vsc98765@127.0.0.1: Permission denied (publickey).\n")
    status, _, err = finish(keyed.ssh("true", user="vsc11111"))
    assert (status, err) == (255, "vsc11111@127.0.0.1: Permission denied (publickey).\n")


@pytest.mark.parametrize("host", ["login.hpc.kuleuvn.be", "localhost", "127.0.0.1", "::1"])
def test_no_other_name_leads_anywhere(site: LoopbackSite, host: str) -> None:
    status, _, err = finish(site.ssh("true", host=host))
    assert (status, err) == (255, f"ssh: Could not resolve hostname {host}..: Name or service not known\n")


def test_a_public_key_without_its_private_half_gets_no_link(keyed: LoopbackSite, tmp_path: Path) -> None:
    """The client offers the right public key, the gateway says it would do, and nobody can sign with it."""
    (tmp_path / "half.pub").write_bytes(Path(f"{keyed.key}.pub").read_bytes())
    status, _, err = finish(keyed.ssh_alone("-v", "-i", str(tmp_path / "half.pub")))
    assert status == 255
    assert "Server accepts key" in err
    assert "Permission denied (publickey)." in err
    assert "keyboard-interactive" not in err.split("Server accepts key")[1]


def test_too_many_keys(site: LoopbackSite, tmp_path: Path) -> None:
    paths = [tmp_path / f"key{number}" for number in range(6)]
    for path in paths:
        asyncssh.generate_private_key("ssh-ed25519").write_private_key(path)
        path.chmod(0o600)
    words = [word for path in (*paths, site.key) for word in ("-i", str(path))]
    assert "2: Too many authentication failures" in finish(site.ssh_alone(*words))[2]


def key_of(connection: Connection) -> asyncssh.SSHKey:
    """Return the only key of the practice account."""
    (key,) = connection._gateway.service.accounts.keys("vsc98765")
    assert isinstance(key, asyncssh.SSHKey)
    return key


def test_what_one_account_proved_is_worth_nothing_for_another(
    tmp_path: Path, gateway: Callable[[], Connection]
) -> None:
    connection = gateway()
    key = key_of(connection)
    connection.begin_auth("vsc98765")
    assert connection.validate_public_key("vsc98765", key)
    assert not connection.kbdint_auth_supported(), "a probe counted as proof"
    connection.key_was_proved()
    assert connection.kbdint_auth_supported()
    assert not connection.validate_public_key("vsc98765", key), "the same key again"
    connection.begin_auth("vsc11111")
    assert not connection.kbdint_auth_supported()


def test_a_deleted_key_gets_no_login(gateway: Callable[[], Connection]) -> None:
    before, after = gateway(), gateway()
    accounts, key = before._gateway.service.accounts, key_of(before)
    before.begin_auth("vsc98765")
    assert before.validate_public_key("vsc98765", key)
    accounts.delete_key("vsc98765", key)
    after.begin_auth("vsc98765")
    assert not after.validate_public_key("vsc98765", key)


def test_sessions_that_begin_at_once_bring_one_certificate(
    gateway: Callable[[], Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = gateway()
    given: list[str] = []

    async def inject(conn: object, account: str, *, wanted: bytes | None, or_nothing: bool) -> str:
        given.append(account)
        # An agent takes its time.
        await asyncio.sleep(0)
        return "SHA256:x"

    monkeypatch.setattr(connection._gateway.authority, "inject", inject)
    connection.begin_auth("vsc98765")
    connection.means = "browser"

    async def sessions() -> list[bool]:
        return [*await asyncio.gather(*(connection.inject() for _ in range(3)))]

    assert asyncio.run(sessions()) == [True] * 3
    assert given == ["vsc98765"]


@pytest.fixture
def gateway(tmp_path: Path) -> Callable[[], Connection]:
    """Makes a connection of a gateway that nobody has connected to, by the rules of early 2024."""
    from mfa_guide.practice.hosting.assembly import Site
    from mfa_guide.practice.hosting.installation import open_installation
    from mfa_guide.practice.rules.access import OPEN
    from mfa_guide.practice.rules.roles import all_roles
    from mfa_guide.practice.ssh.gateway import Connection
    from mfa_guide.practice.web.addresses import Addresses

    policy = POLICY_2024
    addresses = Addresses("http://127.0.0.1:1", "http://localhost:1", "http://127.0.0.1:1/account")
    site = Site(policy, open_installation(tmp_path / "state", policy), addresses, around=OPEN, mark="")
    site.give_practice_key()

    def make() -> Connection:
        connection = Connection(site.gateway, all_roles(policy)[0])
        connection._address, connection._port = "192.0.2.1", 1
        connection._grace = SimpleNamespace(cancel=lambda: None)  # type: ignore[assignment]
        connection._conn = SimpleNamespace(get_extra_info=lambda _name, default: default)  # type: ignore[assignment]
        return connection

    return make


def test_a_connection_cannot_ask_for_one_link_after_the_other(
    gateway: Callable[[], Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = gateway()
    monkeypatch.setattr(connection, "_host_key", lambda: SimpleNamespace(get_fingerprint=lambda: "SHA256:x"))
    connection._gateway.connections.add(connection, "192.0.2.1")
    logins = connection._service.logins
    for _ in range(MOST_LINKS):
        connection.get_kbdint_challenge("vsc98765", "", "")
        assert len(logins.waiting(account="vsc98765", address="192.0.2.1")) == 1
    with pytest.raises(asyncssh.DisconnectError, match="Too many links were asked for"):
        connection.get_kbdint_challenge("vsc98765", "", "")


def test_the_session_at_a_terminal(site: LoopbackSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a terminal there is a prompt; Ctrl+C gives a new one, `exit` ends it with the last status."""
    monkeypatch.setenv("TERM", "xterm")
    client = pexpect.spawn(
        "ssh", ["-F", str(site.config), "vsc98765@login.hpc.kuleuven.be"], timeout=20, encoding="utf-8"
    )
    client.expect(LINK.pattern)
    site.run("practice", "approve", shown(client)[0])
    client.expect_exact("PRACTICE site")
    client.expect_exact("\r\n$ ")
    client.sendline("echo one; false")
    client.expect_exact("\r\none\r\n$ ")
    client.send("echo two\x03")
    client.expect_exact("$ ")
    client.sendline("exit")
    client.expect(pexpect.EOF)
    client.close()
    assert client.exitstatus == 1
