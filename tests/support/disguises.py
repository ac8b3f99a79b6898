"""Disguises: the ways in which a message comes when somebody pastes it, put on every message of the catalogue.

What is found in the bare message must be found in each disguise. `ACCEPTED` says which are lost all the same, and why.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from mfa_guide.policy import NEWEST
from mfa_guide.problems.catalogue import entries
from tests.support.answers import given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mfa_guide.problems.catalogue import Chapter, Entry, Message

HOME = "/home/ann"
HOST = "login.hpc.kuleuven.be"
LOG = (Path(__file__).parents[1] / "problems" / "ssh-v.txt").read_text(encoding="utf-8")
"""What `ssh -v` really said of a login, up to the moment when it was refused."""

VARIES = [
    (r"(?<=port )…", "22"),
    (r"(?<=line )…", "7"),
    (r"(?<=code )…", "14"),
    (r"(?<= )…(?= (?:seconds?|secondes|seconden|Sekunden)\b)", "20"),
    (r"(?<=Permissions )…", "0644"),
    (r"(?<=No )…(?= host key)", "ED25519"),
    (r"(?<=private key \()…", "new format"),
    (r"(?<=option: )…", "forwardagnet"),
    (r"(?<=option \")…", "gssapiauthentication"),
    (r"(?<=open )…(?= to complete)", "https://firewall.vscentrum.be/8dK2nWq7VbTz4pLmXhR"),
    (r"(?<=cached by )…|(?<=the one )…", "PuTTY"),
    (r"(?<=git@)…", "gitlab.example"),
    (r"(?<=@nx\.)…", "hpc.kuleuven.be"),
    (r"(?<=@)…", HOST),
    (r"…(?=@)", "vsc30123"),
    (r"(?<=\bhost )…|(?<=\bhostname )…|(?<=\b(?:from|with) )…|(?<=\b(?:by|to) )…", HOST),
    (r"(?<=\bHost key for )…|(?<=\bknown for )…", HOST),
    (r"^…(?=: (?:command not found|opdracht niet|Kommando nicht|commande introuvable))", "bash: puttygen"),
    (r"^…(?= line)", f"{HOME}/.ssh/config:"),
    (r"…(?=/\.ssh)", HOME),
    (r"…(?=\w)", f"{HOME}/"),
    (r"(?<=\w)…", "/x"),
    (r"…", f"{HOME}/.ssh/id_rsa_vsc"),
]
"""What may stand for `…`, by what is around it; the first that fits does."""


def filled(text: str) -> str:
    """Return a message of the catalogue as a program says it."""
    for pattern, value in VARIES:
        text = re.sub(pattern, value, text)
    return text


def said(message: Message) -> str:
    """Return what is pasted of a message: it, and where it counts only beside something else, this above it."""
    return filled("\n".join((*message.beside[:1], message.text)))


def each_line(before: str, text: str) -> str:
    """Return a text with something before each line."""
    return textwrap.indent(text, before, lambda _: True)


def wrapped(width: int, text: str) -> str:
    """Return a text as a mail program wraps it: between words."""
    return "\n".join(textwrap.fill(line, width, break_on_hyphens=False) for line in text.split("\n"))


def cut(width: int, text: str) -> str:
    """Return a text as it is copied from a window so wide: cut anywhere."""
    return "\n".join(line[at : at + width] for line in text.split("\n") for at in range(0, len(line), width))


def curly(text: str) -> str:
    """Return a text with the quotes of a word processor."""
    text = re.sub(r'"([^"]*)"', r"“\1”", text)
    return re.sub(r"'([^']*)'", r"‘\1’", text).replace("'", "’")


def of_windows(text: str) -> str:
    """Return a text with a path of Windows where there is one of Linux."""
    return re.sub(r"/home/ann[\w/.-]*", lambda path: path[0].replace(HOME, r"C:\Users\ann").replace("/", "\\"), text)


def of_windows_ssh(text: str) -> str:
    """Return a text with a path as Windows' own ssh says it of its settings."""
    return text.replace(HOME, r"C:\\Users\\ann")


def in_filezilla(text: str) -> str:
    """Return a text in FileZilla's log."""
    lines = [line.removeprefix("Error: ") for line in text.split("\n")]
    return (
        f"Status:\tConnecting to {HOST}...\nResponse:\tfzSftp started, protocol_version=11\n"
        f'Command:\topen "vsc30123@{HOST}" 22\n'
        + "".join(f"Error:\t{line}\n" for line in lines)
        + "Error:\tCould not connect to server\nStatus:\tWaiting to retry...\n"
    )


def in_box(title: str, text: str) -> str:
    """Return a text as Windows copies a box of it with Ctrl+C."""
    row = "-" * 27
    return "\r\n".join((row, title, row, *text.split("\n"), row, "OK   ", row, ""))


def in_vscode(text: str) -> str:
    """Return a text in VS Code's log."""
    return (
        "[12:01:43.166] Running script with connection command: ssh -T -D 51813 -o ConnectTimeout=15 vsc bash\n"
        f"{each_line('[12:01:44.203] > ', text)}\n"
        '[12:01:44.612] "install" terminal command done\n'
        "[12:01:44.613] Install terminal quit with output: The process tried to write to a nonexistent pipe.\n"
        "[12:01:44.620] Failed to parse remote port from server output\n"
    )


OTHER_WORDS = [
    ("OpenSSH 10", r'(Load key "[^"]*"): error in libcrypto', r"\1: invalid format"),
    (
        "OpenSSH 10",
        r"^kex_exchange_identification: Connection closed by remote host",
        f"Connection closed by {HOST} port 22",
    ),
    ("OpenSSH 10", r"scp: \S+: No such file or directory", 'scp: stat local "results.txt": No such file or directory'),
    ("OpenSSH 10", r"(Enter passphrase) for key '([^']*)'", r'\1 for "\2"'),
    ("OpenSSH 10", r"key fingerprint is SHA256", "key fingerprint is: SHA256"),
    ("OpenSSH 8", r"^Host key for", "ED25519 host key for"),
    ("OpenSSH 8", r"^No ED25519 host key", "No ECDSA host key"),
    ("OpenSSH 8", r"^scp: Connection closed", "lost connection"),
    (
        "OpenSSH 7",
        r"^kex_(?=exchange_identification: (?:Connection closed by remote host|read: Connection reset by peer)$)",
        "ssh_",
    ),
    ("OpenSSH 7", r"(signing failed) for .* from agent", r"\1"),
    (
        "OpenSSH 7",
        r"^client_loop: send disconnect(?=: Broken pipe)",
        f"packet_write_wait: Connection to {HOST} port 22",
    ),
    ("Windows", r"^(kex_exchange_identification: read: .*reset) by peer", r"\1"),
    ("Windows", r"^(ssh: .*)Name or service not known", r"\1No such host is known. "),
    ("macOS", r"^(ssh: .*)Connection timed out", r"\1Operation timed out"),
    ("macOS", r"^(ssh: .*)Name or service not known", r"\1nodename nor servname provided, or not known"),
    ("fuse 2", r"^fusermount3:", "fusermount:"),
]
"""What other versions and systems say instead: whose words, what is said, and what they say."""


def in_words_of(name: str, text: str) -> str:
    """Return a text in the words of another version or system."""
    for whose, pattern, instead in OTHER_WORDS:
        if whose == name:
            text = re.sub(pattern, instead, text, flags=re.MULTILINE)
    return text


def first_letter(change: Callable[[str], str], text: str) -> str:
    """Return a text whose first letter is another one."""
    return change(text[:1]) + text[1:]


PROMPT = "[vsc30123@tier2-p-login-1 ~]$ "
DISGUISES: dict[str, Callable[[str], str]] = {
    **{f"wrapped at {width}": partial(wrapped, width) for width in (40, 72, 80)},
    **{f"cut at {width}": partial(cut, width) for width in (40, 72, 80)},
    "quoted": partial(each_line, "> "),
    "quoted twice and wrapped": lambda text: each_line("> > ", wrapped(40, text)),
    "in a table": partial(each_line, "| "),
    "indented": partial(each_line, "    "),
    "in a fence": lambda text: f"What now?\n\n```\n{text}\n```\n",
    "in a named fence": lambda text: f"~~~ console\n$ ssh vsc\n{text}\n~~~\n",
    "in code style": lambda text: f"`{text}`",
    "in bold": lambda text: f"**{text}**",
    "lines of Windows": lambda text: f"\r\n{text}\n\n".replace("\n", "\r\n"),
    "spaces at the end": lambda text: f"{text.ljust(100)}\n",
    "curly quotes": curly,
    "long dashes": lambda text: text.replace("--", "—").replace("-", "–"),
    "spaces that do not break": lambda text: text.replace(" ", "\xa0"),
    "two spaces": lambda text: text.replace(" ", "  "),
    "in colour": lambda text: f"\x1b[31m{text}\x1b[0m\n\x1b]0;ann@laptop\x07",
    "with a date and time": partial(each_line, "2026-11-24 09:14:02 "),
    "with a date and time in brackets": partial(each_line, "[2026-11-24 09:14:02] "),
    "with an exact time": partial(each_line, "2026-11-24T09:14:02.123Z "),
    "with a time": partial(each_line, "09:14:02 "),
    "in the system's log": partial(each_line, "Nov 24 09:14:02 laptop ssh[4711]: "),
    "in VS Code's log": in_vscode,
    "behind what VS Code says": partial(each_line, "[12:01:44.203] Got stderr from ssh: "),
    "in FileZilla's log": in_filezilla,
    "in a box of PuTTY": partial(in_box, "PuTTY Fatal Error"),
    "in a box of plink": partial(in_box, "PuTTY Error"),
    "behind an empty line of the terminal": partial(each_line, PROMPT),
    "between two prompts": lambda text: f"ann@laptop:~$ ssh vsc\n{text}\nann@laptop:~$ ",
    "between two prompts of PowerShell": lambda text: f"PS C:\\Users\\ann> ssh vsc\n{text}\nPS C:\\Users\\ann> ",
    "in what ssh -v says": lambda text: f"$ ssh -v vsc\n{LOG}{text}\ndebug1: No more authentication methods to try.\n",
    "under git": lambda text: (
        f"Cloning into 'work'...\n{text}\nfatal: Could not read from remote repository.\n\n"
        "Please make sure you have the correct access rights\nand the repository exists.\n"
    ),
    "under rsync": lambda text: (
        f"{text}\nrsync: connection unexpectedly closed (0 bytes received so far) [sender]\n"
        "rsync error: unexplained error (code 255) at io.c(228) [sender=3.2.7]\n"
    ),
    "under scp": lambda text: f"{text}\nscp: Connection closed\n",
    "in a mail": lambda text: (
        f"Dear helpdesk,\n\nsince yesterday I cannot log in any more:\n\n{text}\n\n"
        "What should I do? It worked last week.\n\nKind regards,\nAnn\n"
    ),
    "in a sentence": lambda text: f'I get "{text}" when I log in at home.',
    "with a path of Windows": of_windows,
    "with a path of Windows' ssh": of_windows_ssh,
    **{
        f"in the words of {name}": partial(in_words_of, name)
        for name in dict.fromkeys(name for name, _, _ in OTHER_WORDS)
    },
    "in small letters": str.lower,
    "in capitals": str.upper,
    "with a small letter first": partial(first_letter, str.lower),
    "with a capital first": partial(first_letter, str.upper),
    "with a full stop": lambda text: text.rstrip(".") + ".",
    "without a full stop": lambda text: text.rstrip("."),
}
"""What is made of a bare message; where nothing changes, the message has no such disguise."""

OF_PUTTY = ("fix/putty.md", "fix/filezilla.md")
"""The pages of what PuTTY says, and FileZilla, in which it is."""
IN_A_BOX = ("in a box of PuTTY", "in a box of plink")
"""Disguises that no message of another program has."""
OF_SSH = ("fix/connection.md", "fix/key.md", "fix/agent.md", "fix/link.md")
"""The pages of what ssh itself says."""
UNDER_ANOTHER = ("under git", "under rsync", "under scp", "in VS Code's log")
"""Disguises in which another program ends because of it, and says so."""
ACCEPTED: dict[tuple[str, str], str] = {
    (
        "in what ssh -v says",
        "permission-denied",
    ): "the log says which key was offered, and that has an entry of its own",
    ("in the words of OpenSSH 10", "scp-no-file"): "newer scp says which side has no such file, and each has an entry",
    (
        "in the words of OpenSSH 7",
        "card-signs-no-more",
    ): "it does not say which key it was, so that no card is known of",
    ("under git", "host-key-unknown"): "git has an entry of its own",
    ("under git", "permission-denied"): "git has an entry of its own",
    ("in the words of OpenSSH 10", "jump-closed"): "that a jump host was in between, it says no longer",
    ("in what ssh -v says", "kex-closed"): "this log goes on behind the exchange of keys, and says more",
    ("in VS Code's log", "banner-timed-out"): "VS Code has an entry of its own",
}
"""What is lost and may be: the disguise and the entry, and why."""


@dataclass(frozen=True)
class Worn:
    """A message in a disguise."""

    edition: str
    chapter: Chapter
    entry: Entry
    message: str
    disguise: str
    """Its name; empty for the bare message."""
    paste: str

    def __str__(self) -> str:
        return f"{self.edition}: {self.entry.id}: {self.message}"

    def lost(self) -> str:
        """Return what is answered instead of the entry; empty when it comes first, as it should."""
        got = given(self.paste, self.edition)
        return "" if got.sure and got.found[0] == self.entry.id else str(got)


def bare(edition: str) -> Iterator[Worn]:
    """Yield every message of an edition as its program says it, and nothing else."""
    for chapter, entry in entries(edition):
        for message in entry.messages:
            yield Worn(edition, chapter, entry, message.text, "", said(message))


@cache
def _found(edition: str) -> list[Worn]:
    """Return those that are found when they are bare: others cannot be lost."""
    return [each for each in bare(edition) if not each.lost()]


def disguised(edition: str, name: str) -> Iterator[Worn]:
    """Yield every message of an edition in a disguise, except those that never come so, or that it does not change.

    What editions have in common is tried in the newest of them.
    """
    for each in _found(edition):
        if edition != NEWEST and not each.entry.editions:
            continue
        paste = DISGUISES[name](each.paste)
        if paste != each.paste and _comes_so(each, name):
            yield replace(each, disguise=name, paste=paste)


def _comes_so(worn: Worn, name: str) -> bool:
    page = worn.chapter.page
    if name in UNDER_ANOTHER:
        # What is harmless ends no other program, and another consequence says no more than this one.
        return page in OF_SSH and not (worn.entry.harmless or worn.entry.consequence)
    if name in IN_A_BOX:
        return page in OF_PUTTY and not worn.entry.harmless
    if name == "in FileZilla's log":
        # What PuTTY says there is of an entry of its own.
        return page == "fix/filezilla.md"
    # What is the last line of a log is not the last one in this.
    return name != "in what ssh -v says" or (page in OF_SSH and not worn.entry.id.startswith("stuck-"))
