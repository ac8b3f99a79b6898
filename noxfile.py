"""Every task of the project: `./run` lists them, `./run TASK` carries one out."""

from __future__ import annotations

import logging
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import nox

if TYPE_CHECKING:
    from collections.abc import Sequence

# Everything is in .venv already (see ./run): no task has an environment of its own.
nox.options.default_venv_backend = "none"
# Nox looks for uv all the same, and that it is not there would be the first thing a reader sees.
logging.getLogger("nox").addFilter(lambda record: record.getMessage() != "uv binary not found.")

ROOT = Path(__file__).parent
BIN = ROOT / ".venv" / "bin"

# MkDocs and its theme advertise their successors on every start.
os.environ |= {
    "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    "NO_MKDOCS_2_WARNING": "1",
    "DISABLE_MKDOCS_2_WARNING": "true",
}

# Commands in the lab start in the reader's home: they need full paths.
PYTEST_IN_LAB = (
    *("mfa-guide", "practice", "shell", "--from", "home", "--"),
    *("python", "-m", "pytest", "-p", "no:cacheprovider"),
)

LINT = (
    ("ruff", "check"),
    ("ruff", "format", "--check"),
    ("mypy",),
    ("lint-imports", "--no-cache"),
    ("node", ".github/lint.mjs"),
)
# Of these pages every mutant has been judged once: what survives is accepted by name.
MUTATED = (
    *("docs/log-in/openssh.md", "docs/log-in/openssh-agent.md", "docs/log-in/fewer-prompts.md"),
    *("docs/applications/sshfs.md", "docs/applications/rsync-git-long-jobs.md", "docs/fix/unexpected-question.md"),
    *("docs/understand/two-ways-to-a-certificate.md", "docs/understand/secure-your-agent.md"),
    *("docs/understand/where-you-are.md", "docs/reference/index.md"),
)
NO_TESTS = 5
"""The exit status of pytest that has found none."""
TESTS = (
    ("mkdocs", "build", "--strict"),
    # What needs programs for Windows is a task of its own.
    # Tests often wait for a login or a window: one more at once than CI has processors.
    ("pytest", "-n", "3", "--dist", "loadgroup", "-m", "not windows"),
    (*PYTEST_IN_LAB, "-m", "lab and not windows", str(ROOT / "tests")),
    # The clients here carry out all pages; the oldest and the newest ones, which ./run has fetched, some.
    ("python", "-m", "mfa_guide.checking.matrix", "--sample", "6", "bullseye", "sid"),
    ("mfa-guide", "mutate", "--sample", "12", *MUTATED),
)


def hand_over(*command: str) -> NoReturn:
    """Become the command, so that signals reach it and its exit status is the task's."""
    os.execvp(command[0], command)


def run_all(session: nox.Session, steps: tuple[tuple[str, ...], ...]) -> None:
    """Run every step, also after one that failed: one run tells all. The first failure's status is the task's."""
    failed = []
    for step in steps:
        session.log(" ".join(step))
        if status := subprocess.run(step, cwd=ROOT, check=False).returncode:
            failed.append((" ".join(step), status))
    for step, status in failed:
        session.warn(f"failed with exit status {status}: {step}")
    if failed:
        raise SystemExit(failed[0][1])


def run_named(session: nox.Session, arguments: Sequence[str]) -> None:
    """Run tests by their names, outside the lab and, those marked so, in it."""
    # In the lab one starts elsewhere.
    words = [str(ROOT / word) if (ROOT / word.partition("::")[0]).exists() else word for word in arguments]
    statuses = []
    for pytest in (("pytest",), (*PYTEST_IN_LAB, "-m", "lab")):
        session.log(" ".join((*pytest, *words)))
        statuses.append(subprocess.run((*pytest, *words), cwd=ROOT, check=False).returncode)
    if set(statuses) == {NO_TESTS}:
        session.warn("no test is called so")
        raise SystemExit(NO_TESTS)
    if failed := [status for status in statuses if status not in (0, NO_TESTS)]:
        raise SystemExit(failed[0])


@nox.session
def serve(session: nox.Session) -> None:
    """Build the guide, serve it on this machine, and start the practice site beside it."""
    hand_over("python", "-m", "mfa_guide.website.serve", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the whole suite: lint, a strict build, the tests, the check of every page; or the tests named, alone."""
    if session.posargs:
        run_named(session, session.posargs)
    else:
        run_all(session, LINT + TESTS)


@nox.session
def check(session: nox.Session) -> None:
    """Carry out the instructions of all pages, or of the pages named."""
    hand_over("mfa-guide", "check", *session.posargs)


@nox.session
def mutate(session: nox.Session) -> None:
    """Put one thing wrong into the guide, again and again, and tell what no check notices: takes long."""
    hand_over("mfa-guide", "mutate", *session.posargs)


@nox.session
def matrix(session: nox.Session) -> None:
    """Carry out all pages, or those named, with the clients of all suites, or of those named: ./run matrix sid docs."""
    hand_over("python", "-m", "mfa_guide.checking.matrix", *session.posargs)


@nox.session
def windows(session: nox.Session) -> None:
    """Carry out what is for Windows, or the pages named, with PuTTY for Windows under Wine: built first, in minutes.

    `--sample N` runs the tests, too, and only so many of the pages.
    """
    set_up = ("python", "-m", "mfa_guide.clients.wine.setting_up")
    if status := subprocess.run(set_up, cwd=ROOT, check=False).returncode:
        raise SystemExit(status)
    pages = ("python", "-m", "mfa_guide.checking.matrix", "windows-0.78", "windows-0.83", "windows-0.85")
    tests = ("pytest", "-n", "2", "--dist", "loadgroup", "-m", "windows")
    named = session.posargs and session.posargs[0] != "--sample"
    run_all(session, (*(() if named else (tests,)), (*pages, *session.posargs)))


@nox.session
def reviews(session: nox.Session) -> None:
    """Look whether what is not checked is to be looked at again: only the scheduled job turns red by this."""
    hand_over("mfa-guide", "check", "--reviews")


@nox.session
def site(session: nox.Session) -> None:
    """Build all versions of the guide into site/, as they are published."""
    hand_over("python", "-m", "mfa_guide.website.versions", *session.posargs)


@nox.session
def practice(session: nox.Session) -> None:
    """Start the practice site on this machine; with arguments, any other `mfa-guide practice` command."""
    hand_over("mfa-guide", "practice", *(session.posargs or ["up"]))


@nox.session
def notebooks(session: nox.Session) -> None:
    """Open the tutorials in JupyterLab, which is installed when it is used first."""
    session.log("pip install jupyterlab")
    install = ("python", "-m", "pip", "install", "--quiet", "--constraint", "constraints.txt", "jupyterlab>=4.4,<5")
    subprocess.run(install, cwd=ROOT, check=True)
    # Jupyter shows pictures only of notebooks that its user trusts.
    trust = ("jupyter", "trust", *map(str, sorted((ROOT / "notebooks").glob("*.ipynb"))))
    subprocess.run(trust, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    as_root = ("--allow-root",) if os.geteuid() == 0 else ()
    hand_over("jupyter", "lab", *as_root, "--notebook-dir", str(ROOT / "notebooks"), *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style, the types and the workflows of the code."""
    run_all(session, LINT)


@nox.session
def corpus(session: nox.Session) -> None:
    """Tell how well messages that people really met are answered, and name what is wrong: all, or those of files."""
    hand_over("python", "-m", "tests.support.corpus_report", *session.posargs)


@nox.session
def elsewhere(session: nox.Session) -> None:
    """Run the tests, or another task after --, on the other Debian: a bare one, which is made below build/."""
    hand_over("python", "tools/elsewhere.py", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure how long the practice site takes to start, and for a login beside OpenSSH's own server."""
    # It drives readers' machines as the tests do.
    os.environ["PYTHONPATH"] = str(ROOT)
    hand_over("python", "bench/practice_site.py", *session.posargs)
