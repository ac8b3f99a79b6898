"""`mfa-guide compare`: a person's login at the real service, laid over what the guide shows of it.

The log is redacted before anything else is done with it, and only the login is looked at: from the command to what
follows the link.
"""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mfa_guide.base import writing
from mfa_guide.base.errors import UsageError
from mfa_guide.by_hand import records
from mfa_guide.by_hand.log import read_log, unwrap
from mfa_guide.by_hand.redaction import OTHER_TOKEN, PROMPT, TOKEN, Public, redact
from mfa_guide.expecting.failure import Failure
from mfa_guide.expecting.matching import Edit, Expected, align
from mfa_guide.expecting.shapes import ANY
from mfa_guide.guide.page import DOCS, SNIPPETS
from mfa_guide.kinds import open_guide
from mfa_guide.kinds.transcript.reading import parse_transcript

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mfa_guide.guide.guide import Guide
    from mfa_guide.guide.page import Instruction, Page
    from mfa_guide.kinds.transcript.reading import Transcript

MOST_BEFORE = 20
"""How many lines before the link are looked at, where the log has no command. Ours."""

# The column at which PuTTY 0.78 breaks what a server says.
_BROKEN_AT = 79


@dataclass(frozen=True)
class Shown:
    """A login as a page shows it: everything that the terminal shows from the command to what follows the link."""

    page: str
    """Relative to docs/."""
    snippet: str
    """Relative to snippets/."""
    lines: tuple[str, ...]
    """As the snippets have them, whole where PuTTY breaks them."""
    after: int
    """How many of the lines come after the link."""


@dataclass(frozen=True)
class Comparison:
    """A log, laid over a login that a page shows."""

    shown: Shown
    log: tuple[str, ...]
    """The login in the log, redacted, with the command where there is one."""
    edits: tuple[Edit, ...]

    def count(self, kind: str) -> int:
        """Return how many lines are `same`, `changed`, `missing` or `extra`."""
        return sum(edit[0] == kind for edit in self.edits)

    @property
    def differs(self) -> bool:
        """Whether anything is not the same."""
        return self.count("same") < len(self.edits)


def compare(project: Path, log: Path, page: Path | None, *, keep: bool) -> int:
    """Compare a log with the guide, and keep it if the person agrees.

    Args:
        project: the folder with `mkdocs.yml`.
        log: the log's file; `-` for standard input.
        page: the page to compare with; the one that fits best when None.
        keep: keep it without asking. When nobody can be asked, nothing is kept otherwise.

    Returns:
        0 when all lines are the same, else 1.

    Raises:
        UsageError: there is no login in the log, or none on the page.
        GuideError: a page cannot be read, or the evidence not be written.
    """
    comparison = lay_over(open_guide(project), read_log(log), page)
    print("Your login, as it would be kept. What is nobody's business has been taken out:\n")
    print("\n".join(f"    {line}" for line in comparison.log))
    kept = keep or (sys.stdin.isatty() and typer.confirm("\nRead it. Keep it, for the guide?", default=False))
    print(f"\nBeside it, {DOCS}/{comparison.shown.page} ({SNIPPETS}/{comparison.shown.snippet}):\n")
    print("\n".join(difference(comparison)))
    if kept:
        print(f"\nWritten to {_keep(project, comparison)}, for a maintainer to commit.")
    else:
        print("\nNothing was kept." + ("" if sys.stdin.isatty() else " To keep it, add --keep."))
    return 1 if comparison.differs else 0


# -- what the guide shows ----------------------------------------------------------------------------------------------


def logins(guide: Guide, page: Path | None = None) -> list[Shown]:
    """Return the logins by link that the guide shows, on all pages or on one.

    Raises:
        UsageError: there is no such page, or none on it.
        GuideError: a page cannot be read.
    """
    paths = guide.files()
    if page is not None:
        paths = [path for path in paths if path == page.resolve()]
    found = [shown for path in paths for shown in _logins_on(guide.page_at(path))]
    if not found:
        raise UsageError(f"{page or DOCS} shows no login by link: choose such a page with --page")
    return found


def _logins_on(page: Page) -> Iterator[Shown]:
    firewall = f"https://{page.guide.policy.text('firewall_host')}/"
    read: list[tuple[Instruction, Transcript]] = []
    for instruction in page.instructions:
        # The check of the page names what cannot be read.
        with contextlib.suppress(Failure, OSError, UnicodeDecodeError):
            if instruction.kind == "transcript":
                read.append((instruction, parse_transcript(page.snippet(instruction).read_text(encoding="utf-8"))))
    for number, (instruction, transcript) in enumerate(read, start=1):
        for command in transcript.commands:
            lines = [line.source for line in command.expected]
            if "waits" in instruction.options and command is transcript.commands[-1]:
                terminal = instruction.option("terminal")
                later = (t.continuation for i, t in read[number:] if i.option("terminal") == terminal)
                goes_on = next(later, ())
                lines += [line.source for line in goes_on]
            lines = _joined(lines)
            link = next((at for at, line in enumerate(lines) if firewall in line), None)
            if link is not None:
                ends = next((at for at in range(link, len(lines)) if lines[at].strip() == ANY), len(lines))
                yield Shown(page.name, instruction.snippet, tuple(lines[:ends]), ends - link - 1)


def _public(guide: Guide, shown: Sequence[Shown]) -> tuple[Public, Mapping[str, str]]:
    """Return what the guide shows, and the questions that it answers."""
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in (guide.project / SNIPPETS).rglob("*.txt")]
    public = Public("\n".join([*texts, *map(str, guide.policy.facts.values())]))
    asked = [_question(line) for each in shown for line in each.lines if "«" in line]
    return public, {redact([question], public, {})[0]: answer for question, answer in asked}


# -- laying one over the other -----------------------------------------------------------------------------------------


def lay_over(guide: Guide, lines: list[str], page: Path | None) -> Comparison:
    """Redact a log, and lay it over the login in the guide that fits it best.

    Args:
        guide: the guide.
        lines: the log, as it stood on the screen.
        page: the page to compare with; all of them when None.

    Raises:
        UsageError: there is no login by link in the log, or none on the page.
        GuideError: a page cannot be read.
    """
    candidates = logins(guide, page)
    public, questions = _public(guide, candidates)
    # Whether full lines were broken by the terminal or just happen to be full shows by which of both fits better.
    readings = (redact(_joined(reading), public, questions) for reading in (lines, unwrap(lines)))
    best = [min((_beside(shown, log, public) for shown in candidates), key=_distance) for log in readings]
    return max(best, key=lambda comparison: comparison.count("same"))


def _distance(comparison: Comparison) -> int:
    return len(comparison.edits) - comparison.count("same")


def _joined(lines: Sequence[str]) -> list[str]:
    """Put together what PuTTY has broken: it goes on after `> `, and a blank at the end of a line may be lost."""
    whole: list[str] = []
    for before, line in pairwise(["", *lines]):
        if whole and before.startswith(("| ", "> ")) and line.startswith("> "):
            whole[-1] += " " * (len(before) == _BROKEN_AT - 1) + line.removeprefix("> ")
        else:
            whole.append(line)
    return whole


def _beside(shown: Shown, log: list[str], public: Public) -> Comparison:
    login = _login(log, shown.after)
    seen = [line for line in login if not line.startswith(PROMPT)]
    return Comparison(shown, tuple(login), tuple(align(_expected(shown, public), seen, {})))


def _expected(shown: Shown, public: Public) -> list[Expected]:
    expected: list[Expected] = []
    for line in shown.lines:
        question, answer = _question(line)
        (text,) = redact([question], public, {})
        # The answer may be echoed or not.
        expected.append(Expected(0, text, (text, text + answer)))
    return expected


def _question(line: str) -> tuple[str, str]:
    """Return a line without what the reader types, and that."""
    question, _, answer = line.rstrip("»").partition("«")
    return question, answer


def _login(log: list[str], after: int) -> list[str]:
    """Return the last login by link in a redacted log, and the lines that follow it where the guide shows some.

    Raises:
        UsageError: there is none.
    """
    links = [at for at, line in enumerate(log) if TOKEN in line or OTHER_TOKEN in line]
    if not links:
        raise UsageError("there is no login link in the log: log in with your browser, and keep the whole of it")
    link = links[-1]
    commands = [at for at, line in enumerate(log[:link]) if line.startswith(PROMPT)]
    begin = commands[-1] if commands else max(0, link - MOST_BEFORE)
    return log[begin : link + 1 + after]


def difference(comparison: Comparison) -> list[str]:
    """Return what became of each line, for people."""
    lines: list[str] = []
    for kind, expected, seen in comparison.edits:
        match kind:
            case "same":
                lines += [f"same       {line}" for line in seen]
            case "changed" if expected:
                lines += [f"different  the guide has: {expected.text}", f"           you saw:       {seen[0]}"]
            case "missing" if expected:
                lines.append(f"missing    {expected.text}")
            case _:
                lines += [f"extra      {line}" for line in seen]
    return lines


# -- keeping it --------------------------------------------------------------------------------------------------------


def _keep(project: Path, comparison: Comparison) -> Path:
    today, shown = datetime.now(UTC).date(), comparison.shown
    folder = project / records.FOLDER
    number = 1
    while (file := folder / f"{today}-{Path(shown.page).stem}-{number}.txt").exists():
        number += 1
    writing.write(file, "\n".join(comparison.log) + "\n", folders=True)
    record = records.Compared(
        page=shown.page,
        snippet=shown.snippet,
        sha256=sha256((project / SNIPPETS / shown.snippet).read_bytes()).hexdigest(),
        date=today,
        same=comparison.count("same"),
        different=comparison.count("changed"),
        missing=comparison.count("missing"),
        extra=comparison.count("extra"),
        log=file.name,
    )
    return records.add(project, record)
