"""`mfa-guide verify`, played with the real ssh, sftp, plink, psftp and Pageant: set rightly, and wrongly."""

from __future__ import annotations

import asyncio
import datetime
import platform
import re
import socket
import subprocess
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, get_args

import httpx2
import pytest

from mfa_guide.base.errors import UsageError
from mfa_guide.by_hand.findings import SEEN, Cause
from mfa_guide.by_hand.programs import System, find, programs
from mfa_guide.by_hand.verify import Trial, quoted
from mfa_guide.policy import NEWEST, load
from mfa_guide.practice.hosting import loopback
from mfa_guide.practice.hosting.installation import open_installation
from tests.support import POLICY
from tests.support.verifying import ACCOUNT, AS_ON_WINDOWS, FIREWALL, LOGIN, Agent, Verifying
from tests.support.walking import form_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mfa_guide.practice.hosting.installation import Installation

# Its tests share a practice site's state.
pytestmark = pytest.mark.xdist_group("verify")

BY_AGENT = ("-o", "IdentityAgent=SSH_AUTH_SOCK")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The practice site's state, the same for all tests: its keys take long to make."""
    return open_installation(tmp_path_factory.mktemp("verify") / "state", POLICY)


@pytest.fixture
def verify(installation: Installation, tmp_path: Path) -> Iterator[Callable[[str], Verifying]]:
    """Starts `mfa-guide verify`."""
    started: list[Verifying] = []

    def start(client: str) -> Verifying:
        folder = tmp_path / str(len(started))
        folder.mkdir()
        started.append(Verifying(client, installation.folder, folder))
        return started[-1]

    yield start
    for verifying in started:
        verifying.screen.proc.terminate()
        verifying.screen.proc.wait()


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Agent]:
    agent = Agent(tmp_path)
    yield agent
    agent.end()


def new_key(folder: Path, name: str, kind: str = "ed25519") -> Path:
    """Make a key that is nobody's at the practice site."""
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(folder / name)], check=True)
    return folder / name


def test_openssh(verify: Callable[[str], Verifying], installation: Installation, agent: Agent, tmp_path: Path) -> None:
    me = verify("openssh")
    config = me.sees(r"type: ssh -F (\S+) login")[1]
    port = subprocess.run(["ssh", "-F", config, "-G", LOGIN], capture_output=True, text=True).stdout
    port = port.partition("\nport ")[2].split()[0]

    def ssh(*options: str, at: str = LOGIN, program: str = "ssh") -> list[str]:
        return [program, "-F", config, "-o", "BatchMode=no", *options, at, *(["true"] if program == "ssh" else [])]

    def bare(*options: str) -> list[str]:
        """Ssh with nothing but these options and a known host."""
        words = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "IdentityAgent=none"]
        return ["ssh", "-F", "none", "-p", port, *words, *options, f"{ACCOUNT}@127.0.0.1", "true"]

    def not_passed(seen: str, setting: str) -> None:
        me.sees(rf"Not passed\. {seen}[^\n]*\n +The setting: {setting}")

    # -- 1. the browser
    me.starts(*ssh("-o", "UserKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=yes")).done()
    not_passed("The program went away before it named an account", "Answer yes")
    me.starts(*ssh()).done()
    me.sees("names the account vsc98765, and is sent away: no page is open")
    not_passed("The program was sent away, for the firewall page is not open.", r"Open http://127\.0\.0\.1:\d+/enter/")
    me.opens_page()
    me.starts(*ssh("-l", "vsc11111")).done()
    not_passed("The program named another account.", ".*what stands before the @")
    many = [word for number in range(6) for word in ("-i", str(new_key(tmp_path, f"many-{number}")))]
    me.starts(*bare(*many)).done()
    me.sees(r"offers a key ssh-ed25519: refused")
    not_passed("The program offered so many keys", "No -i and no IdentityFile")
    for wrong in ("PreferredAuthentications=publickey", "BatchMode=yes"):
        me.starts("ssh", "-F", config, "-o", wrong, LOGIN, "true").done()
        not_passed("The program did not go on to keyboard-interactive", "PreferredAuthentications")
    me.starts(*ssh()).answered(me, deny=True).done()
    me.sees("the link was denied")
    not_passed("The answer in the browser was No.", "Answer Yes this time.")
    left = me.starts(*ssh())
    left.link()
    left.stopped()
    not_passed("The program went away before the link was answered.", "The program must wait")
    late = me.starts(*ssh())
    late.link()
    me.move_clock("+1h")
    late.done()
    not_passed("Nobody answered the link in time.", "Try again")
    me.opens_page()
    # A key that is refused is no hindrance.
    me.starts(*bare("-i", str(new_key(tmp_path, "other")))).answered(me).done()
    me.sees("is in, by browser\\s+Passed.")

    # -- 2. a certificate
    me.sees("Step 2 of 4: let a certificate into your agent")
    me.starts(*ssh()).answered(me).done()
    me.sees("opened command, without an agent")
    not_passed("The program did not ask to forward an agent.", "-A, or ForwardAgent yes.")
    own = new_key(tmp_path, "own")
    agent.add(own)
    me.starts(*ssh(*BY_AGENT, "-A", at=FIREWALL), agent=agent.socket).answered(me).done()
    not_passed("The program forwarded an agent, but the agent took no", "The agent holds keys of yours")
    agent.remove(own)
    me.starts(*ssh(*BY_AGENT, "-A", at=FIREWALL), agent=agent.socket).answered(me).done()
    me.sees("the agent took a certificate\\s+Passed.")

    # -- 3. without the browser
    me.sees("Step 3 of 4: log in again, without the browser")
    waiting = me.starts(*ssh())
    not_passed("The program offered no certificate.", "IdentitiesOnly yes")
    waiting.stopped()
    waiting = me.starts(*ssh(*BY_AGENT, "-o", "IdentitiesOnly=yes"), agent=agent.socket)
    not_passed("The program offered no certificate.", "IdentitiesOnly yes")
    waiting.stopped()
    me.starts("ssh", "-F", config, "-o", "BatchMode=yes", LOGIN, "true").done()
    not_passed("The program offered no certificate.", "IdentitiesOnly yes")
    # A certificate does not stand for the page, and an open login for nothing.
    me.move_clock("+61s")
    me.starts(*ssh(*BY_AGENT), agent=agent.socket).done()
    not_passed("The program was sent away, for the firewall page is not open.", "Open http")
    me.opens_page()
    open_login = me.starts("ssh", "-F", config, "-T", LOGIN).answered(me)
    not_passed("The program offered no certificate.", "IdentitiesOnly yes")
    me.sees("is in, by browser")
    waiting = me.starts(*ssh())
    not_passed("The program offered no certificate.", "IdentitiesOnly yes")
    waiting.stopped()
    open_login.done()
    me.starts(*ssh(*BY_AGENT), agent=agent.socket).done()
    me.sees("offers a certificate: it fits\\s+is in, by certificate\\s+Passed.")

    # -- 4. files
    me.sees("Step 4 of 4: open your files, without the browser")
    me.starts(*ssh(*BY_AGENT), agent=agent.socket).done()
    not_passed("The program opened no file transfer.", "Type sftp, not ssh.")
    me.starts(*ssh(*BY_AGENT, program="sftp"), agent=agent.socket).done()
    me.sees("opened files, without an agent\\s+Passed.")

    assert me.ends() == 0, me.said
    (kept,) = me.evidence()
    version = subprocess.run(["ssh", "-V"], capture_output=True, text=True).stderr.partition(",")[0]
    assert kept == {
        "client": "openssh",
        "version": f"SSH-2.0-{version}",
        "date": datetime.datetime.now(datetime.UTC).date(),
        "steps": dict.fromkeys(("login", "certificate", "again", "files"), "passed"),
    }
    assert "\x1b" not in me.said
    text = (me.project / "by-hand" / "verified.yml").read_text()
    assert not [word for word in (ACCOUNT, "127.0.0.1", str(tmp_path), FIREWALL) if word in text]


@pytest.fixture
def pageant() -> Iterator[Path]:
    """Pageant, which is empty; its socket."""
    command = ["pageant", "--exec", "sh", "-c", 'echo "$SSH_AUTH_SOCK"; read line']
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Path(process.stdout.readline().strip())
        process.communicate("end\n")


def host_key(installation: Installation) -> str:
    """Return what PuTTY's option -hostkey takes."""
    return installation.host_keys[0].get_fingerprint()


def without_interactive(me: Verifying) -> str:
    """Save a session of PuTTY that does not try keyboard-interactive; return its name."""
    sessions = Path(me.environment["HOME"]) / ".putty" / "sessions"
    sessions.mkdir(parents=True)
    (sessions / "without").write_text("AuthKI=0\n")
    return "without"


def test_putty(verify: Callable[[str], Verifying], installation: Installation, pageant: Path, tmp_path: Path) -> None:
    me = verify("putty")
    port = me.sees(r"Host Name 127.0.0.1, Port (\d+)")[1]
    known = ["-batch", "-hostkey", host_key(installation), "-P", port]
    at = f"{ACCOUNT}@127.0.0.1"
    other = new_key(tmp_path, "other")
    subprocess.run(["puttygen", str(other), "-O", "private", "-o", f"{other}.ppk"], check=True)
    key = ("-i", f"{other}.ppk")

    def plink(*options: str) -> list[str]:
        return ["plink", *known, *options, at, "true"]

    def not_passed(seen: str, setting: str) -> None:
        me.sees(rf"Not passed\. {seen}[^\n]*\n +The setting: {setting}")

    # -- 1. the browser
    me.starts("plink", *known[:1], "-P", port, at, "true").done()
    not_passed("The program went away before it named an account", "Press Accept")
    me.starts(*plink()).done()
    not_passed("The program was sent away, for the firewall page is not open.", "Open http")
    me.opens_page()
    session = "-load", without_interactive(me)
    me.starts(*plink(*session)).done()
    not_passed("The program did not go on to keyboard-interactive", "[^\n]*tick Attempt “keyboard-interactive” auth")
    me.starts(*plink()).answered(me).done()
    me.sees("is in, by browser\\s+Passed.")

    # -- 2. a certificate
    me.starts(*plink(), agent=pageant).answered(me).done()
    not_passed("The program did not ask to forward an agent.", "[^\n]*tick Allow agent forwarding")
    me.starts(*plink("-A"), agent=pageant).answered(me).done()
    me.sees("the agent took a certificate\\s+Passed.")

    # -- 3. without the browser
    for wrong, agent in ((("-noagent",), pageant), (key, None)):
        waiting = me.starts(*plink(*wrong), agent=agent)
        not_passed("The program offered no certificate", "[^\n]*no private key file. With plink or psftp: no -noagent")
        waiting.stopped()
    me.starts(*plink(), agent=pageant).done()
    me.sees("is in, by certificate\\s+Passed.")

    # -- 4. files: tried wrongly, and given up
    me.starts(*plink(), agent=pageant).done()
    not_passed("The program opened no file transfer.", "Use psftp or pscp")
    me.skips()
    assert me.ends() == 1
    (kept,) = me.evidence()
    assert kept["version"].startswith("SSH-2.0-PuTTY_Release_0.")
    assert kept["steps"] == {
        "login": "passed",
        "certificate": "passed",
        "again": "passed",
        "files": "failed: no-files",
    }


def test_psftp_alone_and_a_step_that_is_passed_before_its_turn(
    verify: Callable[[str], Verifying], installation: Installation, pageant: Path
) -> None:
    me = verify("winscp")
    port = me.sees(r"Port number (\d+)")[1]
    me.opens_page()
    psftp = ["psftp", "-batch", "-hostkey", host_key(installation), "-P", port, "-be", "-b", "/dev/null"]
    psftp.append(f"{ACCOUNT}@127.0.0.1")
    me.starts(*psftp, agent=pageant).answered(me).done()
    me.sees("is in, by browser\\s+Passed.")
    firewall_port = me.sees(r"plink -A -P (\d+)")[1]
    me.starts(*psftp, agent=pageant).answered(me).done()
    me.sees(r"opened files, without an agent\s+Not passed\. [^\n]*\n +The setting: plink needs -A\.")
    plink = ["plink", "-batch", "-hostkey", host_key(installation), "-P", firewall_port, f"{ACCOUNT}@127.0.0.1"]
    me.starts(plink[0], "-A", *plink[1:], agent=pageant).answered(me).done()
    me.sees("the agent took a certificate\\s+Passed.")
    # One login passes the last two.
    me.starts(*psftp, agent=pageant).done()
    me.sees("is in, by certificate\\s+Passed.")
    assert me.ends() == 0, me.said
    # The end of an earlier login says nothing against a later step.
    assert me.said.count("Not passed.") == 1
    assert set(me.evidence()[0]["steps"].values()) == {"passed"}


def test_a_certificate_from_before_shows_nothing(
    verify: Callable[[str], Verifying], installation: Installation, agent: Agent, tmp_path: Path
) -> None:
    """Neither one that this practice site made, nor one of another."""
    ssh = ["ssh", "-F", str(installation.folder / "ssh_config"), *BY_AGENT, "-A", LOGIN, "true"]
    # As one that may hold the user's own.
    agent.add(installation.user_key)
    me = verify("openssh")
    me.sees("Step 1")
    me.opens_page()
    me.starts(*ssh, agent=agent.socket).answered(me).done()
    # One login passes the first two.
    me.sees("is in, by browser\\s+Passed.")
    me.sees("took a certificate\\s+Passed.")
    me.skips()
    me.skips()
    assert me.ends() == 0
    assert set(me.evidence()[0]["steps"].values()) == {"passed", "skipped"}

    me = verify("openssh")
    me.sees("Step 1")
    me.opens_page()
    me.starts(*ssh, agent=agent.socket).done()
    me.sees("Not passed. The program was in by a certificate that its agent held before.\n +The setting: ssh-add -l")
    me.skips()
    me.skips()
    me.sees("Step 3")
    other, authority = new_key(tmp_path, "other", "rsa"), new_key(tmp_path, "authority")
    sign = ["ssh-keygen", "-q", "-s", str(authority), "-I", "x", "-n", ACCOUNT, f"{other}.pub"]
    subprocess.run(sign, check=True)
    words = ["-o", "IdentitiesOnly=yes", "-i", str(other), "-o", f"CertificateFile={other}-cert.pub"]
    waiting = me.starts("ssh", "-F", ssh[2], *words, LOGIN, "true")
    me.sees("offers a certificate: refused")
    me.sees(
        "Not passed. The program offered a certificate that does not fit here[^\n]*\n +The setting: The agent holds"
    )
    waiting.stopped()
    me.skips()
    me.skips()
    assert me.ends() == 1


def test_nothing_tried_is_no_evidence(verify: Callable[[str], Verifying]) -> None:
    me = verify("mobaxterm")
    for _ in range(4):
        me.skips()
    assert me.ends() == 1
    assert "nothing was tried, so there is nothing to keep" in me.said
    assert not (me.project / "by-hand").exists()


def test_what_a_user_can_get_wrong(installation: Installation, tmp_path: Path) -> None:
    def verify(*words: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("mfa-guide")), "verify", *words, "--state"]
        return subprocess.run([*command, str(installation.folder)], cwd=tmp_path, capture_output=True, text=True)

    assert "no mkdocs.yml" in verify("putty").stderr
    (tmp_path / "mkdocs.yml").touch()
    done = verify("telnet")
    assert (done.returncode, done.stdout) == (2, "")
    known = [name for name, program in programs().items() if program.only != "windows"]
    assert done.stderr == f"mfa-guide: there is no client 'telnet': choose {', '.join(known)}\n"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = verify("putty", "--web-port", "0", "--ssh-port", str(taken.getsockname()[1]))
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    (tmp_path / "by-hand").mkdir()
    (tmp_path / "by-hand" / "verified.yml").write_text("- client: x\n")
    done = verify("putty")
    assert (done.returncode, done.stdout) == (1, ""), "the list that cannot be read is found after the work"
    assert "by-hand/verified.yml:1: `version`: this is missing" in done.stderr


def test_the_rules_are_those_for_which_the_words_are_written() -> None:
    """Nobody is told of a key or of logins beside an open one, everybody of the page: so it must be by the rules."""
    rules = load(NEWEST)
    assert not rules.needs_key
    assert not [name for name, role in rules.roles.items() if role.rides]
    assert "home" in rules.address.closed


@pytest.mark.parametrize("system", get_args(System))
@pytest.mark.parametrize("client", programs())
def test_everything_that_is_said_about_a_program_can_be_said(
    installation: Installation, client: str, system: System
) -> None:
    """Braces name what there is, and every cause has a setting."""

    async def say() -> list[str]:
        async with loopback.run(POLICY, installation.folder, ssh_port=0, web_port=0) as site:
            program = find(client).at(system)
            trial = Trial(program, site, system)
            lines = [*program.steps.values(), *program.looks.values()]
            said = [trial.fill(line) for each in lines for line in each]
            return said + [trial.fill(program.setting(cause)) for cause in SEEN]

    for text in asyncio.run(say()):
        assert not {"{", "}"} & set(text)
    assert set(SEEN) == set(get_args(Cause))


@pytest.mark.parametrize("client", [name for name, program in programs().items() if program.only != "unix"])
def test_a_person_at_windows_reads_nothing_of_unix(client: str) -> None:
    program = find(client, "windows")
    lines = [line for each in (*program.steps.values(), *program.looks.values()) for line in each]
    said = [*lines, *map(program.setting, SEEN)]
    unix = re.compile(r"(?<![\w/:.])(~?/\w|\$\w)|\bshell\b|\bnxplayer\b|a terminal that has|ssh-agent -|\beval\b")
    assert [line for line in said if unix.search(line)] == []
    assert unix.search("type: ssh-add /home/reader/id_rsa_vsc")


def test_a_path_is_written_as_one_types_it_there() -> None:
    path = PureWindowsPath(r"C:\Users\An Example\key")
    assert quoted(path, "windows") == r'"C:\Users\An Example\key"'
    assert quoted(PurePosixPath("/home/an example/key"), "unix") == "'/home/an example/key'"


def test_a_program_is_tried_where_it_runs() -> None:
    with pytest.raises(
        UsageError, match=r"^Windows Terminal is tried on Windows only: choose openssh, putty, mobaxterm"
    ):
        find("windows-terminal", "unix")
    with pytest.raises(UsageError, match=r"^OpenSSH is tried on other systems than Windows: choose putty, windows, "):
        find("openssh", "windows")


def open_page(entrance: str) -> httpx2.Client:
    """Do what the owner of the account does first; return the browser in which the page is open."""
    browser = httpx2.Client(follow_redirects=True)
    page = browser.get(entrance)
    for field in ({"institution": "KU Leuven Association"}, {"person": f"owner-of-{ACCOUNT}"}):
        form = form_of(page, "/log-in")
        page = browser.post(form.address, data=form.fields | field)
    return browser


def answer_yes(browser: httpx2.Client, link: str) -> None:
    """Answer a login in that browser."""
    form = form_of(browser.get(link), f"/{link.rpartition('/')[2]}")
    browser.post(form.address, data=form.fields | {"answer": "yes"})


def test_on_windows_the_practice_site_judges_a_login(installation: Installation, agent: Agent, tmp_path: Path) -> None:
    """With nothing of what Python for Windows lacks."""
    me = Verifying("windows-ssh", installation.folder, tmp_path, command=AS_ON_WINDOWS)
    try:
        entrance = me.sees(r"- Open (\S+) in your browser, log in there if it asks, and keep the page open\.")[1]
        config = me.sees(r"In Command Prompt, type: ssh -F (\S+) login")[1]
        browser = open_page(entrance)
        me.starts("ssh", "-F", config, "-l", "vsc11111", LOGIN, "true").done()
        me.sees(r"Not passed\. The program named another account\.\s+The setting: -l, or what")
        login = me.starts("ssh", "-F", config, LOGIN, "true")
        answer_yes(browser, login.link())
        login.done()
        me.sees("is in, by browser\\s+Passed.")
        ssh = ("ssh", "-F", config, *BY_AGENT, "-A", LOGIN, "true")
        login = me.starts(*ssh, agent=agent.socket)
        answer_yes(browser, login.link())
        login.done()
        me.sees("the agent took a certificate\\s+Passed.")
        me.starts(*ssh, agent=agent.socket).done()
        me.sees("is in, by certificate\\s+Passed.")
        me.starts("sftp", *ssh[1:-2], LOGIN, agent=agent.socket).done()
        me.sees("opened files, with an agent\\s+Passed.")
        assert me.ends() == 0, me.said
        assert me.evidence()[0]["steps"] == dict.fromkeys(("login", "certificate", "again", "files"), "passed")
        browser.close()
    finally:
        me.screen.proc.terminate()


def test_what_only_the_person_sees_is_asked_and_kept(installation: Installation, tmp_path: Path) -> None:
    me = Verifying("windows-terminal", installation.folder, tmp_path, command=AS_ON_WINDOWS)
    me.sees(r"Step 1 of 3: right button copies\s.*\n +Is the whole link there, and nothing else\? Type y, n or s")
    me.screen.sendline("perhaps")
    me.sees("Type y, n or s, and Enter.")
    me.screen.sendline("y")
    me.sees(r"Passed\.\s+Step 2 of 3: right button pastes")
    me.screen.sendline("n")
    me.sees("Step 3 of 3")
    me.skips()
    assert me.ends() == 1, me.said
    (kept,) = me.evidence()
    assert kept["version"] == platform.platform(terse=True)
    assert kept["steps"] == {
        "right button copies": "passed",
        "right button pastes": "failed: otherwise",
        "Ctrl+C on what is selected": "skipped",
    }
