"""What is done before a commit, by .pre-commit-config.yaml, and what the workflow tells the build."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from bs4 import BeautifulSoup

from tests.support import PROJECT
from tests.support.built import make_guide, mkdocs_build, notebook

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
HOOKS: dict[str, dict[str, Any]] = {hook["id"]: hook for repo in CONFIGURATION["repos"] for hook in repo["hooks"]}
WORKFLOW = yaml.safe_load((PROJECT / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8"))


def run(hook: dict[str, Any], folder: Path, *files: str) -> subprocess.CompletedProcess[str]:
    """Do what pre-commit does for a hook: a command of this project's .venv, with the files that are committed."""
    program, *words = shlex.split(hook["entry"])
    named = files if hook.get("pass_filenames", True) else ()
    command = [str(PROJECT / program), *words, *named]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_each_is_a_program_of_ours_that_needs_no_network() -> None:
    assert [repo["repo"] for repo in CONFIGURATION["repos"]] == ["local"]
    assert set(HOOKS) == {"ruff-check", "ruff-format", "gate"}
    assert {hook["language"] for hook in HOOKS.values()} == {"system"}


@pytest.mark.parametrize(
    ("hook", "good", "bad"),
    [("ruff-check", "X = 1\n", "import os\n"), ("ruff-format", "X = 1\n", "X=1\n")],
)
def test_a_file_that_is_not_as_the_lint_wants_it_stops_a_commit(tmp_path: Path, hook: str, good: str, bad: str) -> None:
    file = tmp_path / "file.py"
    for text, passes in ((good, True), (bad, False)):
        file.write_text(text, encoding="utf-8")
        done = run(HOOKS[hook], tmp_path, str(file))
        # pre-commit stops where a hook fails, and where it has changed a file.
        assert (done.returncode == 0 and file.read_text(encoding="utf-8") == text) == passes, done.stdout


def test_what_escapes_the_check_stops_a_commit(tmp_path: Path) -> None:
    project = make_guide(
        tmp_path / "guide", {"docs/index.md": "# One\n", "docs/two.md": "# Two\n\n[One](index.md#one)\n"}
    )
    good = run(HOOKS["gate"], project)
    assert (good.returncode, good.stdout) == (0, "nothing escapes the check\n")
    # What is changed is one page, and what no longer holds is on another.
    (project / "docs" / "index.md").write_text("---\ndescription: First.\n---\n# First\n", encoding="utf-8")
    bad = run(HOOKS["gate"], project)
    assert (bad.returncode, bad.stdout.splitlines()[0].partition(";")[0]) == (
        1,
        "docs/two.md:6: the link goes to #one, which is not in index.md",
    )


@pytest.mark.parametrize(
    ("path", "looks"),
    [
        ("docs/log-in/openssh.md", True),
        ("snippets/openssh/first-login.txt", True),
        ("notebooks/automate-it.ipynb", True),
        ("src/mfa_guide/policy/2024.toml", True),
        ("src/mfa_guide/problems/key.yml", True),
        ("mkdocs.yml", True),
        ("src/mfa_guide/cli.py", False),
        ("tests/mkdocs.yml", False),
    ],
)
def test_the_gate_looks_when_the_guide_is_changed(path: str, looks: bool) -> None:
    assert bool(re.search(HOOKS["gate"]["files"], path)) == looks


def test_a_page_that_is_published_has_a_link_to_change_it(tmp_path: Path) -> None:
    (step,) = (step for step in WORKFLOW["jobs"]["test"]["steps"] if step.get("name") == "Build all versions")
    shown = tmp_path / "run"
    shown.write_text('#!/bin/sh\nprintf "%s %s %s" "$1" "$SITE_URL" "$EDIT_URI"\n', encoding="utf-8")
    shown.chmod(0o755)
    of_github = {
        "GITHUB_REPOSITORY_OWNER": "we",
        "GITHUB_REPOSITORY": "we/guide",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REF_NAME": "main",
    }
    done = subprocess.run(
        ["sh", "-ec", step["run"]], cwd=tmp_path, env=os.environ | of_github, capture_output=True, text=True, check=True
    )
    task, site, edit = done.stdout.split(" ")
    assert (task, site) == ("site", "https://we.github.io/guide/")

    files = {"docs/more/page.md": "# Page\n", "docs/index.md": "# Home\n", "notebooks/mine.ipynb": notebook()}
    project = make_guide(tmp_path / "guide", files)
    for environment, where in (
        ({"EDIT_URI": edit}, {"https://github.com/we/guide/edit/main/" + name for name in files}),
        ({}, set()),
    ):
        built = mkdocs_build(project, tmp_path / "html", **environment)
        assert built.returncode == 0, built.stderr
        links = {
            link["href"]
            for page in ("more/page/", "", "notebooks/mine/")
            for link in BeautifulSoup(
                (tmp_path / "html" / page / "index.html").read_text(encoding="utf-8"), "html.parser"
            ).select("a[rel=edit]")
        }
        assert links == where
