"""What contributors read names all that there is, and nothing that there is not."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
import yaml

import mfa_guide
from mfa_guide.guide.front_matter import Practice
from mfa_guide.kinds import KINDS
from mfa_guide.kinds.walkthrough.steps import BROWSER, PROGRAMS, Step
from mfa_guide.policy import Fact, Unit
from mfa_guide.website import values
from tests.support import GUIDE, PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

PACKAGE = Path(mfa_guide.__file__).parent
README = PROJECT / "README.md"
TESTS = PROJECT / "tests" / "README.md"
WRITING, BUILT, CONTRIBUTE = (
    PROJECT / "docs" / "contribute" / f"{name}.md" for name in ("writing", "how-this-is-built", "index")
)
CODE = re.compile(r"`([^`]+)`")
A_FILE = re.compile(r"(?P<path>[\w./-]+\.(?:py|js|yml|toml|txt|css))")


def steps(kind: type[Step] = Step) -> Iterator[type[Step]]:
    for each in kind.__subclasses__():
        yield each
        yield from steps(each)


def names(fields: dict[str, FieldInfo]) -> list[str]:
    return [field.alias or name for name, field in fields.items()]


def in_code(page: Path) -> list[str]:
    """Return what is in code style on a page."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [code for line in text.splitlines() for code in CODE.findall(line)]


def told(page: Path) -> set[str]:
    """Return what is in code style on a page, and the words in that."""
    found = in_code(page)
    return {*found, *(word for text in found for word in re.findall(r"[\w-]+", text))}


@pytest.mark.parametrize(
    ("page", "known"),
    [
        pytest.param(WRITING, [*KINDS], id="kinds of fences"),
        pytest.param(
            WRITING,
            [name for kind in KINDS.values() for name in names(kind.options.model_fields)],
            id="options of fences",
        ),
        pytest.param(WRITING, [step.verb for step in steps()], id="verbs"),
        pytest.param(
            WRITING,
            [name for step in steps() for name in names(step.model_fields) if name != "line"],
            id="what a step says",
        ),
        pytest.param(WRITING, [BROWSER, *PROGRAMS], id="windows"),
        pytest.param(WRITING, [f"practice: {name}" for name in names(Practice.model_fields)], id="front matter"),
        pytest.param(WRITING, [*values.of_guide(GUIDE)], id="double braces"),
        pytest.param(CONTRIBUTE, [*Fact.model_fields, *get_args(Unit)], id="facts"),
        pytest.param(TESTS, [path.name for path in (PROJECT / "tests" / "support").glob("[a-z]*.*")], id="helpers"),
    ],
)
def test_a_page_for_contributors_names_all_that_there_is(page: Path, known: list[str]) -> None:
    assert sorted({*known} - told(page)) == []


@pytest.mark.parametrize("page", [README, TESTS, WRITING, BUILT, CONTRIBUTE], ids=lambda page: page.name)
def test_a_file_that_is_named_to_contributors_is_there(page: Path) -> None:
    """By its way from the project or the package, or, where a folder was named before, by its last part."""
    files = [path.relative_to(PROJECT).as_posix() for path in PROJECT.glob("*") if path.is_file()]
    for folder in ("src", "tests", "docs", "snippets", "editions", "bench", "tools"):
        files += [path.relative_to(PROJECT).as_posix() for path in (PROJECT / folder).rglob("*") if path.is_file()]
    named = {match["path"] for text in in_code(page) for match in A_FILE.finditer(text)}
    lost = [name for name in named if not any(f"/{file}".endswith(f"/{name}") for file in files)]
    assert sorted(lost) == []


@pytest.mark.parametrize("page", [README, BUILT], ids=lambda page: page.name)
def test_every_room_is_told(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    rooms = [path.parent.name for path in PACKAGE.glob("*/__init__.py")]
    assert [room for room in rooms if f"`{room}/`" not in text and f"/{room}/`" not in text] == []


FORMS = [path for path in (PROJECT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml"]
FORM = {"markdown", "input", "textarea", "dropdown", "checkboxes"}
"""What a form of an issue is made of, as GitHub's documentation has it: syntax for GitHub's form schema."""


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_an_issue_form_is_one(path: Path) -> None:
    """GitHub leaves out a form that is none, and says so only to those who look at the file there."""
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert form.keys() == {"name", "description", "body"}
    asked = [part for part in form["body"] if part["type"] != "markdown"]
    assert {part["type"] for part in form["body"]} <= FORM
    assert all(re.fullmatch(r"[\w-]+", part["id"]) and part["attributes"]["label"] for part in asked)
    assert len({part["id"] for part in asked}) == len({part["attributes"]["label"] for part in asked}) == len(asked)
    assert any(part.get("validations", {}).get("required") for part in asked)


def test_lines_end_alike_on_every_computer() -> None:
    """Snippets are compared letter by letter: `.gitattributes` says so of every file that is text."""
    # Whoever runs the tests need not own the files.
    git = ["git", "-c", "safe.directory=*", "-C", str(PROJECT)]
    listed = subprocess.run([*git, "ls-files", "-z"], capture_output=True, text=True, check=True).stdout
    named = [name for name in listed.split("\0") if name and (PROJECT / name).is_file()]
    ask = [*git, "check-attr", "--stdin", "-z", "text", "eol"]
    told = subprocess.run(ask, input="\0".join(named), capture_output=True, text=True, check=True).stdout.split("\0")
    attributes: dict[str, list[str]] = {}
    for name, _, value in zip(told[::3], told[1::3], told[2::3], strict=False):
        attributes.setdefault(name, []).append(value)
    for name in named:
        binary = b"\0" in (PROJECT / name).read_bytes()
        assert attributes[name][0] == ("unset" if binary else "auto"), name
        assert binary or attributes[name][1] == "lf", name
