"""A classroom: accounts and keys for participants, with the real ssh and PuTTY's own program."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import asyncssh
import httpx2
import pexpect
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from mfa_guide.practice.hosting.installation import open_installation
from mfa_guide.practice.web.entrance import entrance_key
from tests.support import POLICY, POLICY_2024, PROJECT
from tests.support.loopback_site import COMMAND, LoopbackSite, read_link
from tests.support.readers import wait_until
from tests.support.terminals import shown
from tests.support.walking import form_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

USERS = ["vsc98765", "vsc98766", "vsc98767"]


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopbackSite]:
    """A practice site with three participants, by the rules of early 2024: each has a key."""
    site = LoopbackSite.start(tmp_path_factory.mktemp("classroom"), users=len(USERS), policy="2024")
    yield site
    assert site.stop() == 0


@pytest.fixture(scope="module")
def trainer(classroom: LoopbackSite) -> httpx2.Client:
    """A browser that was let in."""
    secret = open_installation(classroom.config.parent, POLICY_2024).secret
    client = httpx2.Client(follow_redirects=True, timeout=60)
    client.get(f"{classroom.web}/enter/{entrance_key(secret)}")
    return client


@pytest.fixture(scope="module")
def keys(classroom: LoopbackSite, trainer: httpx2.Client) -> Path:
    """The folder with the participants' keys, all made."""
    for account in USERS:
        assert trainer.get(f"{classroom.web}/classroom/keys/{account}").status_code == 200
    return classroom.config.with_name("participants")


def sheet(site: LoopbackSite, trainer: httpx2.Client, account: str) -> str:
    """Return the text of a participant's sheet."""
    page = trainer.get(f"{site.web}/classroom/sheets").text
    found = re.search(rf'<article aria-labelledby="{account}">(.*?)</article>', page, re.DOTALL)
    assert found
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", "", found[1]))


def log_in(site: LoopbackSite, client: subprocess.Popen[str]) -> str:
    assert site.run("practice", "approve", read_link(client)).returncode == 0
    out, _ = client.communicate(timeout=20)
    return out


def test_what_the_guide_tells_trainers_to_press_is_there(classroom: LoopbackSite, trainer: httpx2.Client) -> None:
    page = (PROJECT / "docs" / "teach-a-class.md").read_text()
    shown = trainer.get(f"{classroom.web}/classroom").text
    pressed = re.findall(r"Press \*(.+?)\*", page)
    assert pressed
    for label in pressed:
        assert f">{label}</a>" in shown


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("account", USERS)
def test_each_logs_in_with_the_key_of_their_own(classroom: LoopbackSite, account: str) -> None:
    assert log_in(classroom, classroom.ssh("whoami", user=account)) == f"{account}\n"
    events = [(event, details) for event, details in classroom.events() if details.get("account") == account]
    own = next(details["key"] for event, details in events if event == "key added")
    assert [details["key"] for event, details in events if event == "key accepted"] == [own]
    assert "key refused" not in [event for event, _ in events], "no other key was offered"


def test_nobody_logs_in_with_the_key_of_another(classroom: LoopbackSite, keys: Path) -> None:
    options = ("-F", "none", "-p", str(classroom.ssh_port), "-i", str(keys / "vsc98766"), "-o", "IdentitiesOnly=yes")
    hosts = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null")
    done = subprocess.run(["ssh", *options, *hosts, "vsc98767@127.0.0.1"], capture_output=True, text=True)
    assert done.returncode == 255
    assert "Permission denied (publickey)." in done.stderr


def test_each_key_is_private_and_of_its_own(keys: Path) -> None:
    assert keys.stat().st_mode & 0o777 == 0o700
    found = [keys.parent / "id_rsa_vsc", keys / "vsc98766", keys / "vsc98767"]
    assert [path.stat().st_mode & 0o777 for path in found] == [0o600] * 3
    public = [asyncssh.read_private_key(path).pyca_key for path in found]
    assert {key.key_size for key in public if isinstance(key, RSAPrivateKey)} == {4096}
    assert all(isinstance(key, RSAPrivateKey) for key in public)
    assert len({path.read_bytes() for path in found}) == 3


def test_the_command_on_the_sheet(classroom: LoopbackSite, trainer: httpx2.Client, keys: Path, tmp_path: Path) -> None:
    """As somebody types it who has another account on the computer: only what is on the sheet, and a download."""
    text = sheet(classroom, trainer, "vsc98766")
    address = re.search(r"http://\S+/classroom/keys/vsc98766 ", text)
    assert address
    download = trainer.get(address[0].strip())
    name = re.search(r'filename="(.+)"', download.headers["content-disposition"])
    assert name
    (tmp_path / name[1]).write_bytes(download.content)
    protect = re.search(r"chmod 600 \S+", text)
    command = re.search(r"ssh -F none .*?@127.0.0.1", text)
    assert protect and command
    subprocess.run(shlex.split(protect[0]), cwd=tmp_path, check=True)

    terminal = pexpect.spawn("sh", ["-c", f"{command[0]} whoami"], cwd=tmp_path, encoding="utf-8", timeout=20)
    terminal.expect(r"(\S+) key fingerprint is:? (SHA256:[A-Za-z0-9+/]{43})")
    assert f" {shown(terminal)[1]} {shown(terminal)[2]} " in text
    terminal.expect_exact("(yes/no/[fingerprint])?")
    terminal.sendline("yes")
    terminal.expect(r"(http://\S+) to complete")
    assert classroom.run("practice", "approve", shown(terminal)[1]).returncode == 0
    terminal.expect("vsc98766\r\n")
    terminal.expect(pexpect.EOF)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["practice-hosts", "vsc98766-practice"]


@pytest.mark.parametrize("account", ["vsc98765", "vsc98767"])
def test_a_key_in_puttys_format(
    classroom: LoopbackSite, trainer: httpx2.Client, keys: Path, tmp_path: Path, account: str
) -> None:
    download = trainer.get(f"{classroom.web}/classroom/keys/{account}.ppk")
    assert download.content.startswith(b"PuTTY-User-Key-File-3: ssh-rsa\r\nEncryption: none") or (
        download.content.startswith(b"PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none")
    )
    (tmp_path / "key.ppk").write_bytes(download.content)
    listed = subprocess.run(["puttygen", tmp_path / "key.ppk", "-L"], capture_output=True, text=True, check=True)
    own = keys.parent / "id_rsa_vsc" if account == USERS[0] else keys / account
    assert listed.stdout.split()[:2] == own.with_suffix(".pub").read_text().split()[:2]
    assert (keys / f"{account}.ppk").stat().st_mode & 0o777 == 0o600


def test_today_the_sheet_needs_no_key_and_begins_with_the_page(tmp_path: Path) -> None:
    site = LoopbackSite.start(tmp_path / "site", users=len(USERS))
    secret = open_installation(site.config.parent, POLICY).secret
    with httpx2.Client(follow_redirects=True, timeout=60) as browser:
        page = browser.get(f"{site.web}/enter/{entrance_key(secret)}")
        text = sheet(site, browser, "vsc98766")
        assert "chmod" not in text
        assert "/classroom/keys/" not in text
        command = re.search(r"ssh -F none .*?@127.0.0.1", text)
        who = re.search(r"Choose “(.+?)”, then “(.+?)”\. Nobody asks for a password\. Leave the page open\.", text)
        assert command and who
        (tmp_path / "here").mkdir()

        def start() -> pexpect.spawn[str]:
            words = ["-c", f"{command[0]} -o StrictHostKeyChecking=no whoami"]
            return pexpect.spawn("sh", words, cwd=tmp_path / "here", encoding="utf-8", timeout=20)

        start().expect_exact(f"Open {site.web} first, as vsc98766.")
        for field in ({"institution": who[1]}, {"person": "owner-of-vsc98766"}):
            form = form_of(page, "/log-in")
            page = browser.post(form.address, data=form.fields | field)
        assert who[2] in page.text
        terminal = start()
        terminal.expect(r"(http://\S+) to complete")
        assert site.run("practice", "approve", shown(terminal)[1]).returncode == 0
        terminal.expect("vsc98766\r\n")
        terminal.expect(pexpect.EOF)
    assert site.stop() == 0


def test_fewer_users_later_keep_their_keys(tmp_path: Path) -> None:
    site = LoopbackSite.start(tmp_path, users=2, policy="2024")
    key = tmp_path / "state" / "participants" / "vsc98766"
    wait_until(lambda: "vsc98766" in [details.get("account") for _, details in site.events()])
    before = key.read_bytes()
    assert site.stop() == 0

    site = LoopbackSite.start(tmp_path, policy="2024")
    client = site.ssh("true", user="vsc98766", options=("-i", str(key)))
    _, err = client.communicate(timeout=20)
    assert "Permission denied (publickey)" in err, "the key is kept, the account is not there"
    assert site.stop() == 0

    site = LoopbackSite.start(tmp_path, users=2, policy="2024")
    assert log_in(site, site.ssh("whoami", user="vsc98766")) == "vsc98766\n"
    added = [details for event, details in site.events() if (event, details["account"]) == ("key added", "vsc98766")]
    assert len(added) == 1
    assert key.read_bytes() == before
    assert site.stop() == 0


def test_many_users_do_not_delay_the_start(tmp_path: Path) -> None:
    """Their keys are made while the site runs; a key that is wanted does not wait for the others; nor does the end."""
    site = LoopbackSite.start(tmp_path, users=200)
    folder = tmp_path / "state" / "participants"
    made = len(list(folder.glob("*.pub"))) if folder.exists() else 0
    assert made < 100
    client = httpx2.Client(follow_redirects=True, timeout=60)
    secret = (tmp_path / "state" / "web_secret").read_bytes()
    client.get(f"{site.web}/enter/{entrance_key(secret)}")
    assert client.get(f"{site.web}/classroom/keys/vsc98964").status_code == 200
    assert (folder / "vsc98964").exists()
    assert not (folder / "vsc98963").exists()
    assert client.get(f"{site.web}/classroom/keys/vsc98965").status_code == 404
    assert site.stop() == 0


def test_json_stays_as_it_was_promised(tmp_path: Path) -> None:
    import json

    words = ["practice", "up", "--state", str(tmp_path), "--ssh-port", "0", "--web-port", "0", "--users", "2", "--json"]
    environment = {**os.environ, "MFA_GUIDE_RUNTIME": str(tmp_path)}
    with subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert list(json.loads(process.stdout.readline())) == ["ssh", "web", "user", "key", "ca", "config", "entrance"]
        process.terminate()


@pytest.mark.parametrize("users", ["0", "201", "-1", "many"])
def test_an_impossible_number_of_users(tmp_path: Path, users: str) -> None:
    words = ["practice", "up", "--state", str(tmp_path / "state"), "--users", users]
    done = subprocess.run([*COMMAND, *words], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert "'--users'" in done.stderr
    assert not (tmp_path / "state").exists()
