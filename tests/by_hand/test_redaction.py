"""Nothing of a log that is nobody's business survives: whoever the person is, whatever broke the lines."""

from __future__ import annotations

import ipaddress
import random
import re
import string

import pytest

from mfa_guide.by_hand.log import screen_lines
from mfa_guide.by_hand.redaction import Public, redact
from mfa_guide.kinds import open_guide
from tests.support import POLICY, PROJECT, SNIPPETS

PUBLIC = Public(
    "\n".join(
        [*(path.read_text(encoding="utf-8") for path in sorted(SNIPPETS.rglob("*.txt")))]
        + [str(fact) for fact in POLICY.facts.values()]
    )
)
QUESTIONS = {"Are you sure you want to continue connecting (yes/no/[fingerprint])? ": "yes"}


class Person:
    """Somebody who logs in, with everything that is theirs."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        letters, digits = string.ascii_lowercase, string.digits
        self.account = f"vsc{self.word(digits, 5)}"
        self.user = self.word(letters, 8)
        self.machine = f"{self.word(letters, 6)}-{self.word(digits, 3)}"
        self.domain = f"{self.word(letters, 7)}.example.org"
        self.mail = f"{self.word(letters, 6)}.{self.word(letters, 7)}"
        self.token = self.word(string.ascii_letters + digits, self.random.randint(16, 24) - 1) + "7"
        self.fingerprint = self.word(string.ascii_letters + digits + "+/", 43)
        self.key = f"{self.word(letters, 9)}_key"
        self.comment = f"{self.word(letters, 6)} {self.word(letters, 9)}"
        self.typed = f"{self.word(letters, 9)} {self.word(letters, 8)}"
        v6 = ipaddress.IPv6Address(0x2A02_0000_0000_0000_0000_0000_0000_0000 + self.random.getrandbits(100))
        self.v6 = self.random.choice([str(v6), str(v6).upper()])
        self.v4 = ".".join(str(self.random.randint(11, 223)) for _ in range(4))
        self.port = str(self.random.randint(10000, 65535))

    def word(self, letters: str, length: int) -> str:
        return "".join(self.random.choice(letters) for _ in range(length))

    @property
    def secrets(self) -> list[str]:
        whose = [self.account, self.user, self.machine, self.domain, self.mail, self.key, self.comment, self.typed]
        return [*whose, self.token, self.fingerprint, self.v6, self.v4]

    @property
    def origin(self) -> str:
        return self.random.choice([f"{self.v4}:{self.port}", f"[{self.v6}]:{self.port}"])

    def openssh(self) -> list[str]:
        """A log of ssh, by somebody who also types a secret where it can be seen."""
        prompt = self.random.choice(
            [
                f"{self.user}@{self.machine}:~/work$ ",
                f"[{self.user}@{self.machine} ~]$ ",
                f"{self.machine}:~ {self.user}$ ",
                f"{self.user}@{self.machine} ~ % ",
                rf"PS C:\Users\{self.user}> ",
            ]
        )
        home = self.random.choice([f"/home/{self.user}", f"/Users/{self.user}", rf"C:\Users\{self.user}"])
        host = self.random.choice([self.v4, self.v6])
        return [
            f"{prompt}ssh -i {home}/.ssh/{self.key} -J {self.user}@{self.machine}.{self.domain} "
            f"{self.account}@login.hpc.kuleuven.be",
            f"The authenticity of host 'login.hpc.kuleuven.be ({host})' can't be established.",
            f"ED25519 key fingerprint is SHA256:{self.fingerprint}.",
            f"Are you sure you want to continue connecting (yes/no/[fingerprint])? {self.typed}",
            f"Enter passphrase for key '{home}/.ssh/{self.key}': ",
            f"Logging in as {self.account} from {self.origin}.",
            f"Please open https://firewall.vscentrum.be/{self.token} to complete logon.",
            f"Last login: Mon Nov 23 10:00:00 2026 from {self.machine}.{self.domain}",
            f"Questions of {self.mail}@{self.domain} about /user/leuven/312/{self.account}/{self.key}?",
        ]

    def putty(self) -> list[str]:
        """A log of PuTTY, which breaks its text at column 80."""
        shown: list[str] = []
        for line in (
            f"Logging in as {self.account} from {self.origin}.",
            f"Please open https://firewall.vscentrum.be/{self.token} to complete logon.",
        ):
            parts = [line[at : at + 77].rstrip() for at in range(0, len(line), 77)]
            shown += [f"{'> ' if number else '| '}{part}" for number, part in enumerate(parts)]
        return [
            "=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2026.11.24 10:00:00 =~=~=~=~=~=~=~=~=~=~=~=",
            f'Using username "{self.account}".',
            f'Authenticating with public key "{self.comment}"',
            f'Passphrase for key "{self.comment}": ',
            "Further authentication required",
            "-- Keyboard-interactive authentication prompts from server: ------------------",
            *shown,
            "-- End of keyboard-interactive prompts from server ---------------------------",
            f"{self.account}@tier2 {self.mail}@{self.domain}",
        ]


def broken(lines: list[str], width: int) -> list[str]:
    """Break lines as a terminal of that width does."""
    return [line[at : at + width] for line in lines for at in range(0, max(len(line), 1), width)]


def coloured(lines: list[str], person: Person) -> str:
    """Return the lines with codes of colour anywhere in them, and what was typed wrong and wiped out."""
    text = ""
    for line in lines:
        at = person.random.randint(0, len(line))
        text += f"\x1b]0;{person.user}\x07{line[:at]}\x1b[1;31m{line[at:]}\x1b[0mx\b \b\r\n"
    return text


def survivors(lines: list[str], person: Person) -> list[str]:
    """Return every secret that is still there, whole or most of it, in one line or across lines."""
    plain = "\n".join(lines).lower()
    together = re.sub(r"\n(?:[|>] )?", "", plain)
    pieces = [secret[at : at + 7] for secret in person.secrets for at in range(max(1, len(secret) - 6))]
    return [piece for piece in pieces if piece.lower() in plain or piece.lower() in together]


@pytest.mark.parametrize("seed", range(60))
def test_no_secret_survives(seed: int) -> None:
    person = Person(seed)
    for log in (person.openssh(), person.putty()):
        assert survivors(log, person), "the log has secrets before"
        width = person.random.choice([40, 60, 79, 80, 100, 132])
        for lines in (log, broken(log, width), screen_lines(coloured(log, person))):
            redacted = redact(lines, PUBLIC, QUESTIONS)
            assert survivors(redacted, person) == [], "\n".join(redacted)


@pytest.mark.parametrize(
    ("edition", "command", "asked"),
    [("2026", "ssh", []), ("2024", "ssh -i <path>", ["Enter passphrase for key '<path>': "])],
)
def test_what_the_guide_shows_stays(edition: str, command: str, asked: list[str]) -> None:
    """Redaction is no shredder: of a login with the guide's own values, everything but those values is left."""
    snippet = open_guide(PROJECT, edition).edition.file("snippets/openssh/first-login.txt")
    lines = snippet.read_text(encoding="utf-8").splitlines()
    assert redact([line.replace("«yes»", "yes").partition("«")[0] for line in lines], PUBLIC, QUESTIONS) == [
        f"$ {command} <account>@login.hpc.kuleuven.be",
        "The authenticity of host 'login.hpc.kuleuven.be (<address>)' can't be established.",
        "ED25519 key fingerprint is SHA256:<fingerprint>.",
        "This key is not known by any other names.",
        "Are you sure you want to continue connecting (yes/no/[fingerprint])? yes",
        "Warning: Permanently added 'login.hpc.kuleuven.be' (ED25519) to the list of known hosts.",
        *asked,
        "Logging in as <account> from <address>.",
        "Please open https://firewall.vscentrum.be/<token> to complete logon.",
    ]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("groups: VSC31234", "groups: <account>"),
        ("Logging in as jan from", "Logging in as <account> from"),
        ('Using username "jan".', 'Using username "<account>".'),
        ("login as: jan", "login as: <account>"),
        ('Authenticating with public key "yes"', 'Authenticating with public key "<comment>"'),
        ("Enter passphrase for key 'yes': ", "Enter passphrase for key '<path>': "),
        ("at /data/leuven/a", "at <path>"),
        ("on d51.access.example.net", "on <host>"),
        ('the "whole word"', 'the "<text>"'),
        ("code 8dK2nWq7VbTz4pLmXhR", "code <secret>"),
        ("at 10:00:00 on 2026-11-24", "at 10:00:00 on 2026-11-24"),
        ("OpenSSH_9.2p1, 1.2.3", "OpenSSH_9.2p1, 1.2.3"),
        ("https://firewall.vscentrum.be/short", "https://firewall.vscentrum.be/<other token>"),
        ("https://firewall.vscentrum.be/", "https://firewall.vscentrum.be/"),
        ("see https://wiki.example.org/~jan/a?b=c.", "see <link>."),
        ("from 192.0.2.7 port 51000", "from <address>"),
        ("fe80::1%eth0 and ::ffff:192.0.2.7", "<address> and <address>"),
        ("MD5:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff", "MD5:<fingerprint>"),
        ("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ== me", "ssh-rsa <key> me"),
        ("Password: hunter2", "Password: <typed>"),
        ("jan@box:~$ sshpass -p secret ssh x@nowhere", "$ <word> -p <word> ssh <somebody>"),
    ],
)
def test_what_is_left_of_a_line(line: str, left: str) -> None:
    assert redact([line], PUBLIC, {}) == [left]


def test_a_private_key_and_a_drawn_fingerprint() -> None:
    drawn = ["+--[ED25519 256]--+", "|    .o+. .oB=.   |", "|     o.=+ o*.    |", "+----[SHA256]-----+"]
    key = [
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU",
        "-----END OPENSSH PRIVATE KEY-----",
    ]
    assert redact(["before", *drawn, *key, "after"], PUBLIC, {}) == ["before", "<fingerprint>", "<key>", "after"]


def test_what_was_given_away_once_is_taken_out_everywhere() -> None:
    """Also in the middle of words, and where a line is broken in a way that nobody knows."""
    lines = [
        "janssens@thuis:~$ ls",
        "Welcome, Janssens: my_janssens_file",
        "| this line ends in jans",
        "> sens and goes on",
    ]
    redacted = redact(lines, PUBLIC, {})
    assert redacted[1:] == ["Welcome, <name>: my_<name>_file", "| this line ends in <name> and goes on"]
    # A short name is a word of its own, and one that the guide shows is no secret.
    assert redact(["jan@thuis:~$ ls", "january jan hostname"], PUBLIC, {})[1] == "january <name> hostname"
    assert redact(["hostname@thuis:~$ ls", "hostname"], PUBLIC, {})[1] == "hostname"


def test_the_rest_of_a_secret_goes_where_its_line_was_broken() -> None:
    lines = [
        "this line is longer than the broken one, so that no width gives it away",
        "Please open https://firewall.vscentrum.be/8dK2nWq7Vb",
        "Tz4pLmXhR to complete logon.",
    ]
    assert redact(lines, PUBLIC, {})[1:] == [
        "Please open https://firewall.vscentrum.be/<other token> to complete logon."
    ]
