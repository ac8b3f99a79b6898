"""What a notebook can get wrong, and what it leaves alone. The notebooks themselves try all the rest."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from queue import Empty
from typing import TYPE_CHECKING

import psutil
import pytest
from jupyter_client.manager import start_new_kernel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BEGIN = """\
from IPython.core.interactiveshell import InteractiveShell
from mfa_guide.practice.rules.events import LoggedIn
from mfa_guide.tutorial import start_on_laptop
shell = InteractiveShell.instance()
practice = start_on_laptop(VERSION)
def terminal(text, name=""):
    shell.run_cell_magic("terminal", name, text)
"""
LOGIN = "ssh vsc98765@login.hpc.kuleuven.be hostname"


@pytest.fixture
def notebook(tmp_path: Path) -> subprocess.Popen[str]:
    """An IPython in which lines can be run, with a home and an agent that are none of the tutorial's business."""
    environment = {**os.environ, "HOME": str(tmp_path), "SSH_AUTH_SOCK": str(tmp_path / "agent")}
    environment["IPYTHONDIR"] = str(tmp_path / "ipython")
    pipe = subprocess.PIPE
    return subprocess.Popen(
        # As some services start what runs notebooks: deaf to Ctrl+C.
        ["env", "--ignore-signal=INT", sys.executable, "-"],
        env=environment,
        stdin=pipe,
        stdout=pipe,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(notebook: subprocess.Popen[str], lines: str, version: str = "2024") -> list[str]:
    out, _ = notebook.communicate(f"VERSION = {version!r}\n{BEGIN}{lines}", timeout=60)
    return out.splitlines()


def test_the_users_own_home_and_agent_are_left_alone(notebook: subprocess.Popen[str], tmp_path: Path) -> None:
    said = run(notebook, "terminal('echo $HOME; ssh-add -l')\npractice.end()\n")
    assert said[0] == "The practice site runs."
    assert said[2:] == ["Could not open a connection to your authentication agent.", "The practice site has ended."]
    assert not said[1].startswith(str(tmp_path))
    assert not Path(said[1]).exists(), "its home is still there"
    assert not (tmp_path / ".ssh").exists()


def test_a_terminal_that_waits_is_not_typed_in(notebook: subprocess.Popen[str]) -> None:
    lines = f"""\
terminal({LOGIN!r})
try:
    terminal('hostname')
except Exception as error:
    print(error)
practice.answer("Yes")
practice.answer("Yes")
"""
    said = run(notebook, lines)
    assert said[3:6] == [
        'this terminal waits for your answer: practice.answer("Yes"). Not typed: hostname',
        "login.hpc.kuleuven.be",
        "In the browser: this link was used already: each link works once. Log in again for a new one.",
    ]


@pytest.mark.parametrize(("version", "files"), [("2024", ["id_rsa_vsc", "id_rsa_vsc.pub"]), ("2026", [])])
def test_the_reader_has_a_key_where_one_is_needed(
    notebook: subprocess.Popen[str], version: str, files: list[str]
) -> None:
    assert run(notebook, "terminal('ls -1 ~/.ssh')\n", version)[1:] == files


def test_the_page_comes_first_and_answers_nothing_by_itself(notebook: subprocess.Popen[str]) -> None:
    lines = f"""\
terminal({LOGIN!r})
for _ in range(2):
    practice.open_firewall_page()
terminal({LOGIN!r})
# Longer than the page takes to be heard of again.
terminal("sleep 6", "second")
print(practice.site.count(LoggedIn), "logged in")
practice.answer("Yes")
practice.close_firewall_page()
try:
    practice.close_firewall_page()
except Exception as error:
    print(error)
terminal("mfa-guide practice clock +2m")
terminal({LOGIN!r})
"""
    said = run(notebook, lines, "2026")
    first = r"1: Open http://127\.0\.0\.1:\d+ first, as vsc98765\."
    refused = re.compile(rf"Received disconnect from 127\.0\.0\.1 port \d+:{first}")
    entrance = re.compile(r"In your own browser: http://127\.0\.0\.1:\d+/enter/[0-9a-f]+")
    assert refused.fullmatch(said[1])
    assert entrance.fullmatch(said[3])
    assert said[4] == said[3]
    assert "to complete logon" in said[6]
    assert said[7:10] == [
        "0 logged in",
        "login.hpc.kuleuven.be",
        "no page is open at 'home': practice.open_firewall_page('home') opens it",
    ]
    assert refused.fullmatch(said[11])


def test_a_version_that_is_not_there_is_one_line(kernel: Kernel) -> None:
    shown = kernel.run("from mfa_guide.tutorial import start_on_laptop\npractice = start_on_laptop('2000')")
    assert shown == "there is no policy '2000': there are 2024, 2026"


def test_there_is_nothing_to_answer_before_a_link(notebook: subprocess.Popen[str]) -> None:
    said = run(notebook, "practice.answer('Yes')\n")
    assert "mfa_guide.base.errors.UsageError: no terminal has shown a link: log in first" in said


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("login.hpc.kuleuven.be", "debug1: Connecting to 127.0.0.1 "),
        ("other.example", "ssh: Could not resolve hostname other.example..: "),
    ],
)
def test_nothing_leads_to_the_real_service(notebook: subprocess.Popen[str], name: str, shown: str) -> None:
    # In a terminal in which nothing was said before, by each client, also where no shell starts it.
    asks = f"-v -o BatchMode=yes {name}"
    programs = (f"ssh {asks} true", f"scp {asks}:a b", f"sftp {asks}", f"env ssh {asks} true")
    typed = "\n".join(f"{program} 2>&1 < /dev/null | grep -e 'Connecting to' -e 'not resolve'" for program in programs)
    said = run(notebook, f"terminal({typed!r}, 'second')\npractice.end()\n")
    reached = [line for line in said if "Connecting to" in line or "not resolve" in line]
    assert len(reached) == len(programs), said
    assert all(line.startswith(shown) for line in reached)


@pytest.mark.parametrize(("word", "shown"), [("yes", "login.hpc.kuleuven.be"), ("NO", "Disconnected from")])
def test_the_buttons_are_yes_and_no(notebook: subprocess.Popen[str], word: str, shown: str) -> None:
    lines = f"""\
terminal({LOGIN!r})
try:
    practice.answer("Maybe")
except Exception as error:
    print(error)
practice.answer({word!r})
"""
    said = run(notebook, lines)
    assert said[3] == 'the buttons are "Yes" and "No", not "Maybe"'
    assert said[-1].startswith(shown)


def test_a_terminal_that_has_ended_or_waits_for_input_is_told_of(notebook: subprocess.Popen[str]) -> None:
    cells = ("exit", "echo new", "cat > /dev/null", "# mine\necho lost", "^C", "echo back", "exit\necho same cell")
    said = run(notebook, "".join(f"terminal({cell!r})\n" for cell in cells))
    ended = "This terminal had ended: a new one is open, which knows nothing of the old one and its agent."
    anew = "If what follows fails, begin anew: Kernel > Restart Kernel and Run All Cells."
    assert [line for line in said[1:] if "^C" not in line or " " in line] == [
        *("exit", ended, anew, "new"),
        "The command in this terminal waits for input and gets this cell; a cell with ^C ends the command.",
        *("echo lost", "back", "exit", ended, anew, "same cell"),
    ]


def test_the_last_link_can_be_left_with_ctrl_c(notebook: subprocess.Popen[str]) -> None:
    said = run(notebook, f"terminal({LOGIN!r})\nterminal('^C')\nterminal('echo back')\n")
    assert said[3:] == ["^C", "back"]


def test_what_comes_too_early_or_too_late_is_one_line(notebook: subprocess.Popen[str]) -> None:
    lines = """\
def attempt(action, *words):
    try:
        action(*words)
    except Exception as error:
        print(error)
attempt(practice.draw, "a picture")
attempt(practice.draw_certificates)
practice.end()
practice.end()
attempt(terminal, "ls")
attempt(practice.answer, "Yes")
attempt(practice.draw_certificates)
"""
    ended = "the practice site has ended: run the first cell again"
    assert run(notebook, lines)[1:] == [
        "there is nothing to draw yet: log in first",
        "there is nothing to draw yet: get a certificate first",
        *["The practice site has ended."] * 2,
        *[ended] * 3,
    ]


class Kernel:
    """A real kernel, as a notebook in Jupyter has it."""

    def __init__(self) -> None:
        self.manager, self.client = start_new_kernel()

    def run(self, cell: str, *, stop: Callable[[], bool] = lambda: False) -> str:
        """Run a cell, press stop a single time when `stop()` says so, and return what stands below it."""
        request, shown, pressed = self.client.execute(cell), "", False
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=0.2)
            except Empty:
                if not pressed and stop():
                    pressed = True
                    self.manager.interrupt_kernel()
                continue
            if message["parent_header"].get("msg_id") == request:
                content = message["content"]
                shown += "".join(content.get("traceback", content.get("text", "")))
                if content.get("execution_state") == "idle":
                    return shown

    def leaves(self) -> list[psutil.Process]:
        """Start a site, an agent in it, and a login that waits; return the processes of the first two."""
        self.run("from mfa_guide.tutorial import start_on_laptop\npractice = start_on_laptop('2024')")
        shown = self.run("%%terminal\neval $(ssh-agent)\nssh-add -q ~/.ssh/id_rsa_vsc\nssh -A firewall.vscentrum.be")
        assert "to complete logon" in shown
        (agent,) = map(int, re.findall(r"Agent pid (\d+)", shown))
        site = int(self.run("print(practice.site.process.pid)"))
        return [psutil.Process(site), psutil.Process(agent)]


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    kernel = Kernel()
    yield kernel
    kernel.client.stop_channels()
    kernel.manager.shutdown_kernel(now=True)


def test_the_stop_button_is_ctrl_c_in_the_terminal(kernel: Kernel) -> None:
    kernel.run("from mfa_guide.tutorial import start_on_laptop\npractice = start_on_laptop('2024')")
    home = Path(kernel.run("%%terminal\necho $HOME").strip())
    shown = kernel.run("%%terminal\ntouch begun; sleep 60", stop=lambda: (home / "begun").exists())
    assert shown == "^C\nstopped: the terminal has got Ctrl+C"
    begun = f"from pathlib import Path; Path({str(home)!r}, 'again').touch(); import time; time.sleep(60)"
    assert kernel.run(begun, stop=lambda: (home / "again").exists()) == "stopped"
    # The practice site has not taken it for its own.
    assert "to complete logon" in kernel.run("%%terminal\nssh login.hpc.kuleuven.be hostname")
    assert kernel.run("practice.end()") == "The practice site has ended.\n"
    assert not home.exists()


END = "practice.end()"
ANEW = "practice = start_on_laptop('2024')"


@pytest.mark.parametrize("how", [END, ANEW, "restart", "kill"])
def test_nothing_is_left_behind(kernel: Kernel, how: str) -> None:
    processes = kernel.leaves()
    folder = Path(kernel.run("print(practice.site.folder)").strip())
    assert (folder / "home").is_dir()
    if how in (END, ANEW):
        kernel.run(how)
    else:
        kernel.manager.shutdown_kernel(now=how == "kill")
    _, alive = psutil.wait_procs(processes, timeout=10)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []
    assert not folder.exists()


def test_outside_a_notebook_it_says_so() -> None:
    code = "from mfa_guide.tutorial import start_on_laptop; start_on_laptop('2024')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1].endswith("UsageError: a tutorial is a notebook: open it in Jupyter")
