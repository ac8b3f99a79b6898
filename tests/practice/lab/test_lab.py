"""The lab, driven as its users do: names, places, joining, isolation. Each machine is entered for real."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from mfa_guide.base.errors import CannotRunError, GuideError
from mfa_guide.practice.hosting import control
from mfa_guide.practice.lab import Lab
from mfa_guide.practice.lab.machine import Sandbox
from mfa_guide.practice.lab.process import RunningLab
from tests.support import POLICY
from tests.support.loopback_site import COMMAND

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mfa_guide.practice.lab import LabMachine

PATIENCE = 60
"""Seconds after which what does not come never comes."""
SECRET = "a-secret-of-the-caller"
ANSWERS = """\
import http.client, socket, ssl
web = http.client.HTTPSConnection("firewall.vscentrum.be", timeout=20, context=ssl._create_unverified_context())
web.request("GET", "/")
print(web.getresponse().status)
with socket.create_connection(("login.hpc.kuleuven.be", 22), 20) as gateway:
    print(gateway.recv(3).decode())
"""
"""A program for a machine, which tells whether the web pages and the gateway answer."""


@pytest.mark.parametrize("module", ["practice.lab", "gate.on_page", "clients.suites", "by_hand.findings"])
def test_who_only_knows_the_lab_does_not_load_ssh(module: str) -> None:
    """Every build of the guide would wait for it."""
    code = f"import sys, mfa_guide.{module}; print('asyncssh' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    os.environ["CALLERS_SECRET"] = SECRET
    with Lab.start(POLICY) as lab:
        yield lab
    del os.environ["CALLERS_SECRET"]


@pytest.fixture(scope="module")
def home(lab: Lab) -> LabMachine:
    return lab.machine("home")


def run(machine: LabMachine, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(machine.argv(command), capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)


def python(machine: LabMachine, code: str) -> str:
    done = run(machine, sys.executable, "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_readers_programs_hear_ctrl_c_whatever_the_caller_does(home: LabMachine) -> None:
    deaf = ["sh", "-c", 'trap "" HUP INT QUIT; exec "$@"', "sh"]
    for signal in ("HUP", "INT", "QUIT"):
        command = [*deaf, *home.argv(["sh", "-c", f"(exec sh -c 'kill -s {signal} $$; echo deaf')"])]
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
        assert done.stdout == "", signal


def test_a_readers_machine(home: LabMachine) -> None:
    done = run(
        home, "bash", "-c", "whoami; hostname; pwd; ssh -V; ls ~/.ssh; stat -c %a ~/.ssh/id_rsa_vsc; which mfa-guide"
    )
    assert done.stdout.split("\n") == [
        *("reader", "laptop", "/home/reader", "id_rsa_vsc", "id_rsa_vsc.pub", "known_hosts", "600"),
        *(str(Path(sys.executable).with_name("mfa-guide")), ""),
    ]
    # ssh takes the home directory from the password file, not from HOME.
    settings = run(home, "env", "HOME=/", "ssh", "-G", "login.hpc.kuleuven.be").stdout
    assert "userknownhostsfile /home/reader/.ssh/known_hosts" in settings or "~/.ssh/known_hosts" in settings
    assert run(home, "ssh-keygen", "-y", "-P", "", "-f", "/home/reader/.ssh/id_rsa_vsc").returncode == 0
    assert run(home, "ssh-add", "-l").stderr == "Could not open a connection to your authentication agent.\n"


@pytest.mark.parametrize(
    ("place", "address"), [("campus", "2001:db8:c::11"), ("home", "2001:db8:b::22"), ("abroad", "2001:db8:a::33")]
)
def test_logging_in_with_the_real_name_and_port(lab: Lab, place: str, address: str) -> None:
    machine = lab.machine(place)
    script = "mfa-guide practice approve https://firewall.vscentrum.be/; "
    script += "ssh vsc98765@login.hpc.kuleuven.be hostname 2> said & "
    script += "until grep -q complete said; do sleep 0.05; done; "
    script += (
        "mfa-guide practice approve $(grep -o 'https://firewall[^ ]*' said); wait $!; status=$?; cat said; exit $status"
    )
    done = run(machine, "bash", "-c", script)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "login.hpc.kuleuven.be\n" in done.stdout
    assert re.search(rf"Logging in as vsc98765 from \[{address}\]:\d+\.", done.stdout)
    assert re.search(r"Please open https://firewall\.vscentrum\.be/[A-Za-z0-9]{19} to complete logon\.", done.stdout)


@pytest.mark.parametrize("place", ["campus", "home", "abroad"])
def test_without_the_page_there_is_no_answer_but_the_web_is_there(lab: Lab, place: str) -> None:
    # A page that another test has opened is open no more.
    lab.move_clock("+61s")
    machine = lab.machine(place)
    done = run(machine, "ssh", "-o", "ConnectTimeout=2", "vsc98765@login.hpc.kuleuven.be", "true")
    assert "ssh: connect to host login.hpc.kuleuven.be port 22: Connection timed out" in done.stderr
    code = "import socket; socket.create_connection(('firewall.vscentrum.be', 443), 5); print('open')"
    assert python(machine, code) == "open\n"


def test_a_machine_reaches_the_site_and_nothing_else(lab: Lab, home: LabMachine) -> None:
    lab.machine("campus")
    code = """
import socket
for address in ("198.51.100.11", "2001:db8:c::11", "203.0.113.133", "192.0.2.200", "2001:db8:1::200"):
    for port in (22, 443):
        try:
            socket.create_connection((address, port), 0.3)
        except OSError:
            continue
        print(address, port)
"""
    assert python(home, code) == ""
    links = run(home, "ip", "-br", "link").stdout.split("\n")
    assert sorted(line.split()[0].split("@")[0] for line in links if line) == ["eth0", "lo"]


@pytest.mark.parametrize("place", ["home", "server"])
def test_nothing_of_the_computer_leaks(lab: Lab, place: str, tmp_path: Path) -> None:
    """To the reader, nor to somebody who is root at the server."""
    machine = lab.machine(place)
    mine = Path.home()
    look = f"""
import os, pathlib
leaks = []
def readable(path):
    try:
        return pathlib.Path(path).read_bytes()
    except OSError:
        return b""
for path in ("/etc/shadow", "/etc/gshadow", "/etc/sudoers", "{tmp_path}/secret"):
    if readable(path):
        leaks.append(path)
for folder in ("/root", "/home", "{mine}", "/run", "/tmp", "/var/tmp"):
    for base, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if os.path.join(base, f) not in {shown()!r}]
        own = base.startswith(("/home/reader", "/tmp", *(["/run/mfa-guide"] if "{place}" == "home" else [])))
        leaks += [] if own else [os.path.join(base, f) for f in files]
for process in os.listdir("/proc"):
    if process.isdigit() and b"{SECRET}" in readable(f"/proc/{{process}}/environ"):
        leaks.append("environment of " + readable(f"/proc/{{process}}/cmdline").decode())
for path in ("/", "/usr", "/etc", "/opt", "{Path.cwd()}", "{Path(sys.prefix)}", "/etc/hosts", "/etc/passwd"):
    if os.access(path, os.W_OK):
        leaks.append("can write " + path)
def device(path):
    try:
        found = os.stat(path).st_dev
    except OSError:
        return ""
    return f"{{os.major(found)}}:{{os.minor(found)}}"
for line in readable("/proc/self/mountinfo").decode().splitlines():
    told, _, kind = line.partition(" - ")
    _number, _parent, mounted, _root, place, options, *_ = told.split()
    writable = kind.split()[0] == "tmpfs" or place in ("/tmp", "/home/reader", "/proc", "/dev/pts")
    # What another one lies over is listed, too, but nobody gets there: /run/netns where ip netns was ever used.
    hidden = device(place) != mounted
    if options.split(",")[0] == "rw" and not writable and not hidden and not place.startswith("/dev/"):
        leaks.append("mounted to be written to: " + place)
for line in readable("/proc/self/status").decode().splitlines():
    name, _, value = line.partition(":")
    if name in ("CapInh", "CapPrm", "CapEff", "CapAmb") and int(value, 16) and "{place}" == "home":
        leaks.append(line)
    if name == "NoNewPrivs" and value.strip() != "1":
        leaks.append(line)
print(leaks)
"""
    # Readable by everyone, so that only its being out of sight protects it.
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder.is_relative_to("/tmp") and folder != Path("/tmp"):
            folder.chmod(0o755)
    (tmp_path / "secret").write_text("x")
    assert python(machine, look) == "[]\n"


def shown() -> list[str]:
    """Folders of the project that show through where homes are covered."""
    return [str(path) for path in (Path(sys.base_prefix), Path(sys.prefix), Path.cwd())]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("umount /home", "must be superuser"),
        ("umount /root", "must be superuser"),
        ("mount -t tmpfs x /mnt", "permission denied"),
        ("mount -o remount,rw /", "permission denied"),
        # Before version 2.41 it opens a file first, and that is refused already.
        ("nsenter --target=1 --mount true", "Permission denied|not permitted"),
        ("cat /proc/1/environ", "Permission denied"),
        ("ip link set eth0 down", "not permitted"),
        ("ip address add 203.0.113.133/32 dev eth0", "not permitted"),
        ("mknod /tmp/disk b 8 0", "not permitted"),
        ("setpriv --reuid=1000 true", "setresuid failed"),
    ],
)
def test_root_at_the_server_is_root_of_nothing_else(lab: Lab, words: str, complaint: str) -> None:
    server = lab.machine("server")
    assert run(server, "whoami").stdout == "root\n"
    done = run(server, *words.split())
    assert done.returncode != 0
    assert re.search(complaint, done.stderr)


def test_root_at_the_server_sees_no_process_but_the_servers_and_has_no_say_at_the_site(
    lab: Lab, home: LabMachine
) -> None:
    server = lab.machine("server")
    sleeper = subprocess.Popen(home.argv(["sleep", "27.1828"]))
    names = run(server, "bash", "-c", "exec cat /proc/[0-9]*/comm").stdout.split()
    sleeper.kill()
    sleeper.wait()
    assert sorted(names) == ["bwrap", "cat", "sleep"]
    assert run(home, "mfa-guide", "practice", "clock", "+0h").returncode == 0
    done = run(server, sys.executable, "-m", "mfa_guide", "practice", "clock", "+1h")
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose programs a lab finds first."""
    with tempfile.TemporaryDirectory() as name:
        # Where the lab's user may go, unlike pytest's own folders.
        Path(name).chmod(0o755)
        monkeypatch.setenv("PATH", name, prepend=os.pathsep)
        yield Path(name)


def put_before_bwrap(programs: Path, script: str) -> None:
    real = shutil.which("bwrap")
    program = programs / "bwrap"
    program.write_text(f'#!/bin/sh\n{script}\nexec {real} "$@"\n')
    program.chmod(0o755)


def test_a_machine_may_take_longer_than_other_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "PATIENCE", 0.1)
    made = {"lab": 1, "sandbox": {"process": 2, "keeper": 3}, "environment": {}}
    with (
        tempfile.TemporaryDirectory() as name,
        socket.socket(socket.AF_UNIX) as listener,
        ThreadPoolExecutor() as others,
    ):
        listener.bind(f"{name}/sock")
        listener.listen()
        asked = others.submit(Lab(Path(name) / "sock", None).machine, "home")
        with listener.accept()[0] as lab:
            # Whoever does not wait has left by then.
            time.sleep(1)
            with contextlib.suppress(BrokenPipeError):
                lab.sendall(json.dumps(made).encode() + b"\n")
        assert asked.result(PATIENCE).sandbox == Sandbox(2, 3)


def test_all_others_go_on_while_a_machine_is_being_made(programs: Path) -> None:
    """It takes long on a computer that is busy; here, as long as there is a file."""
    reached, wait = programs / "reached", programs / "wait"
    put_before_bwrap(
        programs, f"if [ -e {wait} ]; then echo yes > {reached}; fi\nwhile [ -e {wait} ]; do sleep 0.1; done"
    )
    with Lab.start(POLICY, managed=True) as lab, ThreadPoolExecutor() as others:
        campus = lab.machine("campus")
        reached.touch()
        reached.chmod(0o666)
        wait.touch()
        try:
            asked = [others.submit(lab.machine, place) for place in ("home", "home")]
            deadline = time.monotonic() + PATIENCE
            while not reached.read_text() and time.monotonic() < deadline:
                time.sleep(0.1)
            assert others.submit(lab.ask, do="clock", shift="+0s").result(PATIENCE / 2)["now"]
            assert python(campus, ANSWERS) == "200\nSSH\n"
            assert not any(home.done() for home in asked)
        finally:
            wait.unlink()
        homes = [home.result(PATIENCE) for home in asked]
        assert homes[0] == homes[1]
        # It does not end with whatever has made it.
        assert run(homes[0], "whoami").stdout == run(campus, "whoami").stdout == "reader\n"


@pytest.mark.parametrize("place", ["home", "server"])
def test_a_machine_that_could_not_be_made_can_be_made_later(programs: Path, place: str) -> None:
    fail = programs / "fail"
    put_before_bwrap(programs, f"if [ -e {fail} ]; then echo no room >&2; exit 1; fi")
    with Lab.start(POLICY) as lab:
        fail.touch()
        with pytest.raises(GuideError, match=r"^a machine of the lab cannot be made on this computer: no room$"):
            lab.machine(place)
        fail.unlink()
        assert run(lab.machine(place), "pwd").stdout.startswith("/")


def test_where_no_program_can_be_started_a_machine_is_refused_and_the_lab_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_room(*_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    async def ask() -> None:
        # Nothing else of it is asked for before the machine is made.
        nothing: Any = [None] * 8
        lab = RunningLab(*nothing)
        monkeypatch.setattr(lab, "_make", no_room)
        with pytest.raises(CannotRunError, match=r"^a machine of the lab cannot be made now: Too many open files$"):
            await lab.machine("home")
        assert lab.machines == {}

    asyncio.run(ask())


def test_what_fails_in_the_background_ends_the_lab(programs: Path) -> None:
    """Here, mounting for readers: the program by which their machine is entered is no longer there."""
    nsenter = programs / "nsenter"
    nsenter.symlink_to(shutil.which("nsenter") or "")
    with Lab.start(POLICY) as lab:
        home = lab.machine("home").home
        assert home and lab._process
        for answers in (True, False):
            with socket.socket(socket.AF_UNIX) as reader:
                reader.connect(str(home.with_name("mount.sock")))
                reader.sendall(b'{"words": [], "folder": "/"}')
                with contextlib.suppress(ConnectionResetError):
                    assert bool(reader.recv(1)) is answers
            nsenter.unlink(missing_ok=True)
        deadline = time.monotonic() + PATIENCE
        while not lab._process.ended and time.monotonic() < deadline:
            time.sleep(0.1)
        why = r"^the lab has ended: the practice site has ended, for mounting for readers failed: FileNotFoundError: "
        for ask in (lab.events, lambda: lab.machine("campus")):
            with pytest.raises(CannotRunError, match=why):
                ask()


@pytest.mark.parametrize("place", ["home", "server"])
def test_whoever_sits_at_a_machine_is_an_ordinary_user_outside_too(lab: Lab, place: str) -> None:
    sleeper = subprocess.Popen(lab.machine(place).argv(["sleep", "31.4159"]))
    try:
        deadline = time.monotonic() + 10
        found: list[int] = []
        while not found and time.monotonic() < deadline:
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    if path.read_bytes() == b"sleep\x0031.4159\x00":
                        found.append(path.stat().st_uid)
                except OSError:
                    continue
        assert found
        assert set(found) == {64123 if os.getuid() == 0 else os.getuid()}
    finally:
        sleeper.kill()
        sleeper.wait()


def test_the_reader_cannot_type_into_the_callers_terminal(home: LabMachine) -> None:
    code = "import fcntl, termios; fcntl.ioctl(1, termios.TIOCSTI, b'x')"
    program, *words = home.argv([sys.executable, "-c", code])
    caller = pexpect.spawn(program, words, timeout=20, encoding="utf-8")
    assert "Error" in caller.read()
    caller.close()
    assert caller.exitstatus == 1


def shell(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "practice", "shell", *words],
        capture_output=True,
        text=True,
        timeout=90,
        **options,
    )


def test_output_and_status_are_the_commands_own(tmp_path: Path) -> None:
    script = tmp_path / "script.sh"
    script.write_text("echo out; echo err >&2; exit 7\n")
    done = shell("--from", "campus", "--", "bash", str(script))
    assert (done.returncode, done.stdout, done.stderr) == (7, "out\n", "err\n")


def test_an_ordinary_user_has_a_lab_too() -> None:
    """A machine of a lab is an ordinary user's: a lab made in it is made without root."""
    script = "getent hosts login.hpc.kuleuven.be; ls ~/.ssh; ssh -i ~/.ssh/id_rsa_vsc server.practice.example whoami"
    inner = [*COMMAND, "practice", "shell", "--", "bash", "-c", script]
    done = shell("--", "env", "-u", "MFA_GUIDE_RUNTIME", *inner)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [
        *("2001:db8:1::10", "login.hpc.kuleuven.be"),
        *("id_rsa_vsc", "id_rsa_vsc.pub", "known_hosts"),
        "reader",
    ]


def test_joining_a_lab_and_approving_from_outside(tmp_path: Path) -> None:
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    environment = {**os.environ, "MFA_GUIDE_RUNTIME": str(runtime)}
    none = shell("--join", "--", "true", env=environment)
    assert (none.returncode, none.stderr.count("\n")) == (3, 1)
    # The lab is there until the others have ended.
    login = "ssh -n vsc98765@login.hpc.kuleuven.be hostname; cat"
    first = subprocess.Popen(
        [*COMMAND, "practice", "shell", "--managed", "--from", "campus", "--", "bash", "-c", login],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert first.stderr is not None
    first.stderr.readline()
    link = first.stderr.readline().decode().split()[2]
    joined = shell("--from", "campus", "--join", "--", "mfa-guide", "practice", "approve", link, env=environment)
    assert (joined.returncode, joined.stdout) == (0, "Yes: login of vsc98765 on login.hpc.kuleuven.be\n")
    out, err = first.communicate(timeout=20)
    assert (first.returncode, out) == (0, b"login.hpc.kuleuven.be\n"), err
    assert not list(runtime.iterdir())


def test_nothing_is_left_when_the_caller_is_killed() -> None:
    marker = f"sleep {31 + os.getpid() / 1e6}"
    process = subprocess.Popen(
        [*COMMAND, "practice", "shell", "--", "bash", "-c", f"echo in; exec {marker}"], stdout=-1
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"in\n"
    process.kill()
    process.wait()
    deadline = time.monotonic() + 15
    while _runs(marker) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _runs(marker)


def _runs(command: str) -> bool:
    wanted = command.replace(" ", "\0").encode() + b"\0"
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes() == wanted:
                return True
        except OSError:
            continue
    return False


@pytest.mark.parametrize(
    ("words", "status", "complaint"),
    [
        (("--from", "moon", "--", "true"), 2, "there is no machine at 'moon': choose campus, home, abroad"),
        (("--state", "/dev/null/x", "--", "true"), 2, "cannot use the folder /dev/null/x"),
    ],
)
def test_what_cannot_be(words: Sequence[str], status: int, complaint: str) -> None:
    done = shell(*words)
    assert done.returncode == status
    assert done.stderr.startswith(f"mfa-guide: {complaint}")
    assert done.stderr.count("\n") == 1


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    done = shell("--", "true", env={"PATH": str(tmp_path), "HOME": str(tmp_path)})
    assert done.returncode == 3
    # For root it begins with another one.
    first = "bwrap: apt-get install bubblewrap" if os.getuid() == 0 else "unshare: apt-get install util-linux"
    assert done.stderr == f"mfa-guide: the lab needs the program {first}\n"


def test_what_a_link_in_the_state_leads_to_stays_its_owners() -> None:
    """Root's lab gives its state to an ordinary user; a link in it leads to somebody else's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Where the lab's user may go, unlike pytest's own folders.
        folder.chmod(0o755)
        others, state = folder / "others", folder / "state"
        others.touch()
        (state / "homes").mkdir(parents=True)
        (state / "state.sqlite").touch()
        (state / "homes" / "link").symlink_to(others)
        (folder / "chosen").symlink_to(state)
        with Lab.start(POLICY, folder / "chosen"):
            assert (others.stat().st_uid, others.stat().st_gid) == (os.getuid(), os.getgid())
