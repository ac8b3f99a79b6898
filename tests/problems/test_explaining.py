"""The command `mfa-guide explain`."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import pexpect
import pytest

from mfa_guide.base.errors import GuideError
from mfa_guide.policy import load, versions
from mfa_guide.problems.explaining import explain
from tests.support import POLICY
from tests.support.logs import KEYS, LOGS, SECRETS, Log

COMMAND = str(Path(sys.executable).with_name("mfa-guide"))


def run(*words: str, paste: bytes = b"", **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [COMMAND, "explain", *words], input=paste, env=os.environ | environment, capture_output=True, timeout=60
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_it_says_what_it_means_what_to_do_and_where_to_read_more() -> None:
    paste = b"debug1: x\r\nvsc31415@login.hpc.kuleuven.be: Permission denied (publickey).\r\n"
    done = run("--edition", "2024", paste=paste, SITE_URL="https://guide.example/2024/")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "This is about the login of 2024.\n\n\n"
        "`Permission denied (publickey).`\n\nThe link appears only after your key was accepted."
    )
    profile = "https://guide.example/2024/log-in/openssh-agent/#4-make-a-profile"
    assert f"Without `-i ~/.ssh/id_rsa_vsc` or a profile ({profile})" in done.stdout
    assert "[VSC account page]" not in done.stdout
    assert "VSC account page (https://account.vscentrum.be" in done.stdout
    assert "./run serve" not in done.stdout
    assert "Read more: https://guide.example/2024/fix/key/#permission-denied\n" in done.stdout


def test_without_an_address_of_the_guide_it_says_how_to_read_it() -> None:
    done = run(paste=b"The agent has no identities.")
    assert "Read more: http://127.0.0.1:8000/fix/agent/#agent-empty\n" in done.stdout
    assert done.stdout.endswith("type ./run serve in the guide's folder: the addresses lead to it then.\n")


@pytest.mark.parametrize("words", [[], ["--edition", "2026"]], ids=["unasked", "asked"])
def test_it_answers_for_today_when_no_edition_is_named(words: list[str]) -> None:
    paste = b"ssh: connect to host login.hpc.kuleuven.be port 22: Connection timed out"
    today = run(*words, paste=paste).stdout
    assert today.startswith("This is about the login of 2026.\n\n\n`ssh: connect to host ")
    then = run("--edition", "2024", paste=paste).stdout
    assert "90 days" in then
    assert "90 days" not in today


def test_an_edition_that_there_is_not() -> None:
    done = run("--edition", "1999", paste=b"The agent has no identities.")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "mfa-guide: there are no rules of '1999': choose 2024, 2026\n"


def test_it_says_which_wording_it_knows_when_the_title_does_not() -> None:
    assert explain('Load key "/home/ann/vsc.ppk": invalid format', POLICY).splitlines()[3:5] == [
        '`Load key "…": error in libcrypto`',
        'Here: `Load key "…": invalid format`',
    ]
    assert "Here:" not in explain("The agent has no identities.", POLICY)


def test_it_says_that_nothing_was_pasted() -> None:
    done = run(paste=b" \r\n\t")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("mfa-guide: there is nothing to explain: paste ")
    assert done.stderr.count("\n") == 1


def test_of_a_message_in_another_language_it_says_how_to_get_it_in_english() -> None:
    german = "ssh: Could not resolve hostname nowhere.example: Der Name ist heute nicht auf der Liste"
    first, _, rest = explain(german, POLICY).partition("\n\n")
    assert first == f"This is about the login of {POLICY.version}."
    assert rest.startswith("Only a part of the message is known here.\n")
    assert "type `LC_ALL=C` and a space before the command" in rest


@pytest.mark.parametrize("log", KEYS, ids=lambda log: log.name)
def test_of_a_private_key_it_says_only_that_it_is_one(log: Log) -> None:
    done = run(paste=log.text.encode(), SITE_URL="https://guide.example/")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("mfa-guide: This is a private key: paste it nowhere. ")
    address = "https://guide.example/fix/unexpected-question/#replace-your-key"
    assert f"replace it today: see Replace your key ({address})" in done.stderr
    assert [word for word in log.text.split() if len(word) > 20 and word in done.stderr] == []


def test_from_a_file_as_windows_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "said.txt"
    file.write_bytes("The agent has no identities.\r\n".encode("utf-16"))
    assert run(str(file)).stdout.splitlines()[3] == "`The agent has no identities.`"


@pytest.mark.parametrize("paste", [b"all is well\n", bytes(range(256)) * 9999], ids=["other", "binary"])
def test_nothing_that_is_known(paste: bytes) -> None:
    done = run(paste=paste)
    assert (done.returncode, done.stdout) == (1, "")
    assert (done.stderr.count("\n"), done.stderr.count("mfa-guide:")) == (1, 1)
    assert done.stderr.startswith("mfa-guide: Nothing in it is known here. ")
    assert "Event Log" in done.stderr
    assert "See No link, and it just waits (http://127.0.0.1:8000/fix/link/#no-link)" in done.stderr


@pytest.mark.parametrize("name", ["nowhere.txt", "."])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    done = run(str(tmp_path / name))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"mfa-guide: {tmp_path / name} cannot be read: ")


def test_without_anything_to_read() -> None:
    done = subprocess.run(["bash", "-c", f"{COMMAND} explain <&-"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (2, "mfa-guide: there is no standard input: name a file\n")


def test_the_end_of_something_endless_is_enough() -> None:
    script = f"(head -c 30000000 /dev/zero; echo The agent has no identities.) | {COMMAND} explain"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[3] == "`The agent has no identities.`"


def test_at_a_terminal_it_says_how_to_paste() -> None:
    terminal = pexpect.spawn(COMMAND, ["explain"], timeout=30, encoding="utf-8")
    terminal.expect_exact("Paste what the terminal said, press Enter, and then Ctrl+D.\r\n")
    terminal.sendline("The agent has no identities.")
    terminal.sendeof()
    terminal.expect_exact("There is an agent, and it holds nothing, or it is locked.")
    terminal.expect(pexpect.EOF)
    assert terminal.wait() == 0


def test_what_is_pasted_is_never_said_again() -> None:
    assert all(any(secret in log.text for log in [*LOGS, *KEYS]) for secret in SECRETS)
    for log, edition in product([*LOGS, *KEYS], versions()):
        try:
            said = explain(log.text, load(edition))
        except GuideError as error:
            said = str(error)
        assert [secret for secret in SECRETS if secret in said] == []
