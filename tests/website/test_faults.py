"""What can be wrong with a guide ends its build in one line that says where: never in a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mfa_guide import policy

TRANSCRIPT = '``` transcript\n--8<-- "hello.txt"\n```'


def built(project: Path) -> str:
    """Return what MkDocs says of a guide that it does not build."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    result = subprocess.run(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert result.returncode == 1, result.stdout
    assert "Traceback" not in result.stdout
    return result.stdout


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("{{ facts.home_qouta }}", "docs/index.md:6: the policy 2026 has no fact 'home_qouta'"),
        ("{{ facts.key_dely }}", "no fact 'key_dely': did you mean key_delay"),
        ("{{ facts.key_delay.unt }}", "docs/index.md:6: 'mfa_guide.policy.Fact object' has no attribute 'unt'"),
        ("{{ facts.key_delay", "docs/index.md:6: "),
        (
            TRANSCRIPT.replace("hello", "helo"),
            "docs/index.md:7: there is no snippet helo.txt; the nearest is “hello.txt”",
        ),
        ('--8<-- "gone.txt"', "docs/index.md:6: there is no snippet gone.txt; the nearest is "),
        (TRANSCRIPT.replace("hello", "latin"), "docs/index.md:7: latin.txt:2: this is not UTF-8"),
        (
            TRANSCRIPT.replace("t\n", "t wait\n", 1),
            "docs/index.md:6: `transcript` has no option `wait`",
        ),
        (
            TRANSCRIPT.replace("hello", "typed"),
            "docs/index.md:6: snippets/typed.txt:2: typed input is written «like this»",
        ),
        ("``` sequence\na -> b: c\n```", "docs/index.md:6: `sequence` needs the option `title="),
        (
            '``` walkthrough\n--8<-- "verb.yml"\n```',
            "docs/index.md:6: snippets/verb.yml:3: a step has exactly one of: open",
        ),
        (
            '=== "Tab"\n\n    ``` walkthrough\n    --8<-- "verb.yml"\n    ```',
            "docs/index.md:8: snippets/verb.yml:3: a step has exactly one of: open",
        ),
    ],
)
def test_a_fault_on_a_page_is_one_line(elsewhere: Path, new: str, said: str) -> None:
    page = elsewhere / "docs" / "index.md"
    page.write_text(page.read_text(encoding="utf-8").replace(TRANSCRIPT, new), encoding="utf-8")
    (elsewhere / "snippets" / "latin.txt").write_bytes("$ true\nJosé\n".encode("latin-1"))
    (elsewhere / "snippets" / "typed.txt").write_text("$ true\na «b» c\n", encoding="utf-8")
    (elsewhere / "snippets" / "verb.yml").write_text("window: browser\nsteps:\n  - pres: Yes\n", encoding="utf-8")
    assert said in built(elsewhere)


def test_a_page_that_is_no_text_is_named(elsewhere: Path) -> None:
    (elsewhere / "docs" / "index.md").write_bytes("# José\n".encode("latin-1"))
    assert "docs/index.md:1: this is not UTF-8" in built(elsewhere)


@pytest.mark.parametrize(
    ("front_matter", "said"),
    [
        ("title: Page", "docs/index.md:1: front matter: write `description`"),
        ("title: Page\ndescription:", "docs/index.md:1: front matter: write `description`"),
        (
            "description: A page.\npractise:\n  from: abroad",
            "docs/index.md:3: front matter: `practise` is ignored: write `prac",
        ),
        ("description: A page.\nTitle: Page", "docs/index.md:3: front matter: `Title` is ignored: write `title`"),
        ("descripton: A page.", "docs/index.md:2: front matter: `descripton` is ignored: write `description`"),
    ],
)
def test_what_the_front_matter_lacks_or_misspells_is_said(elsewhere: Path, front_matter: str, said: str) -> None:
    page = elsewhere / "docs" / "index.md"
    page.write_text(f"---\n{front_matter}\n---\n# Page\n\n{TRANSCRIPT}\n", encoding="utf-8")
    assert said in built(elsewhere)


def test_a_fault_of_the_policy_names_its_file_and_line(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = Path(policy.__file__).with_name("2026.toml").read_text(encoding="utf-8")
    (elsewhere / "2026.toml").write_text(text.replace('source = "upstream"\n', "", 1), encoding="utf-8")
    line = text.split("\n").index("[facts.login_host]") + 1
    # In the process that builds, the policy is this file.
    (elsewhere / "sitecustomize.py").write_text(
        "from mfa_guide import policy\npolicy.__file__ = __file__\n", encoding="utf-8"
    )
    monkeypatch.setenv("PYTHONPATH", str(elsewhere))
    assert f"2026.toml:{line}: `facts.login_host.source`: this is missing" in built(elsewhere)
