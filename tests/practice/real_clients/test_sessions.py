"""What one can do once one is in: files, commands, terminals, forwarding, several sessions over one connection.

A login is open all the time, so that whatever follows rides beside it and needs no browser.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING

import pexpect
import pytest

from mfa_guide.clients import suites
from mfa_guide.problems.catalogue import entries
from mfa_guide.problems.finding import find, index
from tests.support import POLICY_2024
from tests.support.readers import HOSTS, KEY, Reader, at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.practice.lab import Lab

RULES = POLICY_2024
"""Those of early 2024: whatever follows an open login rides beside it."""
REMOTE = f"{at('login')}:"


@pytest.fixture(scope="module", autouse=True)
def open_login(home: Reader) -> Iterator[None]:
    login = home.hold("login")
    home.bash(f"mkdir -p ~/.ssh; echo IdentityFile {KEY} > ~/.ssh/config")
    yield
    login.finish()


# -- files -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", ["-s", "-O"])
def test_scp_there_and_back(home: Reader, protocol: str) -> None:
    """With the new protocol and the old one; large enough for many packets, with every byte."""
    data = bytes(range(256)) * 8000
    home.write("large", data)
    home.bash(f"scp -p {protocol} large {REMOTE}large{protocol} && scp -p {protocol} {REMOTE}large{protocol} back")
    assert hashlib.sha256(home.read("back")).digest() == hashlib.sha256(data).digest()
    home.bash("mkdir -p folder/in && echo deep > folder/in/file && rm -rf again")
    home.bash(f"scp -r {protocol} folder {REMOTE}folder{protocol} && scp -r {protocol} {REMOTE}folder{protocol} again")
    assert home.read("again/in/file") == b"deep\n"
    assert home.bash(f"ssh {at('login')} cat folder{protocol}/in/file") == "deep\n"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (f"{REMOTE}missing x", "missing: No such file or directory"),
        (f"{REMOTE}folder/missing x", "folder/missing: No such file or directory"),
        (f"-r {REMOTE}missing x", "missing: No such file or directory"),
        (f"{REMOTE}/etc/passwd x", "/etc/passwd: No such file or directory"),
        (f"{REMOTE}file/in x", "file/in: Not a directory"),
        (f"file {REMOTE}missing/file", "missing/file: No such file or directory"),
        (f"file {REMOTE}missing/", "missing/: Is a directory"),
        (f"-r folder {REMOTE}missing/folder", "missing/folder: No such file or directory"),
        (f"-p file {REMOTE}file/in", "file/in: Not a directory"),
    ],
)
def test_the_old_scp_names_files_as_they_were_named(home: Reader, words: str, error: str) -> None:
    """In OpenSSH's words, which `explain` knows; nothing tells where they lie on the computer of the practice site."""
    home.bash(f"mkdir -p folder; echo 1 > file; scp -rO folder file {REMOTE}")
    done = home.run("scp", "-O", *words.split())
    assert (done.status, done.err) == (1, f"scp: {error}\n")
    assert [found.id for found in find(done.err, index(entries("2024")))] == ["scp-no-file"]


@pytest.mark.parametrize("protocol", ["-s", "-O"])
def test_scp_of_what_is_not_there(home: Reader, protocol: str) -> None:
    done = home.run("scp", protocol, f"{REMOTE}missing", "x")
    assert done.status == 1
    assert done.err.splitlines() == ["scp: missing: No such file or directory"]


@pytest.mark.parametrize("program", ["scp -s -vvv", "scp -O -vvv", "sftp -vvv -b commands", "ssh"])
def test_no_message_tells_where_the_files_lie(lab: Lab, home: Reader, program: str) -> None:
    """Not even the messages of the protocol, which clients show when they are asked for details."""
    home.bash(f"mkdir -p folder; echo 1 > file; scp -rs folder file {REMOTE}")
    deep = "/".join(["deep"] * 1000)
    home.write(
        "commands",
        b"-get missing\n-get folder\n-get file/in\n-put file missing/in\n-put file folder\n-mkdir file\n-mkdir a/b\n"
        b"-rmdir missing\n-rmdir file\n-rm missing\n-rm folder\n-rename missing other\n-ls missing\n-df missing\n"
        b"-chmod 600 missing\n-ln file link\n-put -r folder missing/in\n-get -r missing\n-cd file\n"
        + f"-get {deep}\n-mkdir {deep}\n-cd {deep}\n".encode(),
    )
    tries = {
        "scp": [f"{REMOTE}{name} x" for name in ("missing", "folder", "file/in", "no*", "missing/*", deep)]
        + [f"file {REMOTE}{name}" for name in ("missing/in", "missing/", "file/in", deep)]
        + [f"-r folder {REMOTE}{name}" for name in ("missing/in", "file", "file/in", deep)]
        + [f"file commands {REMOTE}{name}" for name in ("missing", "file", deep)],
        "sftp": [at("login")],
        "ssh": [
            f"{at('login')} {command} {name}"
            for command in ("cat", "ls", r"echo 1 \>")
            for name in ("missing", "missing/in", "folder", "file/in", deep)
        ],
    }
    said = [home.run(*program.split(), *words.split()) for words in tries[program.split()[0]]]
    assert sum(done.err.count("o such file") for done in said) >= 3, "they do tell of errors"
    for done in said:
        assert not re.search("mfa-guide|homes|state", done.out + done.err), done
        # scp says 255, too, where it does not go on.
        assert program != "ssh" or done.status != 255, f"the connection has ended: {done}"


def test_sftp(home: Reader) -> None:
    home.write("one", os.urandom(70_000))
    home.write(
        "commands",
        b"pwd\nput one\nls -l\nrename one two\nmkdir sub\nput one sub/three\nget sub/three\nget two\n"
        b"chmod 600 two\nrm sub/three\nrmdir sub\nls\n",
    )
    out = home.bash(f"rm -f two three; sftp -b commands {at('login')}")
    assert "Remote working directory: /\n" in out
    assert home.read("two") == home.read("three") == home.read("one")
    assert "sub" not in out.split("sftp> ls\n")[1]


@pytest.mark.parametrize(
    "name",
    ["../../state.sqlite", "/../../state.sqlite", "../../user_ca", "/etc/passwd", "/home/reader/.ssh/id_rsa_vsc"],
)
def test_nothing_outside_the_accounts_home_can_be_named(home: Reader, name: str) -> None:
    for words in (["scp", "-s", f"{REMOTE}{name}", "stolen"], ["scp", "-O", f"{REMOTE}{name}", "stolen"]):
        done = home.run(*words)
        assert done.status == 1, done
        assert "No such file" in done.err
    done = home.run("ssh", at("login"), f"cat {name}")
    assert (done.status, done.out) == (1, "")


def test_a_link_that_leads_outside(lab: Lab, home: Reader) -> None:
    """None can be made, and one that lies there all the same is not followed."""
    home.write("commands", b"-ln -s /etc/passwd soft\n-ln /etc/passwd hard\n-symlink ../../user_ca soft\nls\n")
    done = home.run("sftp", "-b", "commands", at("login"))
    assert done.err.count("Permission denied") + done.err.count("not supported") + done.err.count("denied") >= 3
    assert "soft" not in done.out.split("sftp> ls")[1]
    assert "hard" not in done.out.split("sftp> ls")[1]
    home.bash(f"mkdir -p tree && ln -sf /etc/passwd tree/link && scp -rs tree {REMOTE} && scp -rO tree {REMOTE}tree-O")
    # What arrives is the file of the reader's own machine that the link leads to.
    assert home.bash(f"ssh {at('login')} cat tree/link") == home.bash("cat /etc/passwd")


def test_writing_outside(home: Reader) -> None:
    home.write("file", b"x")
    for name in ("../../authorized", "/../outside", "../../homes/vsc11111/x"):
        for protocol in ("-s", "-O"):
            home.run("scp", protocol, "file", f"{REMOTE}{name}")
    listed = home.bash(f"ssh {at('login')} ls")
    # What leads upwards ends at the top of the account's own home.
    assert "outside" in listed
    assert home.run("ssh", at("login"), "cat ../state.sqlite").status == 1


# -- commands and terminals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("command", "status"), [("true", 0), ("false", 1), ("exit 42", 42), ("nothing", 127)])
def test_the_exit_status_is_the_commands(home: Reader, command: str, status: int) -> None:
    assert home.run("ssh", at("login"), command).status == status


def test_output_and_errors_are_apart(home: Reader) -> None:
    done = home.run("ssh", at("login"), "echo out; nothing; hostname")
    assert (done.out, done.err) == (f"out\n{HOSTS['login']}\n", "-bash: nothing: command not found\n")


def test_a_terminal_whose_size_changes(home: Reader) -> None:
    session = home.spawn("ssh", at("login"), rows=24, columns=80)
    session.expect_exact("\r\n$ ")
    session.setwinsize(40, 40)
    session.sendline("hostname")
    session.expect_exact(f"{HOSTS['login']}\r\n$ ")
    session.send("echo typed wrong\x15echo right\r")
    session.expect_exact("right\r\n$ ")
    session.sendline("exit")
    session.expect_exact("logout")
    session.expect(pexpect.EOF)
    assert session.wait() == 0


def test_a_shell_without_a_terminal(home: Reader) -> None:
    shell = home.start("ssh", at("login"))
    shell.type("whoami; false")
    shell.wait_for("vsc98765\n")
    assert shell.finish().status == 1


@pytest.mark.parametrize("command", ["cat > up", "true", ""])
def test_bytes_that_are_no_text(home: Reader, command: str) -> None:
    """They go into a session, with a command or without, and nobody loses the connection that shares it."""
    home.write("bytes", os.urandom(3_000_000))
    home.bash(f"ssh -M -S /tmp/shared -f -N {at('login')}")
    # The shell does not know these lines as commands, or cannot read them.
    statuses = (0,) if command else (2, 127)
    before = suites.named("bullseye").program("ssh")
    for way in (f"ssh {at('login')}", f"{before} {at('login')}", "ssh -S /tmp/shared x"):
        done = home.run("bash", "-c", f"{way} '{command}' < bytes > said")
        assert done.status in statuses, done
        assert "disconnect" not in done.err, done
    assert home.bash("ssh -S /tmp/shared x whoami; ssh -S /tmp/shared -O exit x") == "vsc98765\n"


def test_a_line_that_is_no_text(home: Reader) -> None:
    session = home.spawn("ssh", at("login"))
    session.expect_exact("\r\n$ ")
    os.write(session.child_fd, b"echo l\xe9\xff > l; cat l; hostn\xe4me\r")
    session.expect_exact("l\ufffd\ufffd\r\n-bash: hostn\ufffdme: command not found\r\n$ ")
    session.sendline("exit 0")
    session.expect(pexpect.EOF)
    assert session.wait() == 0


# -- one connection, several sessions ----------------------------------------------------------------------------------


def test_several_sessions_over_one_connection(lab: Lab, home: Reader) -> None:
    before = len(lab.events())
    home.bash(f"ssh -M -S /tmp/master -f -N {at('login')}")
    sessions = [home.start("ssh", "-S", "/tmp/master", "x") for _ in range(5)]
    for number, session in enumerate(sessions):
        session.type(f"echo {number} > file-{number}; cat file-{number}; echo end")
    for number, session in enumerate(sessions):
        session.wait_for(f"{number}\nend\n")
        assert session.finish().status == 0
    home.bash("scp -o ControlPath=/tmp/master x:file-3 . ; echo ls | sftp -b - -o ControlPath=/tmp/master x")
    assert home.read("file-3") == b"3\n"
    home.bash("ssh -S /tmp/master -O exit x")
    assert [event for event, _ in lab.events()[before:]] == ["key accepted", "logged in"]


# -- forwarding --------------------------------------------------------------------------------------------------------


def test_jumping_through_login(home: Reader) -> None:
    """The end sees a connection from the gateway itself: beside no other, so there is a link."""
    jump = home.start("ssh", "-J", at("login"), at("login-tier1"))
    home.approve(jump.link())
    jump.wait_for("PRACTICE").type("hostname")
    jump.wait_for(HOSTS["login-tier1"])
    assert jump.finish().status == 0


@pytest.mark.parametrize("role", list(HOSTS))
def test_ports_that_are_forwarded(home: Reader, role: str) -> None:
    """The SSH ports of every role, and with -L as with -W."""
    there = home.run("ssh", "-W", f"{HOSTS[role]}:22", at("login"))
    assert there.out.startswith("SSH-2.0-PRACTICE"), there
    home.bash(f"ssh -M -S /tmp/L -f -N -o ExitOnForwardFailure=yes -L 2200:{HOSTS[role]}:22 {at('login')}")
    scanned = home.bash("ssh-keyscan -p 2200 -t ed25519 127.0.0.1 2> /dev/null; ssh -S /tmp/L -O exit x")
    # As in every list of keys there may be comments: since OpenSSH 9.8 the server's version is one.
    (key,) = [line for line in scanned.splitlines() if not line.startswith("#")]
    assert key.split()[2] == home.read(".ssh/known_hosts").decode().split()[2]


@pytest.mark.parametrize(
    "target",
    [
        "firewall.vscentrum.be:443",
        "192.0.2.80:443",
        "[2001:db8:1::80]:443",
        "login.hpc.kuleuven.be:443",
        "127.0.0.1:22",
        "localhost:443",
        "203.0.113.22:22",
        "example.org:22",
        "0.0.0.0:22",
    ],
)
def test_ports_that_are_not(home: Reader, target: str) -> None:
    done = home.run("ssh", "-W", target, at("login"))
    assert (done.status, done.out) == (255, "")
    assert "administratively prohibited" in done.err


def test_nothing_is_forwarded_back_to_the_reader(home: Reader) -> None:
    for option in ("2200:login.hpc.kuleuven.be:22", "/tmp/back:/tmp/none", "2201"):
        done = home.run("ssh", "-o", "ExitOnForwardFailure=yes", "-R", option, at("login"), "true")
        assert done.status == 255, option
        assert "remote port forwarding failed" in done.err


def test_a_socket_is_not_forwarded_either(home: Reader) -> None:
    home.bash(f"ssh -M -S /tmp/U -f -N -L /tmp/local:/run/mfa-guide/control.sock {at('login')}")
    code = "import socket; s = socket.socket(socket.AF_UNIX); s.connect('/tmp/local'); print(s.recv(9))"
    assert home.bash(f'python -c "{code}"; ssh -q -S /tmp/U -O exit x') == "b''\n"


# -- onwards, with the agent -------------------------------------------------------------------------------------------


def test_onwards_with_the_agent(lab: Lab, home: Reader) -> None:
    holder = home.with_certificate()
    onward = holder.bash(f"ssh -A {at('login')} 'ssh -A {HOSTS['login-tier1']} \"hostname; ssh-add -l\"'")
    assert onward.splitlines()[0] == HOSTS["login-tier1"]
    assert onward.count("RSA-CERT") == 1
    without = holder.run("ssh", at("login"), f"ssh {HOSTS['login-tier1']} hostname")
    assert (without.status, "Permission denied" in without.err) == (255, True)
    elsewhere = holder.run("ssh", "-A", at("login"), "ssh example.org true")
    assert elsewhere.err == "ssh: Could not resolve hostname example.org: Name or service not known\n"


def test_onwards_after_the_agent_has_ended(home: Reader) -> None:
    """The session stays, ssh has no key, and the terminal shows its message before the next prompt."""
    holder = home.with_certificate()
    session = holder.spawn("ssh", "-A", at("login"))
    session.expect_exact("\r\n$ ")
    holder.bash("ssh-add -q -D")
    agent = holder.bash("echo $SSH_AUTH_SOCK").strip()
    holder.bash(f"rm {agent}")
    session.sendline(f"ssh {HOSTS['login-tier1']} whoami")
    session.expect_exact(f"whoami\r\n{at('login-tier1')}: Permission denied (publickey).\r\n$ ")
    session.sendline("exit")
    session.expect(pexpect.EOF)


def test_onwards_by_the_key_shows_the_link(home: Reader) -> None:
    reader = home.with_agent()
    onward = reader.start("ssh", "-A", at("login"), f"ssh {at('login-tier1')} hostname")
    reader.approve(onward.link())
    assert onward.finish().out == f"{HOSTS['login-tier1']}\n"


# -- host keys ---------------------------------------------------------------------------------------------------------


def test_the_gateway_is_known_under_all_its_names(home: Reader) -> None:
    names = [*HOSTS.values(), "login-genius.hpc.kuleuven.be"]
    for name in names:
        done = home.run("ssh", "-o", "BatchMode=yes", f"vsc98765@{name}", "true")
        assert "Host key verification failed" not in done.err, name
    for kind in ("sha256", "md5"):
        shown = home.bash(f"for n in {' '.join(names)}; do ssh-keygen -l -E {kind} -f ~/.ssh/known_hosts -F $n; done")
        prints = [line.split()[2] for line in shown.splitlines() if line[0] != "#"]
        assert len(prints) == 3 * len(names)
        assert len(set(prints)) == 3
