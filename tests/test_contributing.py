"""What contributors read names all that there is, and nothing that there is not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

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
    GUIDE.docs / "contribute" / f"{name}.md" for name in ("writing", "how-this-is-built", "index")
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
        pytest.param(WRITING, [*values.of_guide(GUIDE, None)], id="double braces"),
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
    for folder in ("src", "tests", "docs", "snippets", "bench", "tools"):
        files += [path.relative_to(PROJECT).as_posix() for path in (PROJECT / folder).rglob("*") if path.is_file()]
    named = {match["path"] for text in in_code(page) for match in A_FILE.finditer(text)}
    lost = [name for name in named if not any(f"/{file}".endswith(f"/{name}") for file in files)]
    assert sorted(lost) == []


@pytest.mark.parametrize("page", [README, BUILT], ids=lambda page: page.name)
def test_every_room_is_told(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    rooms = [path.parent.name for path in PACKAGE.glob("*/__init__.py")]
    assert [room for room in rooms if f"`{room}/`" not in text and f"/{room}/`" not in text] == []
