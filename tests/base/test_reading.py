"""Whatever is wrong with a file that somebody wrote is one line, with its place and what to write instead."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field

from mfa_guide import policy
from mfa_guide.base.errors import GuideError
from mfa_guide.base.reading import Unreadable, parse_toml, parse_yaml, read_toml, read_yaml
from mfa_guide.by_hand import records
from mfa_guide.expecting.failure import Failure
from mfa_guide.guide import front_matter
from mfa_guide.guide.edition import todays
from mfa_guide.kinds.notebook import read_notebook
from mfa_guide.kinds.transcript import by_version
from mfa_guide.kinds.walkthrough.steps import parse_walkthrough
from mfa_guide.mutants import accepted
from mfa_guide.problems import catalogue
from mfa_guide.website import statements
from tests.support import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any


class Colour(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1)
    kind: Literal["light", "dark"] = "light"
    seen: datetime.date | None = None
    within: Annotated[str, Field(alias="in")] = ""
    words: tuple[str, ...] = ()
    bright: bool = False


GOOD = "- name: red\n- name: blue\n  kind: dark\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD + "- kind: dark\n", "4: `name`: this is missing"),
        (GOOD + "- name: ''\n", "4: `name`: this is empty"),
        (GOOD + "- name:\n    - green\n", "4: `name`: this should be a text"),
        (GOOD + "- name: green\n  kind: grey\n", "5: `kind`: this should be 'light' or 'dark'"),
        (GOOD + "- name: green\n  kinds: dark\n", "5: `kinds` is not known here: did you mean `kind`?"),
        (
            GOOD + "- name: green\n  xyz: dark\n",
            "5: `xyz` is not known here: there can be `name`, `kind`, `seen`, `in`",
        ),
        (GOOD + "- name: green\n  bright: rather\n", "5: `bright`: this should be true or false"),
        (GOOD + "- name: green\n  words: a b\n", "5: `words`: this should be a list"),
        (GOOD + "- name: green\n  words:\n    - a\n    - [b]\n", "7: this should be a text"),
        (GOOD + "- green\n", "4: this should be of the form `name: value`"),
        (GOOD + "- name: green\n  name: grey\n", "5: this is not YAML: `name` is there twice"),
        (GOOD + "- name: gr\x07een\n", "4: the character U+0007 cannot stand here"),
        (GOOD + "- seen: 2026-13-01\n", "4: this is no value: month must be in 1..12"),
        (GOOD + "- [green\n", "4: this is not YAML: expected ',' or ']'"),
        (GOOD + '- name: "green\n\n', "4: this is not YAML: found unexpected end of stream"),
        (GOOD + "- name: green: dark\n", "4: this is not YAML: mapping values are not allowed here"),
        (GOOD + "- name: !!python/name:a.b\n", "4: this is not YAML: could not determine a constructor"),
        ("- &a [*a]\n", "1: this should be of the form `name: value`"),
        ("[" * 5000, "1: this is not YAML that anybody can follow"),
        ("name: red\n", "1: this should be a list"),
    ],
)
def test_yaml_that_is_wrong_is_one_line_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "colours.yml"
    file.write_text(GOOD)
    assert [colour.name for colour in read_yaml(file, "colours.yml", list[Colour])] == ["red", "blue"]
    file.write_text(text)
    with pytest.raises(GuideError) as error:
        read_yaml(file, "colours.yml", list[Colour])
    assert str(error.value).startswith(f"colours.yml:{says}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[red]\nname = "red"\n\n[blue]\nkind = "dark"\n', "4: `blue.name`: this is missing"),
        ('[red]\nname = "red"\n\n[blue]\nname = ""\n', "5: `blue.name`: this is empty"),
        ('[red]\nname = "red"\nnames = 1\n', "3: `red.names` is not known here: did you mean `name`?"),
        ("[red]\nname = red\n", "2: this is not TOML: Invalid value"),
        ('[red]\nname = "red"\n[red]\n', "3: this is not TOML: Cannot declare ('red',) twice"),
        ('[red]\nname = "red', "2: this is not TOML: "),
    ],
)
def test_toml_that_is_wrong_is_one_line_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "colours.toml"
    file.write_text(text)
    with pytest.raises(GuideError) as error:
        read_toml(file, "colours.toml", dict[str, Colour])
    assert str(error.value).startswith(f"colours.toml:{says}")


def test_a_file_that_is_not_there_or_not_utf_8_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(GuideError, match=r"^colours.yml cannot be read: No such file or directory$"):
        read_yaml(tmp_path / "colours.yml", "colours.yml", list[Colour])
    (tmp_path / "colours.yml").write_bytes(b"- name: red\n- name: gr\xfcn\n")
    with pytest.raises(GuideError, match=r"^colours.yml:2: this is not UTF-8: save the file as that$"):
        read_yaml(tmp_path / "colours.yml", "colours.yml", list[Colour])


WALKTHROUGH = "window: browser\nsteps:\n  - open: link\n  - press: Confirm\n"
DIFFERENCES = "- for: OpenSSH >=10.0\n  after: a\n  shows: b\n"
CHAPTER = "title: T\nentries:\n  - id: a\n    title: A\n    means: M\n    cures: [{do: x}]\n"
NOTEBOOK = '{{"cells": [{}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 5}}'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (WALKTHROUGH.replace("Confirm", "Con\x07firm"), "4: the character U+0007 cannot stand here"),
        (WALKTHROUGH + "steps:\n  - open: link\n", "5: this is not YAML: `steps` is there twice"),
        (WALKTHROUGH + "    press: No\n", "5: this is not YAML: `press` is there twice"),
        (WALKTHROUGH + "    says:\n      - No\n", "5: `says`: this should be a text"),
        (WALKTHROUGH + "    say: No\n", "5: `say` is not known here: did you mean `says`?"),
        (WALKTHROUGH + "  - Confirm\n", "5: a step has exactly one of: open, "),
        (WALKTHROUGH + "proves: a\n", "5: `proves`: this should be a list"),
        (WALKTHROUGH + "proves:\n  - file: ~/a\n", "6: a proof says what is there (`has`), or what is not (`lacks`)"),
        (WALKTHROUGH + "proofs: []\n", "5: `proofs` is not known here: did you mean `proves`?"),
        (WALKTHROUGH.replace("browser", "brwser"), "1: `window` is one of browser, "),
        ("- a\n", "1: a walkthrough has `window:` and a list of `steps:`"),
        ("", "1: a walkthrough has `window:` and a list of `steps:`"),
    ],
)
def test_a_damaged_walkthrough_is_a_failure_at_its_line(text: str, says: str) -> None:
    assert len(parse_walkthrough(WALKTHROUGH).steps) == 2
    with pytest.raises(Failure) as error:
        parse_walkthrough(text)
    assert f"{error.value.line}: {error.value.message}".startswith(says)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (DIFFERENCES + "  after: c\n", "4: this is not YAML: `after` is there twice"),
        (DIFFERENCES + "- for: OpenSSH ten\n  after: a\n  shows: b\n", "4: `for`: write a client"),
        (DIFFERENCES + "- a\x00\n", "4: the character U+0000 cannot stand here"),
        (DIFFERENCES + "  befor: c\n", "4: `befor` is not known here: did you mean `for`?"),
    ],
)
def test_a_damaged_list_of_differences_is_a_failure_at_its_line(text: str, says: str) -> None:
    assert len(by_version.parse(DIFFERENCES)) == 1
    with pytest.raises(Failure) as error:
        by_version.parse(text)
    assert f"{error.value.line}: {error.value.message}".startswith(says)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title: A\npractice:\n  machin: new\n", "4: `practice.machin` is not known here: did you mean `machine`?"),
        ("practice:\n  after: [x]\n", "3: `practice.after`: this should be a text"),
        ("practice: home\n", "2: `practice`: this should be of the form `name: value`"),
        ("practice:\n", "2: `practice`: this should be of the form `name: value`"),
        (
            "practice:\n  labels:\n    Linux: 'not checked: x; review 2027-01-01'\n    macOS: later\n",
            "5: `practice.labels.macOS`: write “not checked: why; review YYYY-MM-DD”",
        ),
        ("practice:\n  labels: {macOS: 'not checked: x; review 2027-13-01'}\n", "3: `practice.labels.macOS.review`: "),
        ("practice:\n  with: {OpenSSH ten: x}\n", "3: `practice.with.OpenSSH ten`: write a client"),
        ("title: A\ntitle: B\n", "3: this is not YAML: `title` is there twice"),
        ("title: A: B\n", "2: this is not YAML: mapping values are not allowed here"),
        ("words\n", "2: the front matter is of the form `name: value`"),
    ],
)
def test_damaged_front_matter_names_the_line_of_the_page(text: str, says: str) -> None:
    with pytest.raises(GuideError) as error:
        front_matter.split("docs/page.md", f"---\n{text}---\n# A page\n")
    assert str(error.value).startswith(f"docs/page.md:{says}")


def test_what_the_front_matter_says_has_a_line() -> None:
    text = "---\ntitle: A\npractice:\n  from: home\n  words:\n    a: b\n---\n"
    read, _ = front_matter.split("docs/page.md", text)
    assert [read.practice.line(*place) for place in ((), ("from",), ("words", "a"), ("words", "c"))] == [3, 4, 6, 5]
    assert (read.values["title"], read.lines) == ("A", {"title": 2, "practice": 3})


@pytest.mark.parametrize(
    ("read", "file", "text", "says"),
    [
        (
            lambda project: accepted.read(todays(project)),
            "snippets/accepted-mutants.yml",
            "- file: a\n  why: b\n",
            "1: `source`: this is missing",
        ),
        (
            lambda project: statements.read(todays(project)),
            statements.TABLE,
            "- number: one\n",
            "1: `number`: this should be a whole number",
        ),
        (
            lambda project: records.read(project, records.Compared),
            "by-hand/compared.yml",
            "- page: a.md\n  snippets: b\n",
            "1: `snippet`: this is missing",
        ),
    ],
)
def test_a_damaged_list_is_named_with_its_line(
    tmp_path: Path, read: Callable[[Path], object], file: str, text: str, says: str
) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: A guide\n")
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    for damaged, complaint in ((text, says), ("- a: [\n", "1: this is not YAML: "), ("- a\x07\n", "1: the character")):
        path.write_text(damaged)
        with pytest.raises(GuideError) as error:
            read(tmp_path)
        assert str(error.value).startswith(f"{file}:{complaint}")
    path.write_bytes(b"\xff")
    with pytest.raises(GuideError, match=f"^{file}:1: this is not UTF-8"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (CHAPTER.replace("means: M", "mean: M"), "3: `means`: this is missing"),
        (CHAPTER.replace("id: a", "id: A b"), "3: `id`: string should match pattern"),
        (CHAPTER.replace("do: x", "does: x"), "6: `do`: this is missing"),
        (CHAPTER + "    hint: [a]\n", "7: `hint` is not known here: did you mean `hints`?"),
        (CHAPTER + "    messages: [short]\n", "7: a message has at least 12 characters"),
        (CHAPTER + "title: U\n", "7: this is not YAML: `title` is there twice"),
        ("- a\n", "1: this is a title, and a list of entries"),
    ],
)
def test_a_damaged_catalogue_names_file_and_line(text: str, says: str) -> None:
    catalogue.parse("link", CHAPTER)
    with pytest.raises(GuideError) as error:
        catalogue.parse("link", text)
    assert str(error.value).startswith(f"problems/link.yml:{says}")


def test_a_damaged_policy_names_file_and_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = PROJECT / "src" / "mfa_guide" / "policy" / "2024.toml"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(policy, "__file__", str(tmp_path / "src" / "mfa_guide" / "policy" / "__init__.py"))
    copy = tmp_path / "src" / "mfa_guide" / "policy" / "2024.toml"
    copy.parent.mkdir(parents=True)
    lines = shipped.read_text(encoding="utf-8").splitlines()
    number = lines.index("[facts.login_host]") + 1
    end = lines.index("", number)
    copy.write_text("\n".join(line for at, line in enumerate(lines) if not number < at < end or "note" not in line))
    policy.load.cache_clear()
    with pytest.raises(GuideError) as error:
        policy.load("2024")
    policy.load.cache_clear()
    assert str(error.value) == f"src/mfa_guide/policy/2024.toml:{number}: `facts.login_host.note`: this is missing"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{}", ": this is no notebook of format 4"),
        ("[]", ": this is no notebook of format 4"),
        ('{\n"cells": [}', ":2: this is not JSON: "),
        ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', ": 'cells' is a required property"),
        (NOTEBOOK.format('{"id": "a", "source": "", "metadata": {}}'), ": cell 1: "),
        (NOTEBOOK.format('{"id": "a", "cell_type": "x", "source": "", "metadata": {}}'), ": cell 1: "),
        (NOTEBOOK.format("7"), ": cell 1: 7 is not of type 'object'"),
    ],
)
def test_a_damaged_notebook_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "notebooks" / "a.ipynb"
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(GuideError) as error:
        read_notebook(tmp_path, path)
    assert str(error.value).startswith(f"notebooks/a.ipynb{says}")
    assert "\n" not in str(error.value)


def test_a_part_of_a_document_is_placed_in_the_whole() -> None:
    document = parse_yaml("a:\n  - name: red\n  - nam: blue\n", loader=yaml.BaseLoader, before=10)
    with pytest.raises(Unreadable, match="`name`: this is missing") as error:
        document.part(Colour, document.content["a"][1], ("a", 1))
    assert error.value.line == 13
    with pytest.raises(Unreadable):
        parse_toml("a = 1\n").validated(Colour)


@pytest.mark.parametrize("file", sorted((PROJECT / "snippets").rglob("*.yml"))[::40], ids=lambda path: path.name)
@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.BaseLoader])
def test_what_is_read_fast_is_the_same(file: Path, loader: type[Any]) -> None:
    text = file.read_text(encoding="utf-8")
    assert parse_yaml(text, loader=loader).content == yaml.load(text, loader)
