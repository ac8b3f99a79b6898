"""The table of what the guide must hold, tests/statements.yml, is true: pages, anchors, snippets and tests exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from mfa_guide.instructions.pages import read_page

if TYPE_CHECKING:
    from conftest import Guide

PROJECT = Path(__file__).parents[2]
TABLE = PROJECT / "tests" / "statements.yml"
NUMBER = 84
"""How many statements there are."""


class Statement(BaseModel):
    """One row of the table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int
    says: str = Field(min_length=10)
    page: str = Field(pattern=r"^[a-z/-]+\.md$")
    anchor: str = ""
    check: Literal["carried out", "format", "by hand", "not checked", "planned"]
    by: tuple[str, ...] = ()
    reason: str = ""
    limit: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Statement:
        if bool(self.by) != (self.check == "carried out"):
            raise ValueError("what is carried out, and only that, says by what")
        if bool(self.reason) != (self.check in ("format", "by hand", "not checked")):
            raise ValueError("what is not carried out, and only that, says why")
        if bool(self.anchor) != (self.check != "planned"):
            raise ValueError("what is on a page has an anchor there")
        return self


def read(text: str) -> tuple[Statement, ...]:
    """Read the table."""
    return TypeAdapter(tuple[Statement, ...]).validate_python(yaml.safe_load(text))


STATEMENTS = read(TABLE.read_text(encoding="utf-8"))


def faults(statement: Statement, guide: Guide) -> list[str]:
    """Return what is not true of a row."""
    path = PROJECT / "docs" / statement.page
    if statement.check == "planned":
        return [f"{statement.page} is written: say how the statement is checked"] if path.is_file() else []
    if not path.is_file():
        return [f"{statement.page} does not exist"]
    page = read_page(PROJECT, path)
    ids = [tag["id"] for tag in guide.soup(statement.page.removesuffix(".md")).find_all(id=True)]
    shown = {instruction.snippet for instruction in page.instructions}
    found = [] if statement.anchor in ids else [f"{statement.page} has no #{statement.anchor}"]
    for name in statement.by:
        file, is_test, test = name.partition("::")
        if is_test:
            text = (PROJECT / file).read_text(encoding="utf-8") if (PROJECT / file).is_file() else ""
            if not re.search(rf"^(async )?def {re.escape(test)}\(", text, re.MULTILINE):
                found.append(f"there is no test {name}")
        elif name not in shown:
            found.append(f"{statement.page} does not carry out {name}")
    return found


def test_every_statement_has_one_row() -> None:
    assert [statement.number for statement in STATEMENTS] == list(range(1, NUMBER + 1))


def test_every_row_is_true(guide: Guide) -> None:
    wrong = {statement.number: found for statement in STATEMENTS if (found := faults(statement, guide))}
    assert wrong == {}


ROW = {
    "number": 1,
    "says": "The ssh command logs in",
    "page": "log-in/openssh.md",
    "anchor": "5-log-in",
    "check": "carried out",
    "by": ["openssh/first-login.txt"],
}
PLANNED = {key: ROW[key] for key in ("number", "says")} | {"check": "planned"}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (ROW | {"page": "log-in/nowhere.md"}, "log-in/nowhere.md does not exist"),
        (ROW | {"anchor": "9-nowhere"}, "log-in/openssh.md has no #9-nowhere"),
        (ROW | {"by": ["openssh/agent-none.txt"]}, "log-in/openssh.md does not carry out openssh/agent-none.txt"),
        (ROW | {"by": ["tests/test_run.py::test_no"]}, "there is no test tests/test_run.py::test_no"),
        (ROW | {"by": ["tests/nowhere.py::test_no"]}, "there is no test tests/nowhere.py::test_no"),
        (
            PLANNED | {"page": "log-in/openssh.md"},
            "log-in/openssh.md is written: say how the statement is checked",
        ),
    ],
)
def test_a_row_that_is_not_true(row: dict[str, object], fault: str, guide: Guide) -> None:
    assert faults(Statement.model_validate(row), guide) == [fault]
    assert faults(Statement.model_validate(ROW), guide) == []


@pytest.mark.parametrize(
    "row",
    [
        {key: value for key, value in ROW.items() if key != "by"},
        ROW | {"reason": "none is needed"},
        {key: value for key, value in ROW.items() if key != "by"} | {"check": "by hand"},
        ROW | {"check": "not checked", "reason": "advice"},
        {key: value for key, value in ROW.items() if key != "anchor"},
        PLANNED | {"page": "log-in/nowhere.md", "anchor": "somewhere"},
        ROW | {"check": "hoped"},
    ],
)
def test_a_row_that_is_not_complete(row: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Statement.model_validate(row)
