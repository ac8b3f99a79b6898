"""`mfa-guide compare` with real logs, of `script` and of plink, made in the lab: the real names, and its own links."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest
import yaml

from mfa_guide.base.errors import UsageError
from mfa_guide.by_hand.compare import lay_over, logins
from mfa_guide.by_hand.log import LARGEST, read_log, screen_lines
from mfa_guide.kinds import open_guide
from mfa_guide.practice.hosting.running import LINK
from mfa_guide.practice.lab import Lab
from tests.support import POLICY, PROJECT
from tests.support.verifying import AS_ON_WINDOWS

if TYPE_CHECKING:
    from collections.abc import Iterator

# Its tests share a lab.
pytestmark = pytest.mark.xdist_group("compare")

AT = "vsc98765@login.hpc.kuleuven.be"
PUTTY = """\
$ plink vsc98765@login.hpc.kuleuven.be
Using username "vsc98765".
-- Keyboard-interactive authentication prompts from server: ------------------
| Logging in as vsc98765 from [2001:db8:b::22]:49859.
| Please open https://firewall.vscentrum.be/8dK2nWq7VbTz4pLmXhR to complete log
> on.
"""


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Logs of two real logins, at a terminal of 80 columns: what `script` and plink have kept of them."""
    with Lab.start(POLICY) as lab:
        home = lab.machine("home")
        assert home.home is not None

        def log_in(*command: str) -> None:
            lab.ask(do="visit", addresses=POLICY.names("practice_home"), only_open=True)
            argv = home.argv(command, tty=True)
            child = pexpect.spawn(argv[0], argv[1:], encoding="utf-8", timeout=30, dimensions=(24, 80))
            child.expect(LINK.pattern + r"(?=\s)")
            lab.approve(str(child.after))
            child.expect(r"\$ |Press Return")
            child.sendline("" if "Return" in str(child.after) else "exit")
            if "Return" in str(child.after):
                child.sendline("exit")
            child.expect(pexpect.EOF)

        log_in("script", "-q", "-c", f"ssh {AT}", "by-script")
        look_up = ["ssh-keygen", "-lF", "login.hpc.kuleuven.be"]
        known = subprocess.run(home.argv(look_up), capture_output=True, text=True).stdout
        host_key = re.findall(r"ED25519 (SHA256:\S+)", known)[0]
        log_in("script", "-q", "-c", f"plink -hostkey {host_key} {AT}", "by-plink")
        yield {name: (home.home / name).read_bytes().decode() for name in ("by-script", "by-plink")}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The guide's pages about ssh, and one about PuTTY."""
    project = tmp_path / "guide"
    for folder in ("docs/log-in", "snippets/openssh"):
        shutil.copytree(PROJECT / folder, project / folder)
    (project / "mkdocs.yml").touch()
    (project / "snippets" / "putty.txt").write_text(PUTTY, encoding="utf-8")
    rest = f"-- End of keyboard-interactive prompts from server {'-' * 27}\n…\n"
    (project / "snippets" / "putty-in.txt").write_text(rest, encoding="utf-8")
    fences = [
        f'``` transcript{waits}\n--8<-- "{name}.txt"\n```\n' for name, waits in (("putty", " waits"), ("putty-in", ""))
    ]
    (project / "docs" / "log-in" / "putty.md").write_text("# PuTTY\n\n" + "\n".join(fences), encoding="utf-8")
    return project


def compare(project: Path, log: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command, where nobody can be asked."""
    command = [str(Path(sys.executable).with_name("mfa-guide")), "compare", str(log), *options]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def test_a_log_of_script_is_what_the_page_shows(project: Path, logs: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "log"
    # The practice site's texts are those of the policy, so the page's login and this one are the same.
    log.write_text(logs["by-script"])
    done = compare(project, log)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "docs/log-in/openssh.md (snippets/openssh/later-login.txt)" in done.stdout
    assert re.findall(r"^(same|different|missing|extra)\b", done.stdout, re.MULTILINE) == ["same"] * 2
    assert done.stdout.endswith("Nothing was kept. To keep it, add --keep.\n")
    assert not (project / "by-hand").exists()
    for secret in (*LINK.findall(logs["by-script"]), "vsc98765", "2001:db8"):
        assert secret not in done.stdout.partition("Beside it")[0]


def test_a_log_of_plink_is_what_a_page_about_putty_shows(project: Path, logs: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(logs["by-plink"], encoding="utf-8")
    done = compare(project, log)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "docs/log-in/putty.md (snippets/putty.txt)" in done.stdout
    assert done.stdout.count("\nsame ") == 5
    # The same login fits no page about ssh.
    done = compare(project, log, "--page", "docs/log-in/openssh.md")
    assert done.returncode == 1
    assert re.search(r"^(extra|           you saw:) +\| Please open", done.stdout, re.MULTILINE), done.stdout


def test_differences_are_named(project: Path, logs: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "log"
    changed = logs["by-script"].replace("to complete logon", "to finish your logon")
    log.write_text(changed.replace("Logging in as", "A word from us\r\nLogging in as"), encoding="utf-8")
    done = compare(project, log)
    assert done.returncode == 1
    assert "\nextra      A word from us\n" in done.stdout
    assert (
        "\ndifferent  the guide has: Please open https://firewall.vscentrum.be/<token> to complete logon.\n"
        "           you saw:       Please open https://firewall.vscentrum.be/<token> to finish your logon.\n"
    ) in done.stdout
    token = LINK.findall(logs["by-script"])[-1].rpartition("/")[2]
    log.write_text(logs["by-script"].replace(token, f"login-{token}"), encoding="utf-8")
    assert "you saw:       Please open https://firewall.vscentrum.be/<other token> to" in compare(project, log).stdout
    log.write_text(re.sub(r"Logging in as .*\n", "", logs["by-script"]), encoding="utf-8")
    assert "\nmissing    Logging in as <account> from <address>.\n" in compare(project, log).stdout


def test_what_is_kept(project: Path, logs: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("jan@box:~$ cat diary\nsecret\njan@box:~$ ssh " + AT + "\n" + logs["by-script"], encoding="utf-8")
    for _ in range(2):
        done = compare(project, log, "--keep", "--page", "docs/log-in/openssh.md")
        assert "for a maintainer to commit" in done.stdout, done.stderr
    first, second = yaml.safe_load((project / "by-hand" / "compared.yml").read_text())
    assert first["page"] == "log-in/openssh.md"
    assert first["snippet"] == "openssh/later-login.txt"
    assert (first["same"], first["different"], first["extra"]) == (2, 0, 0)
    assert first["log"] != second["log"]
    snippet = project / "snippets" / first["snippet"]
    assert first["sha256"] == hashlib.sha256(snippet.read_bytes()).hexdigest()
    kept = (project / "by-hand" / first["log"]).read_text()
    assert kept.startswith("$ ssh <account>@login.hpc.kuleuven.be\n")
    assert kept.endswith("/<token> to complete logon.\n")
    assert not [word for word in ("diary", "secret", "jan", "box", "vsc98765") if word in kept]


@pytest.mark.parametrize(("answer", "kept"), [("y", True), ("n", False), ("", False)])
def test_at_a_terminal_it_asks_first(
    project: Path, logs: dict[str, str], tmp_path: Path, answer: str, kept: bool
) -> None:
    log = tmp_path / "log"
    log.write_text(logs["by-script"], encoding="utf-8")
    command = str(Path(sys.executable).with_name("mfa-guide"))
    child = pexpect.spawn(command, ["compare", str(log)], cwd=str(project), encoding="utf-8", timeout=30)
    child.expect(r"Please open \S+ to complete[^?]*Keep it, for the guide\? \[y/N\]")
    assert not (project / "by-hand").exists()
    child.sendline(answer)
    child.expect("Beside it")
    child.expect(pexpect.EOF)
    assert (project / "by-hand" / "compared.yml").exists() is kept


def test_what_a_user_can_get_wrong(project: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    for content, says in (
        (b"", "is empty"),
        (b"x" * (LARGEST + 1), "cut it down to one login"),
        (b"$ ssh login\nPermission denied (publickey).\n", "there is no login link in the log"),
    ):
        log.write_bytes(content)
        done = compare(project, log)
        assert (done.returncode, done.stdout) == (2, "")
        assert says in done.stderr
        assert done.stderr.count("\n") == 1
    log.write_text(PUTTY)
    done = compare(project, log, "--page", "docs/index.md")
    assert "docs/index.md shows no login by link" in done.stderr
    assert compare(project, tmp_path / "none").returncode == 1
    with pytest.raises(UsageError, match="no login link"):
        lay_over(open_guide(project), ["nothing"], None)


def test_a_blank_where_putty_broke_the_line(project: Path) -> None:
    """With a link of this length the blank is the last letter of the line, and no log keeps it."""
    text = PUTTY.replace("8dK2nWq7VbTz4pLmXhR to complete log\n> on.", "8dK2nWq7VbTz4pLmXhRabc to complete\n> logon.")
    comparison = lay_over(open_guide(project), text.splitlines(), project / "docs" / "log-in" / "putty.md")
    assert "| Please open https://firewall.vscentrum.be/<token> to complete logon." in comparison.log
    # The log ends before the page does.
    assert (comparison.count("same"), comparison.count("missing"), len(comparison.edits)) == (4, 1, 5)


def test_standard_input(project: Path) -> None:
    command = [str(Path(sys.executable).with_name("mfa-guide")), "compare", "-"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, input=PUTTY)
    assert "snippets/putty.txt" in done.stdout, done.stderr


def test_on_windows_a_log_is_compared_too(project: Path, tmp_path: Path) -> None:
    (tmp_path / "putty.log").write_text(PUTTY)
    command = [*AS_ON_WINDOWS, "compare", str(tmp_path / "putty.log")]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert not done.stderr
    assert "same       -- Keyboard-interactive authentication prompts from server: " in done.stdout


def test_a_login_on_a_page_goes_on_where_the_page_does(project: Path) -> None:
    by_snippet = {shown.snippet: shown for shown in logins(open_guide(project))}
    assert by_snippet["openssh/later-login.txt"].after == 0
    putty = by_snippet["putty.txt"]
    assert putty.after == 1
    assert putty.lines[-2].endswith(" to complete logon.")


def test_what_stood_on_the_screen(tmp_path: Path) -> None:
    typed = "$ rm\x08\x08ls\x1b[Kx\x1b[1;31m red\x1b[0m\r\n"
    assert screen_lines(typed + "\x1b[2J\x1b[Hone\r\n\x1bctwo\n") == ["$ lsx red", "one", "two"]
    # bash goes on in the next line of its terminal.
    assert screen_lines("$ echo aaaa \rbbbb\r\n") == ["$ echo aaaabbbb"]
    assert screen_lines("Script started on 2026-11-24\nx\n\nScript done on 2026-11-24\n") == ["x"]
    assert screen_lines("\u202ex\x9b1m") == ["x"]
    log = tmp_path / "log"
    log.write_bytes("\ufeffhé\r\n".encode("utf-16"))
    assert read_log(log) == ["hé"]
    assert os.linesep.join(read_log(log)) == "hé"
